internal import CMPFR

extension Interval {
  /// Everything within a reach of a number, its own radius added.
  init(around value: PairedNumber, reach: Double, precision: Int) {
    let radius = (value.radius + reach) * PairedNumber.upward
    self.init(precision: precision) { lower, upper in
      mpfr_set_d(lower, value.high, MPFR_RNDD)
      mpfr_add_d(lower, lower, value.low, MPFR_RNDD)
      mpfr_sub_d(lower, lower, radius, MPFR_RNDD)
      mpfr_set_d(upper, value.high, MPFR_RNDU)
      mpfr_add_d(upper, upper, value.low, MPFR_RNDU)
      mpfr_add_d(upper, upper, radius, MPFR_RNDU)
    }
  }

  /// The interval as two floating-point numbers with a radius that reaches over both bounds.
  var paired: PairedNumber {
    withExtendedLifetime(self) {
      let rest = IntervalBounds(precision: precision)
      let high = mpfr_get_d(lower, MPFR_RNDN)
      guard high.isFinite else { return PairedNumber(high: high, radius: .infinity) }
      mpfr_sub_d(rest.lower, lower, high, MPFR_RNDD)
      mpfr_sub_d(rest.upper, upper, high, MPFR_RNDU)
      let low = mpfr_get_d(rest.lower, MPFR_RNDN)
      mpfr_sub_d(rest.lower, rest.lower, low, MPFR_RNDD)
      mpfr_sub_d(rest.upper, rest.upper, low, MPFR_RNDU)
      let radius = max(
        mpfr_get_d(rest.lower, MPFR_RNDD).magnitude, mpfr_get_d(rest.upper, MPFR_RNDU).magnitude)
      return PairedNumber(high: high, low: low, radius: radius)
    }
  }

  /// The largest distance of a number of the interval from a value.
  func largestDistance(from value: PairedNumber) -> Double {
    withExtendedLifetime(self) {
      let rest = IntervalBounds(precision: precision)
      mpfr_sub_d(rest.lower, lower, value.high, MPFR_RNDD)
      mpfr_sub_d(rest.lower, rest.lower, value.low, MPFR_RNDD)
      mpfr_sub_d(rest.upper, upper, value.high, MPFR_RNDU)
      mpfr_sub_d(rest.upper, rest.upper, value.low, MPFR_RNDU)
      let distance = max(
        mpfr_get_d(rest.lower, MPFR_RNDD).magnitude, mpfr_get_d(rest.upper, MPFR_RNDU).magnitude)
      return (distance + value.radius) * PairedNumber.upward
    }
  }
}
