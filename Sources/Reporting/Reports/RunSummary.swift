import Diagnostics
import Judging

/// A run over several files in numbers.
package struct RunSummary: Hashable, Sendable {
  package let files: Int
  package let filesWithErrors: Int
  package let filesWithoutClaims: Int
  package let claims: Int
  package let holding: Int
  /// How many claims have each verdict, in words: `2 proved, 1 wrong`.
  private let counts: String

  package init(_ reports: [FileReport]) {
    let all = reports.flatMap { $0.check?.claims ?? [] }
    files = reports.count
    filesWithErrors = reports.count { report in
      report.check == nil || report.internalError != nil
        || report.diagnostics.contains { $0.severity == .error }
    }
    filesWithoutClaims = reports.count { $0.check?.claims.isEmpty ?? false }
    claims = all.count
    holding = all.count { $0.verdict.holds }
    counts = TextReport.counts(all)
  }

  /// One line: `12 files: 20 proved, 1 wrong; 1 file with errors; 2 files without claims`
  package var sentence: String {
    var parts = [counts.isEmpty ? "no claims" : counts]
    if filesWithErrors > 0 { parts.append(Self.number(filesWithErrors) + " with errors") }
    if filesWithoutClaims > 0 { parts.append(Self.number(filesWithoutClaims) + " without claims") }
    return Self.number(files) + ": " + parts.joined(separator: "; ")
  }

  private static func number(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

  var json: JSONValue {
    .object([
      "files": .integer(files), "filesWithErrors": .integer(filesWithErrors),
      "filesWithoutClaims": .integer(filesWithoutClaims), "claims": .integer(claims),
      "holding": .integer(holding),
    ])
  }
}
