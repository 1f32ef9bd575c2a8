internal import CGMP
internal import CMPFR

/// A closed interval of real numbers that is known to contain a value.
///
/// The bounds are binary floating-point numbers of one precision. The lower one may be −∞ and the
/// upper one +∞, when a value is too large to be bounded; neither is ever not a number, and the
/// interval is never empty.
public struct Interval: Sendable {
  let bounds: IntervalBounds

  init(bounds: IntervalBounds) {
    self.bounds = bounds
    // False as well when a bound is not a number. Cheap enough to keep in every build: a wrong
    // enclosure would let a wrong claim pass.
    precondition(
      mpfr_lessequal_p(bounds.lower, bounds.upper) != 0, "an interval with its bounds exchanged")
  }

  /// Makes the interval from bounds that `body` writes, the lower one first.
  init(precision: Int, _ body: (MPFRPointer, MPFRPointer) -> Void) {
    let bounds = IntervalBounds(precision: precision)
    body(bounds.lower, bounds.upper)
    self.init(bounds: bounds)
  }

  /// The narrowest interval of that precision around a rational number.
  ///
  /// - Precondition: the precision is between 2 and 2²⁴ bits.
  public init(_ value: Rational, precision: Int) {
    precondition((2...1 << 24).contains(precision), "a precision outside 2...2²⁴")
    self.init(precision: precision) { lower, upper in
      value.withGMP { value in
        mpfr_set_q(lower, value, MPFR_RNDD)
        mpfr_set_q(upper, value, MPFR_RNDU)
      }
    }
  }

  /// The interval between two rational numbers, rounded outward.
  ///
  /// - Precondition: `lower` is at most `upper`; the precision is between 2 and 2²⁴ bits.
  public init(from lower: Rational, to upper: Rational, precision: Int) {
    precondition(lower <= upper, "an interval upside down")
    let (left, right) = (
      Interval(lower, precision: precision), Interval(upper, precision: precision)
    )
    self = IntervalArithmetic(precision: precision).join(left, right)
  }

  /// The interval that contains one floating-point number only.
  init(point: MPFRPointer) {
    self.init(precision: Int(point.pointee._mpfr_prec)) {
      mpfr_set($0, point, MPFR_RNDD)
      mpfr_set($1, point, MPFR_RNDU)
    }
  }

  var lower: MPFRPointer { bounds.lower }
  var upper: MPFRPointer { bounds.upper }

  /// The number of binary digits of the bounds.
  public var precision: Int { bounds.precision }
}

// MARK: - Questions

extension Interval {
  /// Whether the interval has one element only.
  public var isPoint: Bool { mpfr_equal_p(lower, upper) != 0 }

  /// Whether both bounds are finite.
  public var isBounded: Bool { lower.isFinite && upper.isFinite }

  /// Whether zero lies between the bounds or is one of them.
  public var containsZero: Bool { lower.sign <= 0 && upper.sign >= 0 }

  /// Whether a number lies between the bounds or is one of them, decided exactly.
  public func contains(_ value: Rational) -> Bool {
    value.withGMP { mpfr_cmp_q(lower, $0) <= 0 && mpfr_cmp_q(upper, $0) >= 0 }
  }

  /// Whether every element of another interval is an element of this one.
  public func contains(_ other: Interval) -> Bool {
    mpfr_lessequal_p(lower, other.lower) != 0 && mpfr_greaterequal_p(upper, other.upper) != 0
  }

  /// The exact bounds, or `nil` when one is infinite or has an exponent beyond ±2²⁰.
  public var rationalBounds: (lower: Rational, upper: Rational)? {
    guard let lower = Self.exactValue(lower), let upper = Self.exactValue(upper) else { return nil }
    return (lower, upper)
  }

  private static func exactValue(_ number: MPFRPointer) -> Rational? {
    guard number.isFinite, (number.exponent ?? 0).magnitude <= 1 << 20 else { return nil }
    return Rational { mpfr_get_q($0, number) }
  }

