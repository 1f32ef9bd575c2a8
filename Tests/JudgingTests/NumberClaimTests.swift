import Diagnostics
import Evaluation
import Reporting
import Scalars
import Testing
import ToolkitTestSupport

@testable import Judging

/// Claims that are numbers computed at one point.
struct NumberClaimTests {
  private static let product = """
    input x: [2, 3]
    param W: [3, 2]
    y = x @ W
    output y
    check from "numbers.json"
    """
  private static let point =
    #""at": {"x": [[1, 2, 3], [4, 5, 6]], "W": [[1, 2], [3, 4], [5, 6]], "dy": [[1, 2], [3, 4]]}"#

  private func report(_ text: String, _ numbers: String) -> FileReport {
    FileCheck(loading: { _ in numbers }).report(on: SourceText(name: "numbers.expr", text: text))
  }

  /// Each claim's name with its verdict's word.
  private func words(_ text: String, _ numbers: String) throws -> [String] {
    try #require(report(text, numbers).check).claims.map { "\($0.name) \($0.verdict.word)" }
  }

  /// xᵀ·dy and dy·Wᵀ by hand.
  @Test func exactNumbersAreEqualOrWrong() throws {
    let right = #"{\#(Self.point), "dW": [[13, 18], [17, 24], ["21", "0x1.ep4"]]}"#
    #expect(try words(Self.product, right) == ["dW equal at this point"])
    let off = #"{\#(Self.point), "dW": [[13, 18], [17, 24], [21, "30.000001"]]}"#
    #expect(try words(Self.product, off) == ["dW wrong"])
    let both =
      #"{\#(Self.point), "dW": [[1, 3], [5, 2], [4, 6]], "dx": [[5, 11, 17], [11, 25, 39]]}"#
    #expect(try words(Self.product, both) == ["dW wrong", "dx equal at this point"])
  }

