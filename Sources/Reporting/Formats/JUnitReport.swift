import Diagnostics
import Judging

/// Claims as test cases, in the XML of JUnit: a suite for each file.
public enum JUnitReport {
  /// The whole document, a suite for each report.
  ///
  /// - Parameter timestamp: when the run began, as `2024-05-06T07:08:09`.
  public static func text(_ reports: [FileReport], timestamp: String) -> String {
    let suites = reports.enumerated().map { suite($1, number: $0, timestamp) }.joined()
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n\(suites)</testsuites>\n"
  }

  private struct Case {
    let name: String
    var failure: (kind: String, message: String)?
    var isError = false

    func xml(of suite: String, seconds: String) -> String {
      let head = "    <testcase name=\(quoted(name)) classname=\(quoted(suite)) time=\"\(seconds)\""
      guard let failure else { return head + "/>\n" }
      let element = isError ? "error" : "failure"
      return head + ">\n      <\(element) type=\(quoted(failure.kind)) "
        + "message=\(quoted(failure.message))/>\n    </testcase>\n"
    }
  }

  private static func suite(_ report: FileReport, number: Int, _ timestamp: String) -> String {
    let cases = self.cases(of: report)
    let name = report.source.name
    let failures = cases.count { $0.failure != nil && !$0.isError }
    let errors = cases.count { $0.isError }
    let attributes = [
      ("package", name), ("id", "\(number)"), ("name", name), ("timestamp", timestamp),
      ("hostname", "localhost"), ("tests", "\(cases.count)"), ("failures", "\(failures)"),
      ("errors", "\(errors)"), ("time", (report.seconds ?? 0).thousandths),
    ].map { " \($0)=\(quoted($1))" }.joined()
    let body = cases.map { $0.xml(of: name, seconds: "0") }.joined()
    return "  <testsuite\(attributes)>\n    <properties/>\n\(body)"
      + "    <system-out/>\n    <system-err/>\n  </testsuite>\n"
  }

  private static func cases(of report: FileReport) -> [Case] {
    var cases: [Case] = []
    if let check = report.check {
      cases = check.claims.map { claim in
        let finding = Finding(claim, in: check.program)
        return Case(
          name: "\(claim.name) (line \(claim.line))",
          failure: claim.verdict.holds ? nil : (finding.rule, finding.message))
      }
    }
    let errors = Finding.all(in: report).filter {
      $0.level == .error && ($0.rule.hasPrefix("file/") || $0.rule == FileReport.internalErrorRule)
    }
    return cases
      + errors.map { Case(name: $0.title, failure: ($0.rule, $0.message), isError: true) }
  }

  /// Text as an attribute's value; what XML cannot hold is shown as its picture.
  private static func quoted(_ text: String) -> String {
    var escaped = ""
    for scalar in text.visible.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n": escaped += "&#10;"
      case "\t": escaped += "&#9;"
      case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\"\(escaped)\""
  }
}
