internal import CGMP
internal import CMPFR

extension IntervalArithmetic {
  /// A power with a rational exponent.
  ///
  /// - Throws: ``ScalarError/domain(_:)`` for a negative base with a fractional exponent;
  ///   ``ScalarError/divisionByZero`` for zero with a negative exponent; ``ScalarError/undecided``
  ///   when one of these is so for a part of the interval; ``ScalarError/overflow`` for an exponent
  ///   beyond machine words.
  public func power(_ x: Interval, _ exponent: Rational) throws(ScalarError) -> Interval {
    if exponent.isZero { return one }
    if exponent.signum() < 0, x.containsZero {
      throw isZero(x) ? .divisionByZero : .undecided
    }
    guard let whole = exponent.numerator.asInt, let degree = exponent.denominator.asInt else {
      throw .overflow
    }
    if degree == 1 { return power(x, whole: whole) }
    if x.upper.sign < 0 { throw .domain(nil) }
    if x.lower.sign < 0 { throw .undecided }
    // The power multiplies the root's relative error by the exponent.
    let wide = widened(by: 64 - whole.magnitude.leadingZeroBitCount + Self.guardBits)
    let root = wide.increasing(x) { mpfr_rootn_ui($0, $1, UInt(degree), $2) }
    return wide.power(root, whole: whole).rounded(toPrecision: precision)
  }

  /// A whole power that is not 0, of an interval that does not contain zero when the exponent is
  /// negative.
  private func power(_ x: Interval, whole exponent: Int) -> Interval {
    interval(from: x) { lower, upper in
      // Away from zero, and for odd exponents everywhere, powers are monotone.
      let other = IntervalBounds(precision: precision)
      mpfr_pow_si(lower, x.lower, exponent, MPFR_RNDD)
      mpfr_pow_si(other.lower, x.upper, exponent, MPFR_RNDD)
      mpfr_pow_si(upper, x.lower, exponent, MPFR_RNDU)
      mpfr_pow_si(other.upper, x.upper, exponent, MPFR_RNDU)
      mpfr_min(lower, lower, other.lower, MPFR_RNDD)
      mpfr_max(upper, upper, other.upper, MPFR_RNDU)
      if exponent.isMultiple(of: 2), x.containsZero { mpfr_set_zero(lower, 1) }
    }
  }
}
