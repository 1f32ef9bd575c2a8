internal import CGMP
internal import CMPFR

// Functions that MPFR does not have. Each is evaluated at the bounds of its argument as an interval
// of more digits, and the result rounded outward.

extension IntervalArithmetic {
  /// Digits beyond the precision that swallow the roundings of a short formula.
  static let guardBits = 24

  /// Below −2⁴⁰ the exponential underflows, and functions that vanish there are between their value
  /// here and zero.
  private static let farLeft = Rational(-(1 << 40))

  /// The point of a bound, for use in a formula; `nil` when the bound is infinite.
  func point(_ bound: MPFRPointer) -> Interval? {
    bound.isFinite ? Interval(point: bound) : nil
  }

  /// The interval without what lies left of −2⁴⁰, and whether there was anything.
  func clippedLeft(_ x: Interval) -> (interval: Interval, isClipped: Bool) {
    let isClipped = Self.farLeft.withGMP { mpfr_cmp_q(x.lower, $0) < 0 }
    guard isClipped else { return (x, false) }
    let edge = Interval(Self.farLeft, precision: max(precision, x.precision))
    let isRightOfEdge = Self.farLeft.withGMP { mpfr_cmp_q(x.upper, $0) > 0 }
    return (
      isRightOfEdge ? IntervalArithmetic(precision: edge.precision).join(edge, x) : edge, true
    )
  }

  /// The enclosure of an increasing function that is given at points; it is unbounded where the
  /// argument is.
  func increasing(
    _ x: Interval, at formula: (Interval) throws(ScalarError) -> Interval
  ) throws(ScalarError) -> Interval {
    guard let lowest = point(x.lower) else {
      preconditionFailure("an increasing formula at minus infinity")
    }
    let low = try formula(lowest)
    if x.isPoint { return join(low, low) }
    guard let highest = point(x.upper) else {
      return interval(from: low) {
        mpfr_set($0, low.lower, MPFR_RNDD)
        mpfr_set_inf($1, 1)
      }
    }
    return join(low, try formula(highest))
  }
}
