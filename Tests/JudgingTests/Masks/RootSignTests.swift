import Judging
import Testing

/// Signs under roots of squares, and whole numbers that what is rounded reaches nowhere near the draws.
struct RootSignTests {
  private func verdict(_ forward: String, _ claim: String) throws -> Verdict? {
    try JudgingTests.verdict(on: claim, for: forward, declaring: "m: [N] mask, c: [N], d: [N]")
  }

  @Test(arguments: [
    ("x * sqrt((sum(m) - 2.5)**2)", "dy * (2.5 - sum(m))"),
    ("x * ((sum(m) - 2.5)**2)**0.5", "dy * (2.5 - sum(m))"),
    ("x * sqrt((c @ d - 1000)**2)", "dy * (1000 - c @ d)"),
    ("x * sqrt(4 * (sum(m) - 2.5)**2)", "dy * (5 - 2 * sum(m))"),
  ])
  func theSignUnderARootIsLookedAt(_ forward: String, _ claim: String) throws {
    #expect(isWrong(try verdict(forward, claim)))
  }

  @Test(arguments: [
    ("x * sqrt((sum(m) - 2.5)**2)", "dy * abs(sum(m) - 2.5)"), ("x * sqrt(c**2)", "dy * abs(c)"),
    ("x * sqrt((c @ d - 1000)**2)", "dy * abs(1000 - c @ d)"),
  ])
  func theMagnitudeIsRight(_ forward: String, _ claim: String) throws {
    #expect(try verdict(forward, claim)?.holds == true)
  }

  @Test(arguments: [
    ("x * floor(sigmoid(c) * 1.001)", "0 * dy"), ("x * floor(exp(c) / 1e9)", "0 * dy"),
    ("x * floor(sqrt(c**2 + 1) / 1000)", "0 * dy"), ("x * round(tanh(c) * 0.5001)", "0 * dy"),
  ])
  func whatIsRoundedMayJumpElsewhere(_ forward: String, _ claim: String) throws {
    #expect(try verdict(forward, claim)?.holds == false)
  }
}