  /// The midpoint, roughly.
  public var doubleValue: Double {
    let (a, b) = (mpfr_get_d(lower, MPFR_RNDN), mpfr_get_d(upper, MPFR_RNDN))
    return a == b ? a : a / 2 + b / 2
  }

  /// The least e with width ≤ 2^e, up to rounding upward; `nil` for a point, `Int.max` for an
  /// unbounded interval.
  public var widthExponent: Int? {
    guard isBounded else { return .max }
    return isPoint ? nil : width.upper.exponent ?? .max
  }

  /// An upper bound of the width, as the upper bound of an interval of low precision.
  private var width: Interval {
    Interval(precision: 32) { _, width in mpfr_sub(width, upper, lower, MPFR_RNDU) }
  }

  /// Whether the width is below 2^−`bits` times the least absolute value of `scale`.
  ///
  /// For a scale that contains zero the answer is no, unless this interval is a point.
  public func isNarrower(thanBits bits: Int, relativeTo scale: Interval) -> Bool {
    if isPoint { return true }
    if !isBounded || scale.containsZero { return false }
    let width = width
    let least = scale.lower.sign > 0 ? scale.lower : scale.upper
    let shifted = IntervalBounds(precision: 64)
    mpfr_mul_2si(shifted.upper, width.upper, bits, MPFR_RNDU)
    return mpfr_cmpabs(shifted.upper, least) < 0
  }
}

// MARK: - Sets

extension Interval {
  /// The elements of both, or `nil` when there are none.
  public func intersection(_ other: Interval) -> Interval? {
    let left = mpfr_greater_p(lower, other.lower) != 0 ? lower : other.lower
    let right = mpfr_less_p(upper, other.upper) != 0 ? upper : other.upper
    guard mpfr_lessequal_p(left, right) != 0 else { return nil }
    return hull(left, right, with: other)
  }

  /// The smallest interval that holds both.
  public func union(_ other: Interval) -> Interval {
    let left = mpfr_less_p(lower, other.lower) != 0 ? lower : other.lower
    let right = mpfr_greater_p(upper, other.upper) != 0 ? upper : other.upper
    return hull(left, right, with: other)
  }

  private func hull(
    _ left: MPFRPointer, _ right: MPFRPointer, with other: Interval
  ) -> Interval {
    // Both operands stay alive while their bounds are copied.
    withExtendedLifetime((self, other)) {
      Interval(precision: max(precision, other.precision)) {
        mpfr_set($0, left, MPFR_RNDD)
        mpfr_set($1, right, MPFR_RNDU)
      }
    }
  }

  /// The interval with bounds of another precision, rounded outward.
  public func rounded(toPrecision precision: Int) -> Interval {
    if precision == self.precision { return self }
    return Interval(precision: precision) {
      mpfr_set($0, lower, MPFR_RNDD)
      mpfr_set($1, upper, MPFR_RNDU)
    }
  }
}

extension Interval: Equatable {
  /// Whether the bounds are equal. That two values have equal enclosures does not make them equal.
  public static func == (a: Interval, b: Interval) -> Bool {
    mpfr_equal_p(a.lower, b.lower) != 0 && mpfr_equal_p(a.upper, b.upper) != 0
  }
}

// MARK: - Magnitudes

extension Interval {
  /// An exponent e with 2^e at most the magnitude of every element; `nil` where zero is one.
  public var floorExponent: Int? {
    if containsZero { return nil }
    return (lower.sign > 0 ? lower : upper).exponent.map { $0 - 1 }
  }

  /// An exponent e with 2^e above the magnitude of every element; `nil` for zero and where there is none.
  public var ceilingExponent: Int? {
    guard isBounded else { return nil }
    return [lower.exponent, upper.exponent].compactMap { $0 }.max()
  }
}
