internal import CGMP
internal import CMPFR

/// Enclosures of real numbers, with bounds rounded outward at a chosen precision.
///
/// Every result contains the value for every choice of operands in their intervals. A result that
/// may not exist for some of them throws ``ScalarError/undecided``; the remedy is more precision.
/// For a point argument the width of a function's enclosure is at most a few units of the last
/// place of the precision, everywhere.
///
/// A value too large for MPFR (beyond 2^(2³⁰)) has an infinite bound, and one too small has the
/// bound zero.
public struct IntervalArithmetic: ScalarArithmetic, Hashable {
  /// The elements are closed intervals, each with the precision of the arithmetic that made it.
  public typealias Element = Interval

  /// The number of binary digits of results.
  public let precision: Int

  /// Enclosures with bounds of so many binary digits.
  ///
  /// - Precondition: the precision is between 2 and 2²⁴ bits.
  public init(precision: Int) {
    precondition((2...1 << 24).contains(precision), "a precision outside 2...2²⁴")
    self.precision = precision
  }

  /// The same arithmetic with more digits, for intermediate results.
  func widened(by bits: Int) -> IntervalArithmetic {
    IntervalArithmetic(precision: min(precision + bits, 1 << 24))
  }

  /// Makes a result from bounds that `body` writes, the lower one first.
  func interval(_ body: (MPFRPointer, MPFRPointer) -> Void) -> Interval {
    Interval(precision: precision, body)
  }

  /// Makes a result from bounds that `body` writes, keeping an operand alive meanwhile.
  func interval(
    from a: Interval, _ body: (MPFRPointer, MPFRPointer) -> Void
  ) -> Interval {
    withExtendedLifetime(a) { Interval(precision: precision, body) }
  }

  /// Makes a result from bounds that `body` writes, keeping two operands alive meanwhile.
  func interval(
    from a: Interval, _ b: Interval, _ body: (MPFRPointer, MPFRPointer) -> Void
  ) -> Interval {
    withExtendedLifetime((a, b)) { Interval(precision: precision, body) }
  }

  /// The lower bound of one interval and the upper bound of another, rounded outward.
  func join(_ a: Interval, _ b: Interval) -> Interval {
    interval(from: a, b) {
      mpfr_set($0, a.lower, MPFR_RNDD)
      mpfr_set($1, b.upper, MPFR_RNDU)
    }
  }

  /// The narrowest interval of this precision around a rational number.
  public func constant(_ value: Rational) -> Interval { Interval(value, precision: precision) }
  /// The interval that holds zero only.
  public var zero: Interval { interval { _, _ in } }
  /// The interval that holds one only.
  public var one: Interval { constant(1) }

  /// The narrowest interval of this precision around π.
  public func pi() -> Interval {
    interval {
      mpfr_const_pi($0, MPFR_RNDD)
      mpfr_const_pi($1, MPFR_RNDU)
    }
  }

  /// Whether zero is the only element.
  public func isZero(_ a: Interval) -> Bool { a.lower.isZero && a.upper.isZero }

  /// The sign that all elements have.
  ///
  /// - Throws: ``ScalarError/undecided`` when elements of different signs, or zero and others, are
  ///   in the interval.
  public func sign(_ a: Interval) throws(ScalarError) -> Int {
    if a.lower.sign > 0 { return 1 }
    if a.upper.sign < 0 { return -1 }
    guard isZero(a) else { throw .undecided }
    return 0
  }

  // A lower bound is never +∞ and an upper one never −∞, so that no sum or difference below is ∞ −
  // ∞.

  /// The sums of elements, rounded outward once.
  public func add(_ a: Interval, _ b: Interval) -> Interval {
    interval(from: a, b) {
      mpfr_add($0, a.lower, b.lower, MPFR_RNDD)
      mpfr_add($1, a.upper, b.upper, MPFR_RNDU)
    }
  }

  /// The differences of elements, rounded outward once.
  public func subtract(_ a: Interval, _ b: Interval) -> Interval {
    interval(from: a, b) {
      mpfr_sub($0, a.lower, b.upper, MPFR_RNDD)
      mpfr_sub($1, a.upper, b.lower, MPFR_RNDU)
    }
  }

  /// The negatives of elements, rounded outward where the operand has more digits.
  public func negate(_ a: Interval) -> Interval {
    interval(from: a) {
      mpfr_neg($0, a.upper, MPFR_RNDD)
      mpfr_neg($1, a.lower, MPFR_RNDU)
    }
  }

  /// The products of elements, rounded outward once.
  public func multiply(_ a: Interval, _ b: Interval) -> Interval {
    interval(from: a, b) { lower, upper in
      if let corners = ProductCorners(a, b) {
        Self.product(lower, corners.least.0, corners.least.1, MPFR_RNDD)
        Self.product(upper, corners.greatest.0, corners.greatest.1, MPFR_RNDU)
      } else {
        // Both contain zero inside: each bound is the better one of two corners.
        let other = IntervalBounds(precision: precision)
        Self.product(lower, a.lower, b.upper, MPFR_RNDD)
        Self.product(other.lower, a.upper, b.lower, MPFR_RNDD)
        mpfr_min(lower, lower, other.lower, MPFR_RNDD)
        Self.product(upper, a.lower, b.lower, MPFR_RNDU)
        Self.product(other.upper, a.upper, b.upper, MPFR_RNDU)
        mpfr_max(upper, upper, other.upper, MPFR_RNDU)
      }
    }
  }

