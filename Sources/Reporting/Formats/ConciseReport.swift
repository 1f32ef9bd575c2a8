import Diagnostics
import Judging

/// One line for each thing that stands against a file, as compilers print them, and one for the counts.
public enum ConciseReport {
  /// A line for each finding, file after file, and the counts of verdicts last. The text is empty
  /// where there is neither.
  public static func text(_ reports: [FileReport], style: Style = .plain) -> String {
    let lines = reports.flatMap { report in
      Finding.all(in: report).map { line(of: $0, style) }
    }
    let claims = reports.flatMap { $0.check?.claims ?? [] }
    return (lines + [TextReport.counts(claims)]).filter { !$0.isEmpty }.map { $0 + "\n" }.joined()
  }

  private static func line(of finding: Finding, _ style: Style) -> String {
    var place = finding.source.name
    if let range = finding.range {
      let start = finding.source.location(of: range.start)
      place += ":\(start.line):\(start.column)"
    }
    let role: TextRole =
      switch finding.level {
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
    let message = finding.message.split(whereSeparator: \.isNewline).joined(separator: " ")
    return "\(place): \(style.apply(role, to: finding.title)): \(message)"
  }
}
