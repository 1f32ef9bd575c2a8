internal import CGMP
internal import CMPFR

/// Where a function that decreases and then increases has its minimum.
struct SingleMinimum {
  /// Rational numbers on both sides of the minimiser and close to it.
  var leftOfMinimiser: Rational
  var rightOfMinimiser: Rational
  /// A lower bound of the function, as the lower bound of an interval.
  var minimum: () throws(ScalarError) -> Interval
}

extension IntervalArithmetic {
  /// The enclosure of a function that decreases to its minimum from zero at −∞, then increases
  /// without bound.
  ///
  /// Both functions of this kind, `silu` and `gelu`, vanish so fast that they are zero or too small
  /// a number left of −2⁴⁰.
  func withSingleMinimum(
    _ x: Interval, _ minimum: SingleMinimum,
    at formula: (Interval) throws(ScalarError) -> Interval
  ) throws(ScalarError) -> Interval {
    let (argument, isClipped) = clippedLeft(x)
    let result = try unclipped(argument, minimum, at: formula)
    // Left of the edge the values are between the value at the edge and zero.
    guard isClipped, result.upper.sign < 0 else { return result }
    return join(result, zero)
  }

  private func unclipped(
    _ x: Interval, _ minimum: SingleMinimum,
    at formula: (Interval) throws(ScalarError) -> Interval
  ) throws(ScalarError) -> Interval {
    let isRight = minimum.rightOfMinimiser.withGMP { mpfr_cmp_q(x.lower, $0) >= 0 }
    if x.isPoint || isRight { return try increasing(x, at: formula) }
    // Not right of the minimiser and bounded below by the edge: the lower bound is a number.
    let left = try point(x.lower).map { point throws(ScalarError) in try formula(point) }
    let right = try point(x.upper).map { point throws(ScalarError) in try formula(point) }
    guard let left else { throw .undecided }
    let isLeft = minimum.leftOfMinimiser.withGMP { mpfr_cmp_q(x.upper, $0) <= 0 }
    if isLeft, let right { return join(right, left) }
    let least = try minimum.minimum()
    guard let right else {
      return interval(from: least) {
        mpfr_set($0, least.lower, MPFR_RNDD)
        mpfr_set_inf($1, 1)
      }
    }
    return join(least, left.union(right))
  }

  /// Narrows an interval that is known to hold exactly one root of a function with a positive
  /// derivative.
  ///
  /// The interval Newton step m − f(m)/f′(X) holds every root that X holds.
  ///
  /// - SeeAlso: R. Moore, R. Kearfott, M. Cloud, Introduction to Interval Analysis (2009), §8.1.
  func narrowedRoot(
    in start: Interval, of function: (Interval) throws(ScalarError) -> Interval,
    derivative: (Interval) throws(ScalarError) -> Interval
  ) throws(ScalarError) -> Interval {
    var root = start.rounded(toPrecision: precision)
    while true {
      let middle = interval(from: root) {
        mpfr_add($0, root.lower, root.upper, MPFR_RNDN)
        mpfr_div_2ui($0, $0, 1, MPFR_RNDN)
        mpfr_set($1, $0, MPFR_RNDU)
      }
      let step = try divide(function(middle), derivative(root))
      guard let next = root.intersection(subtract(middle, step)),
        let width = next.widthExponent, let oldWidth = root.widthExponent, width < oldWidth
      else { return root }
      root = next
    }
  }
}
