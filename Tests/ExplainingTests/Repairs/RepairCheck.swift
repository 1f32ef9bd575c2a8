import Diagnostics
import Testing

@testable import Explaining
@testable import Judging
@testable import Reporting

/// Causes of texts, and texts with repairs made.
enum RepairCheck {
  static func report(_ text: String, seed: UInt64 = 17, searches: Bool = true) -> FileReport {
    var options = CheckOptions(seed: seed)
    options.searchesCauses = searches
    return FileCheck(options).report(on: SourceText(name: "test.expr", text: text))
  }

  static func cause(_ text: String, seed: UInt64 = 17) throws -> Cause? {
    let claims = try #require(report(text, seed: seed).check).claims
    let wrong = claims.compactMap { claim -> Refutation? in
      if case .wrong(let refutation) = claim.verdict { refutation } else { nil }
    }
    return try #require(wrong.first).cause
  }

  /// A text with edits made, the last one first.
  static func applying(_ edits: [Cause.Repair.Edit], to text: String) -> String {
    var bytes = Array(text.utf8)
    for edit in edits.sorted(by: { $0.range.start > $1.range.start }) {
      bytes.replaceSubrange(edit.range.start..<edit.range.end, with: Array(edit.text.utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
