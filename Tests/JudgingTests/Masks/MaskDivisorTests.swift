import Judging
import Testing

/// What is zero on whole cells of masks and is divided by: there nothing is cancelled.
struct MaskDivisorTests {
  private func verdict(_ forward: String, _ claim: String) throws -> Verdict? {
    try JudgingTests.verdict(
      on: claim, for: forward, declaring: "m: [N] mask, c: [N], i: [N] index(3)")
  }

  @Test(arguments: [
    ("where(m, x / m, 0)", "dy"), ("where(m, x / (m * 0.8), 0)", "dy / 0.8"),
    ("(x / m).masked_fill(1 - m, 0)", "dy"), ("where(c > 0, x / (c > 0), 0)", "dy"),
    ("where(x > 0, x**2 / relu(x), 0)", "dy"), ("x * where(c > 0, relu(c) / relu(c), 0)", "dy"),
    ("x * m", "dy * m / m"), ("x * m", "dy * exp(log(m))"), ("relu(x)**2", "2 * dy * y / relu(x)"),
    (
      "x * segment_sum(ones(N), i, N)",
      "dy * segment_sum(ones(N), i, N)**2 / segment_sum(ones(N), i, N)"
    ),
  ])
  func aMaskIsNotCancelled(_ forward: String, _ claim: String) throws {
    #expect(try verdict(forward, claim)?.holds == false)
  }

  /// What is zero at single points, or nowhere, still is.
  @Test(arguments: [
    ("x**2 / 2", "dy * x**2 / x"), ("x * c", "dy * c**2 / c"),
    ("x / (1 + relu(c))", "dy * (1 + relu(c)) / (1 + relu(c))**2"),
    ("x / exp(relu(c))", "dy * exp(-relu(c))"), ("x * abs(c)", "dy * c**2 / abs(c)"),
  ])
  func othersAre(_ forward: String, _ claim: String) throws {
    #expect(try verdict(forward, claim)?.holds == true)
  }
}
