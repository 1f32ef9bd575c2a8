internal import CGMP
internal import CMPFR

extension IntervalArithmetic {
  /// x·Φ(x) with the normal distribution Φ, least near −0.75.
  func gelu(_ x: Interval) throws(ScalarError) -> Interval {
    let wide = widened(by: Self.guardBits)
    let minimum = SingleMinimum(
      leftOfMinimiser: Rational(-751_791_524_693_565, 1_000_000_000_000_000),
      rightOfMinimiser: Rational(-751_791_524_693_564, 1_000_000_000_000_000)
    ) { () throws(ScalarError) in try wide.geluMinimum() }
    return try withSingleMinimum(x, minimum) { point throws(ScalarError) in
      // Φ(x) behaves like e^(−x²/2): a relative error of x comes out x² times as large.
      let isNegative = point.lower.sign < 0
      let amplification = isNegative ? 2 * max(0, point.lower.exponent ?? 0) : 0
      let local = wide.widened(by: amplification)
      return local.multiply(point, try local.normalDistribution(point))
    }
  }

  /// Φ(x) = erfc(−x/√2)/2, in which nothing cancels on either side.
  private func normalDistribution(_ x: Interval) throws(ScalarError) -> Interval {
    let scaled = negate(multiply(x, try apply(.rsqrt, constant(2))))
    let twice = decreasing(scaled, mpfr_erfc)
    return multiply(twice, constant(Rational(1, 2)))
  }

  /// φ(x) = e^(−x²/2)/√(2π)
  private func normalDensity(_ x: Interval) throws(ScalarError) -> Interval {
    let half = multiply(try power(x, 2), constant(Rational(-1, 2)))
    return multiply(try apply(.exp, half), try apply(.rsqrt, multiply(constant(2), pi())))
  }

  /// The minimiser is the root of Φ + x·φ, whose derivative is φ·(2 − x²).
  private func geluMinimum() throws(ScalarError) -> Interval {
    let start = Interval(from: Rational(-8, 10), to: Rational(-7, 10), precision: precision)
    let minimiser = try narrowedRoot(in: start) { x throws(ScalarError) in
      add(try normalDistribution(x), multiply(x, try normalDensity(x)))
    } derivative: { x throws(ScalarError) in
      multiply(try normalDensity(x), subtract(constant(2), try power(x, 2)))
    }
    return multiply(minimiser, try normalDistribution(minimiser))
  }
}