  /// The product, where zero times infinity is zero: an infinite bound stands for large real
  /// numbers.
  static func product(
    _ result: MPFRPointer, _ x: MPFRPointer, _ y: MPFRPointer, _ rounding: mpfr_rnd_t
  ) {
    if x.isZero || y.isZero {
      mpfr_set_zero(result, 1)
    } else {
      mpfr_mul(result, x, y, rounding)
    }
  }

  /// The quotients of elements, rounded outward once.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` when the divisor holds zero only;
  ///   ``ScalarError/undecided`` when it holds zero and more.
  public func divide(_ a: Interval, _ b: Interval) throws(ScalarError) -> Interval {
    if isZero(b) { throw .divisionByZero }
    if b.containsZero { throw .undecided }
    return interval(from: a, b) { lower, upper in
      // The quotient grows with a/|b|; the divisor is far from zero where that makes it small.
      let isPositive = b.lower.sign > 0
      let (near, far) = isPositive ? (b.lower, b.upper) : (b.upper, b.lower)
      let (low, high) = isPositive ? (a.lower, a.upper) : (a.upper, a.lower)
      let lowSign = isPositive ? low.sign : -low.sign
      let highSign = isPositive ? high.sign : -high.sign
      // The infinite bounds that can occur here never meet: each is divided by `near`.
      mpfr_div(lower, low, lowSign < 0 ? near : far, MPFR_RNDD)
      mpfr_div(upper, high, highSign < 0 ? far : near, MPFR_RNDU)
    }
  }

  /// Sums products with a few more digits than the result has, and rounds outward at the end.
  public func dot(
    count: Int, _ a: UnsafePointer<Interval>, stride aStride: Int, _ b: UnsafePointer<Interval>,
    stride bStride: Int
  ) -> Interval {
    // A few more digits than the result's keep the sum of roundings below its last place.
    let extra = 64 - count.leadingZeroBitCount + 8
    let sum = IntervalBounds(precision: precision + extra)
    let other = IntervalBounds(precision: precision + extra)
    for i in 0..<count {
      Self.accumulate(a[i * aStride], b[i * bStride], into: sum, other)
    }
    return Interval(bounds: sum).rounded(toPrecision: precision)
  }

  /// Adds the product of two intervals to a sum that is being made.
  private static func accumulate(
    _ a: Interval, _ b: Interval, into sum: IntervalBounds, _ other: IntervalBounds
  ) {
    withExtendedLifetime((a, b)) {
      if let corners = ProductCorners(a, b) {
        fusedAdd(sum.lower, corners.least.0, corners.least.1, sum.lower, MPFR_RNDD)
        fusedAdd(sum.upper, corners.greatest.0, corners.greatest.1, sum.upper, MPFR_RNDU)
      } else {
        fusedAdd(other.lower, a.lower, b.upper, sum.lower, MPFR_RNDD)
        fusedAdd(sum.lower, a.upper, b.lower, sum.lower, MPFR_RNDD)
        mpfr_min(sum.lower, sum.lower, other.lower, MPFR_RNDD)
        fusedAdd(other.upper, a.lower, b.lower, sum.upper, MPFR_RNDU)
        fusedAdd(sum.upper, a.upper, b.upper, sum.upper, MPFR_RNDU)
        mpfr_max(sum.upper, sum.upper, other.upper, MPFR_RNDU)
      }
    }
  }

  /// `x · y + z`, rounded once, where zero times infinity is zero.
  private static func fusedAdd(
    _ result: MPFRPointer, _ x: MPFRPointer, _ y: MPFRPointer, _ z: MPFRPointer,
    _ rounding: mpfr_rnd_t
  ) {
    if x.isZero || y.isZero {
      mpfr_set(result, z, rounding)
    } else {
      mpfr_fma(result, x, y, z, rounding)
    }
  }
}

/// Which bounds of two factors multiply to the bounds of the product.
struct ProductCorners {
  var least: (MPFRPointer, MPFRPointer)
  var greatest: (MPFRPointer, MPFRPointer)

  /// `nil` when both factors have zero inside, so that two corners compete for each bound.
  init?(_ a: Interval, _ b: Interval) {
    let (al, au, bl, bu) = (a.lower, a.upper, b.lower, b.upper)
    if al.sign >= 0 {
      least = (bl.sign >= 0 ? al : au, bl)
      greatest = (bu.sign >= 0 ? au : al, bu)
    } else if au.sign <= 0 {
      least = (bu.sign >= 0 ? al : au, bu)
      greatest = (bl.sign >= 0 ? au : al, bl)
    } else if bl.sign >= 0 {
      least = (al, bu)
      greatest = (au, bu)
    } else if bu.sign <= 0 {
      least = (au, bl)
      greatest = (al, bl)
    } else {
      return nil
    }
  }
}
