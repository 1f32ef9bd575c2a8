import Diagnostics
import Evaluation
import ExpressionLanguage
import ProgramTestSupport
import Scalars
import Testing

@testable import Judging
@testable import Reporting

/// Points in files, and values there.
struct PointTests {
  private func point(_ text: String) throws(PointError) -> PointFile {
    try PointFile(SourceText(name: "point.json", text: text))
  }

  private func program(_ text: String) throws -> Program {
    var diagnostics = DiagnosticList(source: SourceText(name: "layer.expr", text: text))
    let program = FileCheck().program(of: diagnostics.source, into: &diagnostics)
    return try #require(program, "\(diagnostics.rendered())")
  }

  private func values(
    _ text: String, at json: String, digits: Int = 30
  ) throws -> [String: PrintedValue] {
    let evaluation = PointEvaluation(at: try point(json), digits: digits)
    let report = try evaluation.evaluate(program(text))
    return Dictionary(uniqueKeysWithValues: report.values.map { ($0.name, $0.value) })
  }

  @Test func numbersAreExact() throws {
    let read = try point(#"{"at": {"x": [[1, 0.1], ["1/3", -2e-1]], "b": "7"}}"#)
    #expect(read.values["x"]?.extents == [2, 2])
    #expect(
      read.values["x"]?.elements == [1, Rational(1, 10), Rational(1, 3), Rational(-1, 5)])
    #expect(read.values["b"] == Tensor(scalar: 7))
  }

  @Test func malformedPointsAreRefused() {
    let cases: [(String, PointError)] = [
      ("[1]", .notAnObject),
      (#"{"x": []}"#, .empty("x")),
      (#"{"x": [[1, 2], [3]]}"#, .ragged("x")),
      (#"{"x": [1, [2]]}"#, .ragged("x")),
      (#"{"x": [[1], 2]}"#, .ragged("x")),
      (#"{"x": true}"#, .notANumber("x")),
      (#"{"x": "1/0"}"#, .malformedNumber("x", "1/0")),
      (#"{"x": "one"}"#, .malformedNumber("x", "one")),
    ]
    for (text, expected) in cases {
      #expect(throws: expected, "\(text)") { try point(text) }
    }
  }

  @Test func rationalValuesAreFractions() throws {
    let file = "dims n\ninput x: [n]\nloss L = sum(x**2) / 3\n"
    let found = try values(file, at: #"{"x": [1, "1/2", -2]}"#)
    #expect(found["L"]?.text == "7/4")
    #expect(found["dx"]?.json.text() == #"["2/3", "1/3", "-4/3"]"#)
  }

  /// exp(1) to thirty digits, from its series; and the digits asked for.
  @Test func irrationalValuesHaveRightDigits() throws {
    let file = "input x: []\ny = exp(x)\n"
    let e = "2.71828182845904523536028747135"
    #expect(try values(file, at: #"{"x": 1}"#)["y"]?.text == e)
    #expect(try values(file, at: #"{"x": 1}"#, digits: 5)["y"]?.text == "2.7183")
    #expect(try values(file, at: #"{"x": 0}"#)["y"]?.text == "1")
  }

  /// At a kink the derivative is PyTorch's, and the report says that it is a choice.
  @Test func kinksAreNamed() throws {
    let file = "input x: [3]\nloss L = sum(relu(x))\n"
    let report = try PointEvaluation(at: point(#"{"x": [-1, 0, 2]}"#)).evaluate(program(file))
    #expect(report.values.last?.value.text == "[0, 0, 1]")
    #expect(report.kinks.count == 1)
    #expect(report.kinks.first?.contains("[1]") == true)
  }

  @Test func pointsThatDoNotFitAreRefused() throws {
    let file = "dims n, m=2\ninput x: [n], weight: [n, m]\ny = x @ weight\n"
    func failure(_ json: String) throws -> PointError? {
      let evaluation = PointEvaluation(at: try point(json))
      let program = try program(file)
      do {
        _ = try evaluation.evaluate(program)
      } catch {
        if case .point(let error) = error { return error }
      }
      return nil
    }
    #expect(try failure(#"{"weigth": 1}"#) == .unknownName("weigth", nearest: "weight"))
    #expect(try failure(#"{"y": [1, 2]}"#) == .computed("y"))
    #expect(
      try failure(#"{"x": [1], "weight": [[1, 2], [3, 4]]}"#)
        == .conflict(size: "n", first: 1, second: 2))
    #expect(
      try failure(#"{"weight": [[1, 2, 3]]}"#) == .conflict(size: "m", first: 2, second: 3))
    #expect(
      try failure(#"{"x": [[1]]}"#) == .shape("x", declared: ["n"], found: [1, 1]))
    #expect(try failure(#"{"x": [1, 2, 3]}"#) == nil)
  }

  @Test func drawnValuesFollowTheSeed() throws {
    let file = try program("dims n\ninput x: [n]\nloss L = sum(x**2)\n")
    func drawn(_ seed: UInt64) throws -> String? {
      let options = CheckOptions(seed: seed)
      return try PointEvaluation(at: PointFile(), options: options).evaluate(file)
        .drawn.first?.value.text
    }
    #expect(try drawn(1) == drawn(1))
    #expect(try drawn(1) != drawn(2))
  }

  @Test func tensorsAsNestedLists() {
    let entries = (1...12).map { PrintedValue.Entry.rational(Rational($0)) }
    let value = PrintedValue(extents: [2, 2, 3], entries: entries)
    #expect(
      value.text == """
        [[[ 1,  2,  3],
          [ 4,  5,  6]],
         [[ 7,  8,  9],
          [10, 11, 12]]]
        """)
    #expect(value.json.text() == "[[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]]")
  }
}