  /// Whatever was rounded is the nearest number, or nothing is said.
  @Test func roundedNumbersAreNearestOrUndecided() throws {
    let text = "input x: [2]\nloss L = sum(x**2) / 3\ncheck from \"n.json\"\n"
    func word(_ first: String) throws -> [String] {
      try words(text, #"{"at": {"x": [1, 3]}, "dx": [\#(first), 2]}"#)
    }
    // 2/3 in binary is 0.1010…; its neighbours end in another digit.
    #expect(try word("0.66666666666666663") == ["dx exact"])
    #expect(try word("0.66666666666666674") == ["dx undecided"])
    #expect(try word("0.6") == ["dx undecided"])
    #expect(try word("\"2/3\"") == ["dx equal at this point"])
    let irrational = "input x: [1]\nloss L = sum(exp(x))\ncheck from \"n.json\"\n"
    // e and e⁻ to seventeen digits; the rounded one is the float64 nearest to e.
    #expect(
      try words(irrational, #"{"at": {"x": [1]}, "dx": [2.718281828459045]}"#) == ["dx exact"])
    #expect(
      try words(irrational, #"{"at": {"x": [1]}, "dx": [2.7182818284590446]}"#)
        == ["dx undecided"])
    #expect(
      try words(irrational, #"{"at": {"x": [1]}, "dx": ["2.718281828459045"]}"#) == ["dx wrong"])
  }

  @Test func whatThePointLacksIsAnError() throws {
    let numbers = #"{"at": {"x": [[1, 2, 3], [4, 5, 6]]}, "dW": [[13, 18], [17, 24], [21, 30]]}"#
    let report = report(Self.product, numbers)
    #expect(report.outcome == .fileIsWrong && report.check == nil)
    let diagnostic = try #require(report.diagnostics.first)
    #expect(diagnostic.code == "point-name")
    #expect(diagnostic.message == "the point gives no `dy`, on which `dW` depends")
    #expect(diagnostic.range.map { report.source[$0] } == "\"numbers.json\"")
  }

  /// A formula beside numbers is judged everywhere, and not at their point.
  @Test func formulasBesideNumbersAreTheirOwn() throws {
    let numbers = #"{\#(Self.point), "dx": [[5, 11, 17], [11, 25, 39]]}"#
    let words = try words(Self.product + "\ncheck dW = x.T @ dy * (x[0, 0] + 1) / 2\n", numbers)
    #expect(words == ["dx equal at this point", "dW wrong"])
  }

  /// Two files of numbers have a point each.
  @Test func filesHaveTheirOwnPoints() throws {
    let text = """
      input x: [1]
      loss L = sum(x**2)
      check from "one.json"
      check from "two.json"
      """
    let check = FileCheck(loading: { name in
      name == "one.json" ? #"{"at": {"x": [3]}, "dx": [6]}"# : #"{"at": {"x": [5]}, "dx": [6]}"#
    })
    let report = check.report(on: SourceText(name: "two.expr", text: text))
    #expect(
      try #require(report.check).claims.map(\.verdict.word) == ["equal at this point", "wrong"])
  }

  /// Where everything is one, the flip of a kernel cannot be seen; where the numbers differ, it can.
  @Test func slipsThatThePointHidesAreNamed() throws {
    func remarks(x: String, dy: String, dw: String) throws -> [String] {
      let text = """
        input x: [1, 1, 4]
        param w: [1, 1, 2]
        y = conv1d(x, w)
        output y
        check from "n.json"
        """
      let numbers =
        #"{"at": {"x": [[\#(x)]], "w": [[[1, 1]]], "dy": [[\#(dy)]]}, "dw": [[\#(dw)]]}"#
      let claim = try #require(report(text, numbers).check?.claims.first)
      #expect(claim.verdict.word == "equal at this point")
      return claim.remarks
    }
    let hidden = try remarks(x: "[1, 1, 1, 1]", dy: "[1, 1, 1]", dw: "[3, 3]")
    #expect(hidden.first?.contains("flip") == true, "\(hidden)")
    // dw[k] = Σ x[p + k]·dy[p]: 1 + 4 + 9 and 2 + 6 + 12.
    #expect(try remarks(x: "[1, 2, 3, 4]", dy: "[1, 2, 3]", dw: "[14, 20]") == [])
  }

  /// Values that differ are shown by digits that differ.
  @Test func digitsAreShownUpToTheFirstThatDiffers() throws {
    let text = "input x: [1]\nloss L = sum(exp(x))\ncheck from \"n.json\"\n"
    let report = report(text, #"{"at": {"x": [1]}, "dx": ["2.718281828459045"]}"#)
    guard case .wrong(let refutation)? = report.check?.claims.first?.verdict,
      let difference = refutation.difference
    else {
      Issue.record("not wrong")
      return
    }
    #expect(difference.exact == "2.71828182845904523536029")
    #expect(difference.claimed.hasPrefix("2.718281828459045"))
  }

  /// Each word of a declaration refuses what breaks it, and takes what keeps to it.
  @Test func pointsKeepToDeclarations() throws {
    let samples: [(word: String, right: String, wrong: String)] = [
      ("positive", "[[1, 2], [3, 4]]", "[[1, 2], [0, 4]]"),
      ("nonnegative", "[[1, 2], [0, 4]]", "[[1, 2], [-1, 4]]"),
      ("unit", #"[["1/2", "1/3"], ["1/4", "1/5"]]"#, #"[["1/2", 1], ["1/4", "1/5"]]"#),
      ("simplex", #"[["1/2", "1/2"], [0, 1]]"#, #"[["1/2", "1/3"], [0, 1]]"#),
      ("integer", "[[1, -2], [0, 4]]", #"[[1, 2], ["1/2", 4]]"#),
      ("one_hot(1)", "[[0, 1], [1, 0]]", "[[0, 1], [1, 1]]"),
      ("one_hot(0)", "[[0, 1], [1, 0]]", "[[0, 1], [0, 1]]"),
      ("symmetric", "[[1, 2], [2, 4]]", "[[1, 2], [3, 4]]"),
      ("symmetric(entries)", "[[1, 2], [2, 4]]", "[[1, 2], [3, 4]]"),
      ("diagonal", "[[1, 0], [0, 4]]", "[[1, 0], [1, 4]]"),
      ("lower", "[[1, 0], [3, 4]]", "[[1, 2], [0, 4]]"),
      ("nonsingular", "[[0, 2], [3, 4]]", "[[1, 2], [2, 4]]"),
      ("spd", "[[2, 1], [1, 2]]", "[[1, 2], [2, 1]]"),
      ("orthogonal", #"[["3/5", "4/5"], ["-4/5", "3/5"]]"#, "[[1, 1], [0, 1]]"),
    ]
    for sample in samples {
      let text = "const t: [2, 2] \(sample.word)\ninput x: [2, 2]\nloss L = sum(x * t)\n"
      let source = SourceText(name: "point.expr", text: text)
      var diagnostics = DiagnosticList(source: source)
      let program = try #require(
        FileCheck().program(of: source, into: &diagnostics), "\(diagnostics.rendered())")
      func evaluates(_ t: String) throws -> Bool {
        let text = #"{"t": \#(t), "x": [[1, 2], [3, 4]]}"#
        let point = try PointFile(SourceText(name: "point.json", text: text))
        do {
          _ = try PointEvaluation(at: point).evaluate(program)
          return true
        } catch PointEvaluation.Failure.point(.declaration(let name, let violation)) {
          #expect(name == "t" && violation.word == sample.word)
          return false
        }
      }
      #expect(try evaluates(sample.right), "\(sample.word)")
      #expect(try !evaluates(sample.wrong), "\(sample.word)")
    }
  }

  /// A formula at a point that gives everything is compared there, and nothing is said of other points.
  @Test func aFormulaAtOnePointHasNoProbability() throws {
    var options = CheckOptions()
    options.givenValues = ["x": Tensor(extents: [2], elements: [1, 1])]
    let text = "input x: [2]\nloss L = sum(x**3)\ncheck dx = 3 * x\ncheck dx = 3 * x**2\n"
    let report = FileCheck(options).report(on: SourceText(name: "at.expr", text: text))
    let claims = try #require(report.check).claims
    #expect(claims.map(\.verdict.word) == ["equal at this point", "proved"])
  }
}
