import Diagnostics
import Scalars
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

  /// A wrong claim says where, by how much, at which point, and what repairs it.
  @Test func wrongClaimsSayEverything() throws {
    let text = """
      input x: [2, 3]
      loss L = sum(x**3)
      check dx = 3 * x
      """
    let file = try #require(json(text)["files"]?.arrayValue?.first)
    let claim = try #require(file["claims"]?.arrayValue?.first)
    #expect(claim["holds"] == .bool(false))
    #expect(
      claim["range"]?.text()
        == #"{"start": {"line": 3, "column": 1}, "end": {"line": 3, "column": 17}}"#)
    #expect(claim["claimedRange"]?["start"]?["column"] == .integer(12))
    let edit = try #require(claim["fix"]?["edits"]?.arrayValue?.first)
    // `3 * x` becomes `3 * x**2`.
    #expect(edit["start"]?["column"] == .integer(16) && edit["end"]?["column"] == .integer(17))
    #expect(edit["text"]?.stringValue == "x**2")
    // What is told of entries is what the point gives: 3·x² and 3·x.
    let point = try #require(claim["point"]?["x"]?.arrayValue).flatMap { $0.arrayValue ?? [] }
      .map { try #require(Rational(parsing: $0.stringValue ?? $0.text())) }
    #expect(point.count == 6)
    let first = try #require(claim["first"]?.arrayValue)
    let places = try #require(claim["places"]?.arrayValue)
    let differing = point.indices.filter { point[$0] * point[$0] != point[$0] }
    #expect(places.count == differing.count && first.count == differing.count)
    for (number, place) in differing.enumerated() {
      #expect(places[number] == .array([.integer(place / 3), .integer(place % 3)]))
      #expect(first[number]["entry"] == places[number])
      #expect(first[number]["exact"]?.stringValue == "\(3 * point[place] * point[place])")
      #expect(first[number]["claimed"]?.stringValue == "\(3 * point[place])")
    }
    let errors = point.map { (3 * $0 * $0 - 3 * $0).magnitude }
    #expect(claim["largestError"]?["error"]?.stringValue == errors.max()?.description)
  }

  /// An index statement stays one: only the factor that is too many is taken out.
  @Test func anIndexStatementIsRepairedWhereItIsWrong() throws {
    let text = """
      input x: [2, 3]
      param W: [3, 4]
      y = x @ W
      output y
      check dW[i,o] += 2 * x[n,i] * dy[n,o]
      """
    let file = try #require(json(text)["files"]?.arrayValue?.first)
    let edit = try #require(file["claims"]?.arrayValue?.first?["fix"]?["edits"]?.arrayValue?.first)
    #expect(edit["start"]?["column"] == .integer(18) && edit["end"]?["column"] == .integer(23))
    #expect(edit["text"]?.stringValue == "x")
  }

  @Test func theGraphOfTheForwardPass() throws {
    let file = try #require(
      json("input x: [2]\nparam w: [2]\na = x * w\nb = a + x\nloss L = sum(b * a)\n")["files"]?
        .arrayValue?.first)
    let edges = try #require(file["graph"]?["edges"]?.arrayValue).map {
      ($0["from"]?.stringValue ?? "") + ">" + ($0["to"]?.stringValue ?? "")
    }
    #expect(edges.sorted() == ["a>L", "a>b", "b>L", "w>a", "x>a", "x>b"])
    #expect(file["graph"]?["output"]?.stringValue == "L")
  }

  @Test func windowsHaveTheirPadding() throws {
    let text = """
      input x: [1, 1, 7, 8]
      param w: [1, 1, 3, 3]
      y = conv2d(x, w, stride=2, padding=1)
      output y
      """
    let file = try #require(json(text)["files"]?.arrayValue?.first)
    let windows = try #require(file["windows"]?.arrayValue)
    // (4 − 1)·2 + 3 = 9 = 1 + 7 + 1 entries are read along the first axis; of the second 1 + 8 of 9.
    #expect(windows.map { $0["padding"]?.text() } == ["[1, 1]", "[1, 0]"])
    #expect(windows.map { $0["extents"]?["operand"] } == [.integer(7), .integer(8)])
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
