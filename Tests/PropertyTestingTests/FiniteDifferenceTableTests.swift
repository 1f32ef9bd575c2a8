import ProgramTestSupport
import Scalars
import Testing
import ToolkitTestSupport

@testable import Judging
@testable import PropertyTesting

@Suite struct FiniteDifferenceTableTests {
  private static let quadratic = """
    dims B=3, I=2, O=4
    input x: [B, I]
    param W: [I, O]
    loss L = sum((x @ W)**2) / (2*B)
    """

  @Test func aPolynomialIsAnEqualityWithEnoughPoints() throws {
    let table = try FiniteDifferenceTable(of: program(Self.quadratic))
    // W and x both move: degree 2 · 2.
    guard case .equality(let degree, let pairs, _, let isPiecewise) = table.exactComparison else {
      Issue.record("\(String(describing: table.exactComparison))")
      return
    }
    #expect(degree == 4)
    #expect(pairs == 2)
    #expect(!isPiecewise)
  }

  @Test func theNumberOfPointsFollowsWhatMoves() throws {
    var options = CheckOptions()
    options.targets = ["W"]
    let table = try FiniteDifferenceTable(of: program(Self.quadratic), options: options)
    guard case .equality(2, 1, _, false) = table.exactComparison else {
      Issue.record("\(String(describing: table.exactComparison))")
      return
    }
    #expect(table.targets == ["W"])
    // A quadratic has no truncation, so there is no best step.
    #expect(table.estimatedBestStep == nil)
    #expect(table.text().contains("no truncation along this direction"))
  }

  @Test func oneEntryMovesAlone() throws {
    let text = """
      dims n=3
      input x: [n]
      loss L = x[0]**3 + 5*x[1]
      """
    let table = try FiniteDifferenceTable(of: program(text), direction: .entry("x", [1]))
    #expect(table.exact == "5")
    // A bound: x has other entries, which are not looked at one by one.
    guard case .equality(3, 2, _, false) = table.exactComparison else {
      Issue.record("\(String(describing: table.exactComparison))")
      return
    }
  }

  @Test func anEntryOutsideIsRefused() throws {
    let program = try program("dims n=3\ninput x: [n]\nloss L = sum(x)")
    #expect(throws: DifferenceFailure.noSuchEntry(name: "x", entry: [3], extents: [3])) {
      try FiniteDifferenceTable(of: program, direction: .entry("x", [3]))
    }
    #expect(throws: DifferenceFailure.unknownName("z")) {
      try FiniteDifferenceTable(of: program, direction: .entry("z", [0]))
    }
  }

  @Test func theErrorsFormAVAroundTheEstimatedStep() throws {
    let text = """
      dims B=3, I=2, O=4
      input x: [B, I]
      param W: [I, O]
      loss L = sum(sigmoid(x @ W) * exp(x @ W))
      """
    let table = try FiniteDifferenceTable(of: program(text))
    guard case .truncated(_, 4, _, let difference) = table.exactComparison else {
      Issue.record("\(String(describing: table.exactComparison))")
      return
    }
    // Central differences of 4 pairs are off by h⁸·f⁽⁹⁾/630 at a step of h = 2⁻²⁰: below 2⁻¹⁰⁰ < 1e-30 of a value
    // as long as the ninth derivative is below 2⁶⁰ times the first.
    #expect(difference < 1e-30)
    let best = try #require(table.estimatedBestStep)
    let seen = try #require(table.bestLine).step.doubleValue
    // The estimate is a balance of two orders of magnitude, good to a factor of a hundred.
    #expect(best / seen < 100 && seen / best < 100, "estimated \(best), seen \(seen)")
    let errors = table.lines.map(\.error)
    let smallest = try #require(errors.firstIndex(of: errors.min() ?? 0))
    #expect(errors[0] > 100 * errors[smallest])
    #expect(errors[errors.count - 1] > 100 * errors[smallest])
    // Truncation: a tenth of the step, a hundredth of the error.
    #expect(abs(errors[1] / errors[2] - 100) < 5)
  }

  @Test func aStepOverAKinkIsNamed() throws {
    let text = """
      dims n=3
      input x: [n]
      y = relu(x)
      loss L = sum(y**2)
      """
    var options = CheckOptions()
    options.givenValues = ["x": .init(extents: [3], elements: [Rational(1, 512), 2, -3])]
    let table = try FiniteDifferenceTable(of: program(text), options: options)
    guard case .equality(2, 1, let step, true) = table.exactComparison else {
      Issue.record("\(String(describing: table.exactComparison))")
      return
    }
    #expect(step < Rational(1, 512))
    let first = try #require(table.lines[0].crossing)
    #expect(first.function == "relu")
    #expect(first.argument == "x")
    #expect(first.entry == [0])
    #expect(table.lines[14].crossing == nil)
    #expect(table.text().contains("relu changes sides at `x`[0]"))
  }

  @Test func theTextIsNarrowAndDrawsTheCurve() throws {
    let table = try FiniteDifferenceTable(
      of: program("input x: [2, 3]\nloss L = sum(exp(x))"))
    let lines = table.text().split(separator: "\n")
    withEvery("line", in: lines) { #expect($0.count <= 100, Trace.comment) }
    #expect(lines.contains { $0.contains("|") && $0.contains("o") })
    #expect(table.json["double"]?.arrayValue?.count == 15)
  }

  @Test func everySmoothFunctionAgreesAndEveryDirectionCounts() throws {
    let samples = [
      "dims n=3\ninput X: [n, n] symmetric\nloss L = sum(X @ X @ X)",
      "dims n=3\ninput X: [n, n] symmetric(entries)\nloss L = trace(X @ X @ X)",
      "dims n=3\nparam X: [n, n]\nloss L = det(X)",
      "dims n=3\nparam X: [n, n] spd\nloss L = logdet(X) + trace(inv(X))",
      "dims B=2, n=3\ninput x: [B, n]\nconst t: [B, n] simplex\nloss L = cross_entropy(x, t)",
      "dims B=2, C=3, H=5\ninput x: [B, C, H]\ny = max_pool1d(x, 2)\noutput y",
    ]
    withEvery("file", in: samples) { text in
      let table = try FiniteDifferenceTable(of: program(text))
      switch table.exactComparison {
      case .equality: break
      // As above, at a step that a kink may have halved to 2⁻³² at most, and a ninth derivative below 2⁹³ times the
      // first.
      case .truncated(_, _, _, let difference): #expect(difference < 1e-20, Trace.comment)
      case .unavailable(let why): Issue.record("\(why): \(text)")
      }
    }
  }
}
