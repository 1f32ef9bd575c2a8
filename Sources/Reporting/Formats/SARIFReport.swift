import Diagnostics
import Judging

/// Findings in the Static Analysis Results Interchange Format, version 2.1.0.
public enum SARIFReport {
  /// All findings as one run of this program, with the rules that they name.
  public static func json(_ reports: [FileReport]) -> JSONValue {
    let findings = reports.flatMap(Finding.all)
    let rules = findings.map(\.rule).removingRepetitions().sorted()
    let driver: JSONObject = [
      "name": .string("gradcheck"), "version": .string(ProgramVersion.text),
      "rules": .array(rules.map(rule)),
    ]
    let run: JSONObject = [
      "tool": .object(["driver": .object(driver)]), "columnKind": .string("unicodeCodePoints"),
      "results": .array(
        findings.map { result($0, ruleIndex: rules.firstIndex(of: $0.rule) ?? -1) }),
    ]
    return .object([
      "$schema": .string("https://json.schemastore.org/sarif-2.1.0.json"),
      "version": .string("2.1.0"), "runs": .array([.object(run)]),
    ])
  }

  private static func rule(_ id: String) -> JSONValue {
    let description = RuleDescription(of: id)
    var help: JSONObject = ["text": .string(description.help)]
    if let markdown = description.markdown { help["markdown"] = .string(markdown) }
    return .object([
      "id": .string(id), "shortDescription": text(description.short), "help": .object(help),
    ])
  }

  private static func result(_ finding: Finding, ruleIndex: Int) -> JSONValue {
    var location: JSONObject = ["artifactLocation": artifact(finding.source)]
    if let range = finding.range { location["region"] = region(range, in: finding.source) }
    var result: JSONObject = [
      "ruleId": .string(finding.rule), "ruleIndex": .integer(ruleIndex),
      "level": .string(finding.level.rawValue),
      "message": text("\(finding.title): \(finding.message)"),
      "locations": .array([.object(["physicalLocation": .object(location)])]),
    ]
    if let fix = finding.fix { result["fixes"] = .array([json(fix, in: finding.source)]) }
    return .object(result)
  }

  private static func json(_ fix: ClaimFix, in source: SourceText) -> JSONValue {
    let replacements = fix.edits.map { edit -> JSONValue in
      .object([
        "deletedRegion": region(edit.range, in: source), "insertedContent": text(edit.text),
      ])
    }
    let change: JSONObject = [
      "artifactLocation": artifact(source), "replacements": .array(replacements),
    ]
    return .object([
      "description": text("is \(fix.verdict)"), "artifactChanges": .array([.object(change)]),
    ])
  }

  private static func text(_ text: String) -> JSONValue { .object(["text": .string(text)]) }

  private static func artifact(_ source: SourceText) -> JSONValue {
    .object(["uri": .string(uri(of: source.name))])
  }

  /// A path as a relative reference: what may not stand in one is written by its bytes.
  private static func uri(of path: String) -> String {
    let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    var uri = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      if kept.contains(byte) {
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        uri += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return uri
  }

  private static func region(_ range: SourceRange, in source: SourceText) -> JSONValue {
    let (start, end) = (source.place(at: range.start), source.place(at: range.end))
    return .object([
      "startLine": .integer(start.line), "startColumn": .integer(start.column),
      "endLine": .integer(end.line), "endColumn": .integer(end.column),
    ])
  }
}
