import Diagnostics
import Testing

@testable import Judging
@testable import Reporting

/// Declared masks, −∞, and values without derivatives.
@Suite struct DeclaredMaskTests {
  private func report(_ text: String) -> FileReport {
    FileCheck(CheckOptions()).report(on: SourceText(name: "masks.expr", text: text))
  }

  private func verdicts(_ text: String) throws -> [String] {
    let report = report(text)
    return try #require(report.check, "\(report.diagnostics)").claims.map(\.verdict.word)
  }

  private func codes(_ text: String) -> [DiagnosticCode] { report(text).diagnostics.map(\.code) }

  private let dropout = """
    dims B=4, I=3, O=5
    input x: [B, I]
    param W: [I, O]
    const m: [B, O] mask
    z = x @ W
    y = m * relu(z) / 0.8
    output y

    """

  @Test func aMaskIsZerosAndOnes() throws {
    #expect(try verdicts(dropout + "check dz = m * dy * (z > 0) / 0.8") == ["proved"])
    // m² = m, and no mask is all ones.
    #expect(try verdicts(dropout + "check dz = m**3 * dy * (z > 0) / 0.8").allSatisfy(holds))
    #expect(try verdicts(dropout + "check dz = dy * (z > 0) / 0.8") == ["wrong"])
    #expect(try verdicts(dropout + "check dz = (1 - m) * dy * (z > 0) / 0.8") == ["wrong"])
    #expect(codes("param m: [3] mask\ny = m * 2") == ["structure"])
    #expect(codes("const m: [3] mask simplex\ninput x: [3]\ny = m * x") == ["structure"])
  }

  private func holds(_ word: String) -> Bool { ["proved", "identical", "enclosed"].contains(word) }

  /// A condition holds where it is not 0, and at 2 as well.
  @Test func aSumOfMasksIsACondition() throws {
    let lines = """
      dims N=6
      input x: [N]
      const a: [N] mask, b: [N] mask
      y = where(a + b, x**2, 3*x) + where(a & ~b, x, 0) + (a != b) * x
      output y

      """
    let right = "check dx = dy * (where(a | b, 2*x, 3) + a * (1 - b) + a + b - 2*a*b)"
    #expect(try verdicts(lines + right).allSatisfy(holds))
    #expect(try verdicts(lines + right.replacing("a | b", with: "a & b")) == ["wrong"])
    #expect(
      try verdicts(lines + right.replacing("where(a | b, 2*x, 3)", with: "(a + b)*2*x"))
        == ["wrong"])
  }

  private let attention = """
    dims B=2, T=3, S=4, D=2
    input q: [B, T, D], k: [B, S, D], v: [B, S, D]
    const keep: [B, S] mask(1)
    s = q @ k.mT / sqrt(D)
    z = masked_fill(s, (keep == 0)[:, None, :], -inf)
    p = softmax(z)
    y = p @ v
    output y
    dp_ = dy @ v.mT

    """

  @Test func softmaxPassesMinusInfinity() throws {
    let right = "check ds = p * (dp_ - sum(p * dp_, axis=-1, keepdims=True))"
    #expect(try verdicts(attention + right).allSatisfy(holds))
    #expect(
      try verdicts(attention + "check dz = p * (dp_ - sum(p * dp_, axis=-1, keepdims=True))")
        .allSatisfy(holds))
    #expect(try verdicts(attention + "check dv = p.mT @ dy").allSatisfy(holds))
    let unmasked = "check ds = softmax(s) * (dp_ - sum(softmax(s) * dp_, axis=-1, keepdims=True))"
    #expect(try verdicts(attention + unmasked) == ["wrong"])
  }

  /// The stable spelling: the maximum of what is left, subtracted.
  @Test func aMaximumLeavesMinusInfinityOut() throws {
    let lines = """
      dims N=3, C=4
      input x: [N, C]
      const m: [N, C] mask(1)
      z = where(m, x, float("-inf"))
      e = exp(z - max(z, axis=1, keepdims=True))
      p = e / sum(e, axis=1, keepdims=True)
      loss L = sum(p**2)

      """
    let right = "check dx = 2 * p * (p - sum(p * p, axis=1, keepdims=True))"
    #expect(try verdicts(lines + right).allSatisfy(holds))
    #expect(
      try verdicts(lines + "check dx = 2 * p * (p - sum(p, axis=1, keepdims=True))") == ["wrong"])
  }

  @Test func whatComputesWithMinusInfinityIsAnError() {
    let head = "input x: [3]\nz = where(x > 0, x, -inf)\n"
    #expect(codes(head + "loss L = sum(z * x)") == ["infinity"])
    #expect(codes(head + "loss L = sum(z)") == ["infinity"])
    #expect(codes(head + "y = -z") == ["infinity"])
    #expect(codes(head + "output z") == ["infinity"])
    #expect(codes("input x: [3]\ny = where(x > 0, x, inf)") == ["infinity"])
    #expect(codes(head + "loss L = logsumexp(z)") == [])
    #expect(codes(head + "loss L = sum(sigmoid(z)) + max(maximum(z, x))") == [])
  }

  @Test func aStoppedValueHasNoDerivative() throws {
    let lines = """
      dims N=5
      input x: [N]
      c = clip(x, -1, 1)
      q = c + stop_gradient(sign(x) - c)
      y = q * x
      output y

      """
    #expect(try verdicts(lines + "check dx = dy * q + dy * x * (abs(x) < 1)").allSatisfy(holds))
    #expect(
      try verdicts(lines + "check dx = dy * sign(x) + dy * x * (abs(x) < 1)").allSatisfy(holds))
    #expect(try verdicts(lines + "check dx = dy * q") == ["wrong"])
    #expect(try verdicts(lines + "check dx = dy * q + dy * x") == ["wrong"])
    let report = try #require(report(lines + "check dx = dy * q").check)
    #expect((report.selfCheck?.finiteDifferenceError ?? 1) < 1e-6)
  }
}
