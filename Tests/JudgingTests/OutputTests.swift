import Diagnostics
import Foundation
import Testing

@testable import Judging
@testable import Reporting

/// Several outputs, each with its own upstream gradient, and what is computed anew after them.
@Suite struct OutputTests {
  private func report(_ text: String) throws -> FileReport {
    FileCheck(CheckOptions()).report(on: SourceText(name: "outputs.expr", text: text))
  }

  private func words(_ text: String) throws -> [String] {
    try #require(report(text).check).claims.map(\.verdict.word)
  }

  private let cell = """
    dims B=3, H=4
    input x: [B, H], W: [H, H]
    h = tanh(x @ W)
    c = h * x
    output c: [B, H], h: [B, H]
    dt = dh + dc * x

    """

  @Test func eachHasItsUpstreamGradient() throws {
    #expect(try words(cell + "check dW = x.T @ (dt * (1 - h**2))") == ["proved"])
    #expect(
      try words(cell + "check dx = (dt * (1 - h**2)) @ W.T + dc * h") == ["proved"])
    #expect(try words(cell + "check dW = x.T @ (dc * x * (1 - h**2))") == ["wrong"])
    #expect(try words(cell + "check dW = x.T @ ((dc + dh * x) * (1 - h**2))") == ["wrong"])
  }

  /// `dh` is what comes from outside, so that a claim on it would have two meanings.
  @Test func aClaimOnAnOutputThatIsReadIsRefused() throws {
    let report = try report(cell + "check dh = dc * x")
    #expect(report.diagnostics.map(\.code) == ["claim-name"])
    let apart = cell.replacing("output c: [B, H], h: [B, H]", with: "k = h\noutput c, k")
      .replacing("dt = dh", with: "dt = dk")
    #expect(try words(apart + "check dh = dt") == ["proved"])
  }

  @Test func whatFollowsTheOutputBelongsToTheBackwardPass() throws {
    let lines = """
      dims B=2, T=3, D=2
      input q: [B, T, D], k: [B, T, D], v: [B, T, D]
      s = q @ k.mT
      m = logsumexp(s, axis=-1, keepdims=True)
      y = exp(s - m) @ v
      output y
      p = exp(q @ k.mT - m)
      dp = dy @ v.mT

      """
    let right = "check ds = p * (dp - sum(p * dp, axis=-1, keepdims=True))"
    #expect(try words(lines + right) == ["proved"])
    #expect(try words(lines + right.replacing("p * dp", with: "dp")) == ["wrong"])
    // Before the output the same name is a value of the forward pass, and `dp` its gradient.
    let before = lines.replacing("output y\n", with: "").appending("output y\n" + right)
    #expect(try report(before).diagnostics.map(\.code) == ["reserved-gradient"])
  }

  @Test func anIndexMayHideATensor() throws {
    let lines = """
      dims N=3, O=2
      input x: [N, O], b: [O]
      y: [N, O]
      y[b,o] += x[b,o] * b[o]
      output y

      """
    #expect(try words(lines + "check db[o] += dy[b,o] * x[b,o]") == ["proved"])
    #expect(try words(lines + "check db[o] += dy[b,o]") == ["wrong"])
  }
}
