internal import CGMP
internal import CMPFR

extension IntervalArithmetic {
  /// Arguments with larger exponents would need more digits of π than they are worth.
  private static let largestReducedExponent = 1 << 16

  private func isReducible(_ x: Interval) -> Bool {
    x.isBounded
      && max(x.lower.exponent ?? 0, x.upper.exponent ?? 0) <= Self.largestReducedExponent
  }

  private var fromMinusOneToOne: Interval {
    interval {
      mpfr_set_si($0, -1, MPFR_RNDD)
      mpfr_set_si($1, 1, MPFR_RNDU)
    }
  }

  /// Largest at π/2 + 2πk, least at −π/2 + 2πk.
  func sine(_ x: Interval) -> Interval {
    wave(x, mpfr_sin, crest: Rational(1, 2), trough: Rational(-1, 2))
  }

  /// Largest at 2πk, least at π + 2πk.
  func cosine(_ x: Interval) -> Interval {
    wave(x, mpfr_cos, crest: 0, trough: 1)
  }

  /// A function of period 2π between −1 and 1, monotone between its crests and troughs, which lie
  /// at those multiples of π.
  private func wave(
    _ x: Interval, _ function: MPFRFunction, crest: Rational, trough: Rational
  ) -> Interval {
    guard isReducible(x) else { return fromMinusOneToOne }
    if x.isPoint { return increasing(x, function) }
    let reachesCrest = mayContainPhase(x, offset: crest, period: 2)
    let reachesTrough = mayContainPhase(x, offset: trough, period: 2)
    let bounds = fromMinusOneToOne
    return interval(from: x, bounds) { lower, upper in
      let other = IntervalBounds(precision: precision)
      _ = function(lower, x.lower, MPFR_RNDD)
      _ = function(other.lower, x.upper, MPFR_RNDD)
      mpfr_min(lower, lower, other.lower, MPFR_RNDD)
      if reachesTrough { mpfr_set(lower, bounds.lower, MPFR_RNDD) }
      _ = function(upper, x.lower, MPFR_RNDU)
      _ = function(other.upper, x.upper, MPFR_RNDU)
      mpfr_max(upper, upper, other.upper, MPFR_RNDU)
      if reachesCrest { mpfr_set(upper, bounds.upper, MPFR_RNDU) }
    }
  }

  /// Increasing between its poles at π/2 + πk.
  func tangent(_ x: Interval) throws(ScalarError) -> Interval {
    guard isReducible(x) else { throw .undecided }
    if !x.isPoint, mayContainPhase(x, offset: Rational(1, 2), period: 1) { throw .undecided }
    return increasing(x, mpfr_tan)
  }

  /// Whether (offset + period·k)·π may lie in the interval for some integer k; a `false` is
  /// certain.
  private func mayContainPhase(_ x: Interval, offset: Rational, period: Int) -> Bool {
    let exponent = max(0, x.lower.exponent ?? 0, x.upper.exponent ?? 0)
    let wide = widened(by: exponent + 32)
    // k = (x/π − offset)/period, as an interval. π is positive, so that the quotient exists.
    guard let turns = try? wide.divide(x.rounded(toPrecision: wide.precision), wide.pi()) else {
      return true
    }
    let shifted = wide.subtract(turns, wide.constant(offset))
    let phase = wide.multiply(shifted, wide.constant(Rational(1, period)))
    let floor = IntervalBounds(precision: wide.precision)
    return withExtendedLifetime(phase) {
      mpfr_rint_floor(floor.upper, phase.upper, MPFR_RNDU)
      return mpfr_greaterequal_p(floor.upper, phase.lower) != 0
    }
  }
}
