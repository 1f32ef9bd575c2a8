import Diagnostics
import Judging
import Testing

@testable import Reporting

/// The formats that other programs read.
struct FormatTests {
  private static let text = """
    input x: [2, 3]
    param W: [3, 2]
    y = x @ W
    output y
    check dW = 2 * x.T @ dy
    check dx = dy @ W.T
    """

  private var reports: [FileReport] {
    [TextReportTests.report(Self.text), TextReportTests.report("y = x\n", name: "a b<&\">.expr")]
  }

  @Test func conciseLines() {
    let lines = ConciseReport.text(reports).split(separator: "\n")
    #expect(lines[0].hasPrefix("layer.expr:5:12: dW wrong: factor: "))
    #expect(lines[1].hasPrefix("a b<&\">.expr:1:5: unknown-name: "))
    #expect(lines[2] == "1 proved, 1 wrong")
    #expect(lines.count == 3)
  }

  @Test func gitHubAnnotations() {
    let lines = GitHubReport.text(reports).split(separator: "\n")
    let head =
      "::error file=layer.expr,line=5,endLine=5,col=12,endColumn=24,title=dW wrong::factor: "
    #expect(lines[0].hasPrefix(head), "\(lines[0])")
    #expect(lines[1].hasPrefix("::error file=a b<&\">.expr,line=1,"))
    // What ends a property or a line is written in percent signs.
    let odd = GitHubReport.text([TextReportTests.report("y = x\n", name: "a,b:c%d\n.expr")])
    #expect(odd.hasPrefix("::error file=a%2Cb%3Ac%25d%0A.expr,line=1,"))
  }

  @Test func sarifHasRulesPlacesAndFixes() throws {
    let json = SARIFReport.json(reports)
    #expect(json["version"]?.stringValue == "2.1.0")
    let run = try #require(json["runs"]?.arrayValue?.first)
    let rules = try #require(run["tool"]?["driver"]?["rules"]?.arrayValue)
    #expect(rules.map { $0["id"]?.stringValue } == ["file/unknown-name", "wrong/factor"])
    let results = try #require(run["results"]?.arrayValue)
    #expect(results.map { $0["ruleIndex"] } == [.integer(1), .integer(0)])
    let place = try #require(results[0]["locations"]?.arrayValue?.first?["physicalLocation"])
    #expect(place["artifactLocation"]?["uri"]?.stringValue == "layer.expr")
    #expect(
      place["region"]?.text()
        == #"{"startLine": 5, "startColumn": 12, "endLine": 5, "endColumn": 24}"#)
    let replacement = try #require(
      results[0]["fixes"]?.arrayValue?.first?["artifactChanges"]?.arrayValue?.first?[
        "replacements"]?.arrayValue?.first)
    // `2 * x` becomes `x`; the rest of the line stays as it is.
    #expect(replacement["insertedContent"]?["text"]?.stringValue == "x")
    #expect(
      replacement["deletedRegion"]?.text()
        == #"{"startLine": 5, "startColumn": 12, "endLine": 5, "endColumn": 17}"#)
    let other = results[1]["locations"]?.arrayValue?.first?["physicalLocation"]
    #expect(other?["artifactLocation"]?["uri"]?.stringValue == "a%20b%3C%26%22%3E.expr")
  }

  @Test func junitCountsAndEscapes() {
    let text = JUnitReport.text(reports, timestamp: "2024-05-06T07:08:09")
    #expect(
      text.contains(#"name="layer.expr" timestamp="2024-05-06T07:08:09" hostname="localhost""#))
    #expect(text.contains(#"tests="2" failures="1" errors="0""#))
    #expect(text.contains(#"tests="1" failures="0" errors="1""#))
    #expect(text.contains(#"name="a b&lt;&amp;&quot;&gt;.expr""#))
    #expect(text.contains(#"<failure type="wrong/factor" message="factor: "#))
    #expect(text.contains(#"<testcase name="dx (line 6)" classname="layer.expr" time="0"/>"#))
  }

  /// What is assumed counts with `--strict`.
  @Test func strictCountsAssumptions() throws {
    let text = "input x: [3, 3]\ny = inv(x)\noutput y\ncheck dx = -y.T @ dy @ y.T\n"
    var report = TextReportTests.report(text)
    #expect(report.outcome == .holds)
    #expect(try #require(report.check).assumptions.isEmpty == false)
    report.isStrict = true
    #expect(report.outcome == .undecided)
    var plain = TextReportTests.report(Self.text)
    plain.isStrict = true
    #expect(plain.outcome == .claimIsWrong)
  }
}
