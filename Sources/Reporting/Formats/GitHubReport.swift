import Diagnostics

/// Annotations for GitHub's workflows: `::error file=layer.expr,line=10,…::message`.
public enum GitHubReport {
  /// An annotation for each finding, each ending with a line feed.
  public static func text(_ reports: [FileReport]) -> String {
    reports.flatMap(Finding.all).map { line(of: $0) + "\n" }.joined()
  }

  private static func line(of finding: Finding) -> String {
    let command =
      switch finding.level {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    var properties = [("file", finding.source.name)]
    if let range = finding.range {
      let (start, end) = (
        finding.source.place(at: range.start), finding.source.place(at: range.end)
      )
      properties += [("line", "\(start.line)"), ("endLine", "\(end.line)")]
      // Columns are of one line.
      if start.line == end.line {
        properties += [("col", "\(start.column)"), ("endColumn", "\(end.column)")]
      }
    }
    properties.append(("title", finding.title))
    let text = properties.map { "\($0)=\(escaped($1, inProperty: true))" }.joined(separator: ",")
    return "::\(command) \(text)::\(escaped(finding.message, inProperty: false))"
  }

  /// Text as workflow commands take it.
  private static func escaped(_ text: String, inProperty: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      case ":" where inProperty: escaped += "%3A"
      case "," where inProperty: escaped += "%2C"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped.visible
  }
}
