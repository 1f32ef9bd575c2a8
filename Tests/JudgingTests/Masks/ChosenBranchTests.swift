import Judging
import Testing

/// `where` chooses: the branch that is not chosen has no say, whether it has a value or not.
struct ChosenBranchTests {
  private func verdict(_ forward: String, _ claim: String) throws -> Verdict? {
    let text = """
      dims N=3, V=2
      const m: [N] mask, c: [N], n: [N] integer nonnegative, i: [N] index(V)
      input x: [N], w: [N], z: [N]
      \(forward)
      output y
      check \(claim)

      """
    return try verdicts(text).values.first
  }

  @Test(arguments: [
    ("y = relu(x)**1.5", "dx = dy * where(x > 0, 1.5 * x**0.5, 0)"),
    ("y = abs(x)**1.5", "dx = dy * where(x > 0, 1.5 * sqrt(x), -1.5 * sqrt(-x))"),
    ("y = w * log(abs(x))", "dw = dy * where(x > 0, log(x), log(-x))"),
    ("y = x * sqrt(relu(c))", "dx = dy * where(c > 0, sqrt(c), 0)"),
    ("y = x * log(maximum(c, 1))", "dx = dy * where(c > 1, log(c), 0)"),
    ("y = x * m / maximum(sum(m), 1)", "dx = dy * where(sum(m) > 0, m / sum(m), 0)"),
    ("y = where(x > 0, sqrt(x), 3 * x)", "dx = dy * where(x > 0, 1 / (2 * sqrt(x)), 3)"),
    ("y = w * where(x > 0, log(x), 0)", "dw = dy * where(x > 0, log(x), 0)"),
    ("y = where(c != 0, z / c, 2 * z)", "dz = dy * where(c != 0, 1 / c, 2)"),
    ("y = where(m, x / m, 5 * x)", "dx = dy * (5 - 4 * m)"),
  ])
  func guardedClaimsHold(_ forward: String, _ claim: String) throws {
    let found = try verdict(forward, claim)
    #expect(found?.holds == true, "\(String(describing: found))")
  }

  @Test(arguments: [
    ("y = relu(x)**1.5", "dx = dy * where(x > 0, 1.5 * x**0.5, 1)"),
    ("y = relu(x)**1.5", "dx = dy * 1.5 * x**0.5"),
    ("y = where(x > 0, sqrt(x), 3 * x)", "dx = dy * where(x > 0, 1 / (2 * sqrt(x)), 7)"),
    ("y = where(x > 0, sqrt(x), 3 * x)", "dx = dy / (2 * sqrt(x))"),
    ("y = w * where(x > 0, log(x), 0)", "dw = dy * log(x)"),
    ("y = w * where(x > 0, log(x), 0)", "dw = dy * where(x > 0, log(x), 1)"),
    ("y = where(c != 0, z / c, 2 * z)", "dz = dy * where(c != 0, 2 / c, 2)"),
    ("y = where(m, x / m, 5 * x)", "dx = dy * (5 - 3 * m)"),
    ("a = sqrt(x)\ny = where(x > 0, a, -x)", "dx = dy / (2 * a)"),
  ])
  func wrongTwinsAreWrong(_ forward: String, _ claim: String) throws {
    let found = try verdict(forward, claim)
    #expect(isWrong(found), "\(String(describing: found))")
  }

  /// A quotient that only a chosen branch has says nothing of where the branch is not chosen.
  @Test(arguments: [
    ("y = where(c != 0, c * x / c, 0)", "dx = dy"),
    ("y = where(c != 0, x / c, 0) * c", "dx = dy"),
    ("y = x * where(c != 0, abs(c) / abs(c), 0)", "dx = dy"),
    ("y = x * c[0] / c[0] + where(c != 0, c * x / c, 0)", "dx = 2 * dy"),
    ("y = x * sum(c[:2] / c[:2]) / 2 + where(c != 0, c * x / c, 0)", "dx = 2 * dy"),
  ])
  func aGuardedQuotientIsNone(_ forward: String, _ claim: String) throws {
    let found = try verdict(forward, claim)
    #expect(found?.holds == false, "\(String(describing: found))")
  }

  /// Where the divisor is asked for anyway, or the guard is kept, it is cancelled.
  @Test(arguments: [
    ("y = where(c != 0, c * x / c, 0)", "dx = dy * (c != 0)"),
    ("y = x * c / c + where(c != 0, 2 * c / c, 0)", "dx = dy"),
  ])
  func aQuotientThatIsKeptIsCancelled(_ forward: String, _ claim: String) throws {
    #expect(try verdict(forward, claim)?.holds == true)
  }
}
