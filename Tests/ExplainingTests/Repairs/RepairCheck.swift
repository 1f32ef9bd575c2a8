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

  /// The derived line that the first claim gets where no cause is made up, and the text with it.
  static func derivedLine(_ text: String) throws -> (line: Cause.Repair, mended: String) {
    let claims = try #require(report(text).check).claims
    guard case .wrong(let refutation)? = claims.first?.verdict else {
      throw NotWrong(text: text)
    }
    #expect(refutation.cause == nil)
    let line = try #require(refutation.derived)
    return (line, applying(line.edits, to: text))
  }

  /// Whether all claims of a text hold.
  static func holds(_ text: String) throws -> Bool {
    try #require(report(text, searches: false).check).claims.allSatisfy(\.verdict.holds)
  }

  struct NotWrong: Error {
    let text: String
  }
}
