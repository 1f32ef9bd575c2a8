import Diagnostics
import Judging
import Reporting

/// What an editor shows of a document: what is wrong with its text, then which claims do not hold.
struct PublishedDiagnostics {
  private enum Severity: Int {
    case error = 1, warning, information, hint
  }

  let document: OpenDocument

  var message: JSONValue {
    var parameters: JSONObject = ["uri": .string(document.uri)]
    if let version = document.version { parameters["version"] = .integer(version) }
    parameters["diagnostics"] = .array(items)
    return ServerMessage.notification("textDocument/publishDiagnostics", parameters)
  }

  private var source: SourceText { document.source }

  private var items: [JSONValue] {
    guard let report = document.report else { return document.analysis.diagnostics.map(item) }
    var items = report.diagnostics.map(item)
    items += report.claimFindings.map(item)
    if let error = report.internalError {
      items.append(
        object(
          SourceRange(start: 0, end: 0), .error, code: FileReport.internalErrorRule,
          message: "internal error: \(error)"))
    }
    return items
  }

  private func item(_ diagnostic: Diagnostic) -> JSONValue {
    let severity: Severity =
      switch diagnostic.severity {
      case .error: .error
      case .warning: .warning
      case .note: .information
      }
    let words =
      [diagnostic.message] + diagnostic.notes + (diagnostic.help.map { ["help: " + $0] } ?? [])
    let labels = diagnostic.secondary.filter { !$0.text.isEmpty }
    let related = labels.map { (range: $0.range, text: $0.text) }
    return object(
      diagnostic.range ?? SourceRange(start: 0, end: 0), severity, code: diagnostic.code.name,
      message: words.joined(separator: "\n"), related: related)
  }

  private func item(_ finding: ClaimFinding) -> JSONValue {
    var words = ["\(finding.name) \(finding.word): \(finding.reason)"]
    if let fix = finding.fix { words.append("help: `\(fix.text)` is \(fix.verdict)") }
    return object(
      finding.range, finding.isWrong ? .error : .warning, code: finding.rule,
      message: words.joined(separator: "\n"))
  }

  private func object(
    _ range: SourceRange, _ severity: Severity, code: String, message: String,
    related: [(range: SourceRange, text: String)] = []
  ) -> JSONValue {
    var object: JSONObject = [
      "range": source.editorRange(range), "severity": .integer(severity.rawValue),
      "code": .string(code), "source": .string("gradcheck"), "message": .string(message),
    ]
    if !related.isEmpty {
      object["relatedInformation"] = .array(
        related.map { label in
          .object([
            "location": .object([
              "uri": .string(document.uri), "range": source.editorRange(label.range),
            ]),
            "message": .string(label.text),
          ])
        })
    }
    return .object(object)
  }
}
