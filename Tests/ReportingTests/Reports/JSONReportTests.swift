import Diagnostics
import Testing

@testable import Reporting

/// The report that programs read.
struct JSONReportTests {
  private func json(_ text: String) -> JSONValue {
    JSONReport.json([TextReportTests.report(text)])
  }

  @Test func claimsAndGradients() throws {
    let report = json(
      """
      dims B=4, I=3, O=2
      input x: [B, I]
      param W: [I, O], b: [O]
      z = x @ W + b
      output z
      check dW = x.T @ dz
      check db = mean(dz, axis=0)
      """)
    let file = try #require(report["files"]?.arrayValue?.first)
    #expect(file["file"]?.stringValue == "layer.expr")
    #expect(file["dims"]?["B"] == .integer(4))
    let gradients = try #require(file["gradients"]?.arrayValue)
    let dW = try #require(gradients.first { $0["name"]?.stringValue == "dW" })
    #expect(dW["shape"] == .array([.string("I"), .string("O")]))
    #expect(dW["text"]?.stringValue == "x.T @ dz")
    let claims = try #require(file["claims"]?.arrayValue)
    #expect(claims[0]["name"]?.stringValue == "dW")
    #expect(claims[0]["line"] == .integer(6))
    #expect(claims[0]["verdict"]?.stringValue == "proved")
    #expect(claims[0]["evidence"]?["method"]?.stringValue == "normal form")
    #expect(claims[1]["verdict"]?.stringValue == "wrong")
    #expect(claims[1]["entry"]?.arrayValue?.count == 1)
    #expect(claims[1]["exact"]?.stringValue != claims[1]["claimed"]?.stringValue)
    #expect(report["diagnostics"] == .array([]))
  }

  @Test func diagnosticsHavePlaces() throws {
    let report = json("dims n\ninput x: [n]\ny = x + z\n")
    let diagnostic = try #require(report["diagnostics"]?.arrayValue?.first)
    #expect(diagnostic["code"]?.stringValue == "unknown-name")
    #expect(diagnostic["file"]?.stringValue == "layer.expr")
    #expect(diagnostic["line"] == .integer(3))
    #expect(diagnostic["column"] == .integer(9))
    #expect(report["files"]?.arrayValue?.first?["claims"] == .array([]))
  }

  /// What is printed is JSON that can be read back.
  @Test func theTextIsJSON() throws {
    let report = json(TextReportTests.wrongNetwork)
    for layout in [JSONValue.Layout.compact, .indented] {
      let text = SourceText(name: "report.json", text: report.text(layout))
      #expect(try JSONValue.parse(text) == report)
    }
  }
}
