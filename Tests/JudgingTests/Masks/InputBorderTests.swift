import Diagnostics
import Judging
import Reporting
import Testing

/// Inputs on borders of masks: a value like any other, but where the forward pass has a kink by what is differentiated
/// by.
@Suite struct InputBorderTests {
  private static let head = "dims N=3\ninput x: [N], w: [N], z: [N]\n"

  private func verdict(_ forward: String, _ name: String, _ claim: String) throws -> Verdict? {
    try verdicts("\(Self.head)\(forward)\noutput y\ncheck \(name) = \(claim)\n")[name]
  }

  /// The gradient by another tensor has a value where a comparison of an input is on its border.
  @Test(arguments: [
    ("y = w * (x == 0)", "dw", "dy * (x == 0)", "0 * dy"),
    ("y = w * (x > 0)", "dw", "dy * (1 - (x <= 0))", "dy * (x >= 0)"),
    ("y = w * relu(x)", "dw", "dy * x * (x >= 0)", "dy * (relu(x) + (x == 0))"),
    ("y = w * where(x == 0, 1, x)", "dw", "dy * (x + (x == 0))", "dy * x"),
    ("y = w * exp(x)", "dw", "dy * exp(x)", "dy * exp(x) * (exp(x) != 1)"),
  ])
  func aBorderIsAValueToOtherTensors(
    _ forward: String, _ name: String, _ right: String, _ wrong: String
  ) throws {
    #expect(try verdict(forward, name, right)?.holds == true)
    #expect(isWrong(try verdict(forward, name, wrong)))
  }

  /// So it is by the input itself, where no mask of the forward pass has that border.
  @Test(arguments: [
    ("y = 2 * x", "2 * dy", "2 * dy * (x != 0)"),
    ("y = x * z", "z * dy", "z * dy * (x != z)"),
    ("y = relu(x)", "dy * (x >= 0)", "dy * (x > 0) * (x != 1)"),
    ("y = relu(x)", "dy * (1 - (x <= 0))", "dy * (x > 0) * (x != z)"),
    ("y = x**2", "2 * x * dy * (sum(x > 0) != 0.5)", "2 * x * dy * (sum(x) != 1)"),
  ])
  func aBorderThatIsNoKinkIsAValue(_ forward: String, _ right: String, _ wrong: String) throws {
    #expect(try verdict(forward, "dx", right)?.holds == true)
    #expect(isWrong(try verdict(forward, "dx", wrong)))
  }

  /// On a kink of the forward pass either convention is right.
  @Test(arguments: [
    ("y = relu(x)", "dy * (x >= 0)"), ("y = abs(x)", "dy * (2 * (x >= 0) - 1)"),
    ("y = maximum(x, z)", "dy * (x >= z)"), ("y = w * relu(x)", "dy * w * (x >= 0)"),
    ("y = max(x)", "dy * (x == max(x))"),
    ("y = where(x > 0, x, w * x)", "dy * where(x >= 0, 1, w)"),
    ("y = minimum(w * x, x)", "dy * (where(w * x < x, w, 0) + (w * x > x))"),
  ])
  func aKinkIsNoValue(_ forward: String, _ right: String) throws {
    #expect(try verdict(forward, "dx", right)?.holds == true)
  }

  /// A value that a program makes may be tied with an input, too; a claim that no choice at the tie explains is wrong.
  @Test(arguments: [
    ("z1 = relu(x)\ny = maximum(z1, w)", "dz1", "dy * (z1 > w)", "dy * (z1 > w) * (w != 0)"),
    ("z1 = relu(x)\ny = maximum(z1, w)", "dz1", "dy * (z1 >= w)", "dy * ((z1 >= w) + (w == 0))"),
    ("z1 = 0 * x + 1\ny = minimum(w, z1)", "dz1", "dy * (w > 1)", "dy * (w > 1) * (w != 2)"),
  ])
  func aTieOfAValueWithAnInputIsAKink(
    _ forward: String, _ name: String, _ right: String, _ wrong: String
  ) throws {
    #expect(try verdict(forward, name, right)?.holds == true)
    #expect(isWrong(try verdict(forward, name, wrong)))
  }

  /// The point that is told is the one at which the sides were found to differ.
  @Test func thePointThatIsToldShowsTheDifference() throws {
    let text = """
      input x: [], w: [2]
      z = x - 4 - relu(x + 4)
      y = min(w * z)
      loss L = y**2
      check dx = 2 * y * sum(w * (w * z == y)) * (1 - step(x + 4))
      """
    guard case .wrong(let refutation)? = try verdicts(text)["dx"],
      let point = refutation.difference?.point
    else {
      Issue.record("a tie of w counts twice")
      return
    }
    #expect(point["w"]?.elements[0] == point["w"]?.elements[1])
  }

  /// What is not decided there is said.
  @Test func whatIsNotLookedAtIsSaid() throws {
    let source = SourceText(
      name: "borders.expr",
      text: "input x: [90], y: [90], w: []\nz = w * sum(clip(x + y, 0, 1)**2)\noutput z\n"
        + "check dw = dz * sum(((x+y)*(x+y>0)*(x+y<1) + (x+y>=1))**2)\n")
    let report = try #require(FileCheck(CheckOptions()).report(on: source).check)
    guard case .identical(let evidence)? = report.claims.first?.verdict else {
      Issue.record("\(String(describing: report.claims.first?.verdict))")
      return
    }
    #expect(evidence.unseenBorders != nil)
    // What is assumed is what `--strict` counts.
    #expect(report.assumptions.contains("no input lies on the border of a mask"))
  }
}
