import Diagnostics
import Scalars
import Testing

@testable import Evaluation
@testable import Judging
@testable import Reporting

/// Claims at points that are on a kink: one that takes a subgradient is not wrong there.
@Suite struct KinkTests {
  private func verdict(_ text: String, at values: [String: [Rational]]) throws -> Verdict {
    var options = CheckOptions()
    options.givenValues = values.mapValues { Tensor(extents: [$0.count], elements: $0) }
    let report = FileCheck(options).report(on: SourceText(name: "kink.expr", text: text))
    return try #require(report.check).claims[0].verdict
  }

  private func convention(_ text: String, at values: [String: [Rational]]) throws -> String? {
    guard case .kink(let finding) = try verdict(text, at: values) else { return nil }
    return finding.convention
  }

  private static let absolute = "input z: [2]\ny = abs(z)\n"
  private static let point: [String: [Rational]] = ["z": [0, Rational(1, 2)]]

  @Test func aSideOfAnAbsoluteValueIsASubgradient() throws {
    let left = "the claim would be right with abs'(0) = -1"
    #expect(
      try convention(Self.absolute + "check dz = dy * (1 - 2*(z <= 0))\n", at: Self.point) == left)
    // The masks of the claim and of the gradient are one here: either side makes it right.
    #expect(
      try convention(Self.absolute + "check dz = dy * (2*(z > 0) - 1)\n", at: Self.point) != nil)
    #expect(
      try convention(Self.absolute + "check dz = dy * where(z >= 0, 1, -1)\n", at: Self.point)
        != nil)
  }

  @Test func whatIsNoSubgradientIsWrong() throws {
    for claim in ["3 * dy", "dy * (2*(z > 0) - 3)", "dy * (1 + (z > 0))"] {
      #expect(
        try verdict(Self.absolute + "check dz = \(claim)\n", at: Self.point).word == "wrong",
        "\(claim)")
    }
    // Off the kink nothing is free.
    #expect(try verdict(Self.absolute + "check dz = -dy\n", at: Self.point).word == "wrong")
  }

  /// Two masks turn together, one of them on a value that is never below zero.
  @Test func masksThatTurnTogether() throws {
    let text = """
      input z: [2], w: [2]
      v = z * w
      y = relu(abs(v))
      check dv = dy * (2*(v > 0) - 1)
      """
    #expect(try verdict(text, at: ["z": [0, 0]]).word == "kink")
    let wrong = text.replacing("- 1)", with: "- 3)")
    #expect(try verdict(wrong, at: ["z": [0, 0]]).word == "wrong")
  }
}
