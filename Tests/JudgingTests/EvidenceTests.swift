import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// What an accept rests on: draws that are generic, degrees that bound, real numbers that confirm. Each right
/// claim has a wrong twin.
@Suite struct EvidenceTests {
  private func verdicts(_ text: String, seed: UInt64 = 17) throws -> [Verdict] {
    let source = SourceText(name: "evidence.expr", text: text)
    return try #require(FileCheck(CheckOptions(seed: seed)).report(on: source).check).claims
      .map(\.verdict)
  }

  private func word(_ text: String, seed: UInt64 = 17) throws -> String? {
    try verdicts(text, seed: seed).last?.word
  }

  private static let square = "input x: [3]\ny = x**2\noutput y\ncheck dx = 2*x*dy"
  private static let exponential = "input x: [3]\ny = exp(x)\noutput y\ncheck dx = dy*y"

  // MARK: Draws

  @Test(arguments: 0..<6 as Range<UInt64>)
  func bothKindsOfOrthogonalMatricesAreDrawn(seed: UInt64) throws {
    let lines = "param Q: [4, 4] orthogonal, w: [4]\ny = w * det(Q)\noutput y\n"
    #expect(try word(lines + "check dw = dy", seed: seed) == "wrong")
    #expect(try word(lines + "check dw = -dy", seed: seed) == "wrong")
    #expect(try verdicts(lines + "check dw = dy / det(Q)", seed: seed)[0].holds)
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func classesAreNotBalanced(seed: UInt64) throws {
    let lines = "param W: [2, 2]\nconst t: [4, 2] one_hot(1)\nloss L = sum((t @ W)**2)\n"
    #expect(try word(lines + "check dW = 4 * W", seed: seed) == "wrong")
    #expect(try verdicts(lines + "check dW = 2 * t.T @ t @ W", seed: seed)[0].holds)
  }

  // MARK: Bounds

  @Test func everyAcceptIsBelowTheBound() throws {
    let quotients = "input x: [5]\ny = x / sum(1 / (1 + x))\nloss L = sum(y)\n"
    let quotient = try #require(
      try verdicts(quotients + "assert grad(L**2 / L, x) == grad(L, x)").last)
    if case .identical(let evidence) = quotient {
      #expect(evidence.falseAcceptBits < -60 && evidence.falseAcceptBits > -177)
    } else {
      #expect(quotient.word == "proved")
    }
    // A degree of a million takes a third of the bits, and more draws.
    let power = """
      input x: [2], z: [2]
      y = x * (z + 0.5)
      output y
      check dx = dy * (z**1000000 * z + z**1000000 / 2) / z**1000000
      """
    let large = try #require(try verdicts(power).last)
    if case .identical(let evidence) = large {
      #expect(evidence.falseAcceptBits < -60)
    } else {
      #expect(large.word == "proved")
    }
  }

  @Test func aDegreeBeyondAllFieldsIsNoEvidence() throws {
    let huge = "1" + String(repeating: "0", count: 40)
    let text = "input x: [2]\nloss L = sum(x**2)\ncheck dx = 2*x * x**\(huge)"
    #expect(try word(text) != "identical")
  }

  // MARK: Formulas that differ

  /// Exponentials have their laws in fields, so that an enclosure beside masks says nothing against a difference.
  @Test func aDifferenceBesideMasksIsNotEnclosed() throws {
    let ramp = """
      param w: [3]
      const v: [3]
      y = relu(w - -12.000001) - relu(w - -11.999999)
      output y

      """
    let slope = "(dy * step(w - -12.000001) - dy * step(w - -11.999999))"
    let soft = try word(ramp + "check dw = \(slope) * tanh(-100 * (v - 0.3 * w - 8))")
    #expect(soft == "wrong" || soft == "undecided")
    #expect(try verdicts(ramp + "check dw = " + slope)[0].holds)
    let saturated = """
      input x: [3]
      m = min(maximum(x, -6.285715), axis=0)
      h = tanh(x)
      z = h * m
      loss L = sum(x**2)

      """
    #expect(try word(saturated + "check dh = (6 - z < 1) * 1") == "wrong")
  }

  // MARK: Real numbers

  @Test func whatHasNoValueIsRefused() throws {
    let lines = "input x: [3]\nloss L = sum(x**2)\n"
    for wrong in ["log(-1)", "log(x) + log(1/x)", "asin(2) + acos(2) - pi/2"] {
      #expect(try word(lines + "check dx = 2*x + \(wrong)") == "wrong", "\(wrong)")
    }
    let positive = "input x: [3] positive\nloss L = sum(x**2)\n"
    #expect(try verdicts(positive + "check dx = 2*x + log(x) + log(1/x)")[0].holds)
  }

  /// Where the forward pass has no value, a gradient needs none.
  @Test func theForwardPassBoundsTheDomain() throws {
    let lines = "input x: [3]\ny = log(x)\noutput y\n"
    #expect(try verdicts(lines + "check dx = dy * exp(-log(x))")[0].holds)
    #expect(try word(lines + "check dx = dy * exp(log(x))") == "wrong")
  }

  // MARK: Enclosures

  @Test func whatIsSmallAtDrawnPointsIsFound() throws {
    #expect(try verdicts(Self.square)[0].holds)
    #expect(try word(Self.square + " + sigmoid(500 * (x - 7))") == "wrong")
    #expect(try word(Self.square + " + exp(-1e5 * (x - 1)**2)") == "wrong")
    #expect(try word(Self.square + " * tanh(1e4 * (9 - x))") == "wrong")
    #expect(try word(Self.exponential + " + 1e-200") == "wrong")
    #expect(try word(Self.exponential + " * (1 + 1e-60)") == "wrong")
    #expect(try verdicts(Self.exponential + " * (1 + 1e-60) / (1 + 1e-60)")[0].holds)
  }

  /// A large term that is zero widens nothing, and does not hide a small one.
  @Test func zerosAreMeasuredAgainstTheirTerms() throws {
    let lines = "input x: [3]\ny = sin(x)\noutput y\ncheck dx = dy * cos(x)"
    let zero = "1e60 * (atan(x) - asin(x / sqrt(1 + x**2)))"
    #expect(try word(lines + " + \(zero)") == "enclosed")
    #expect(try word(lines + " + 1e-90*dy + \(zero)") != "enclosed")
    #expect(try word(lines + " + dy + \(zero)") == "wrong")
  }

  // MARK: Long numbers

  @Test(.timeLimit(.minutes(1)))
  func chainsOfFractionsEnd() throws {
    var lines = "input v0: [2]\n"
    for i in 1...24 { lines += "v\(i) = 1 / (1 + v\(i - 1)**2)\n" }
    #expect(try word(lines + "output v24\ncheck dv0 = dv1") == "wrong")
    #expect(try verdicts(lines + "output v24\ncheck dv0 = -2 * v0 * v1**2 * dv1")[0].holds)
  }
}
