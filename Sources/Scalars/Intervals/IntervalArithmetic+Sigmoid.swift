internal import CGMP
internal import CMPFR

// Functions that MPFR does not have. Each is evaluated at the bounds of its argument as an interval of more
// digits, and the result rounded outward.

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

  /// The enclosure of an increasing function that is given at points; it is unbounded where the argument is.
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

  /// The same interval with its lower bound moved to zero.
  private func withLowerBoundZero(_ x: Interval) -> Interval { join(zero, x) }

  /// The same interval with an upper bound of at most one.
  private func cappedAtOne(_ x: Interval) -> Interval {
    mpfr_cmp_si(x.upper, 1) > 0 ? join(x, one) : x
  }
}

// MARK: - Sigmoid and softplus

extension IntervalArithmetic {
  /// Increasing from 0 to 1.
  func sigmoid(_ x: Interval) throws(ScalarError) -> Interval {
    let (argument, isClipped) = clippedLeft(x)
    let wide = widened(by: Self.guardBits)
    let isFarRight = !argument.upper.isFinite
    let result = try increasing(argument) { point throws(ScalarError) in
      try wide.sigmoid(atPoint: point)
    }
    let capped = isFarRight ? join(result, one) : cappedAtOne(result)
    return isClipped ? withLowerBoundZero(capped) : capped
  }

  /// 1/(1 + e⁻ˣ) for positive x, eˣ/(1 + eˣ) for negative: the exponential is at most 1.
  func sigmoid(atPoint x: Interval) throws(ScalarError) -> Interval {
    if x.lower.sign >= 0 {
      return try divide(one, add(one, apply(.exp, negate(x))))
    }
    let e = try apply(.exp, x)
    return try divide(e, add(one, e))
  }

  /// Increasing from 0 without bound.
  func softplus(_ x: Interval) throws(ScalarError) -> Interval {
    let (argument, isClipped) = clippedLeft(x)
    let wide = widened(by: Self.guardBits)
    let result = try increasing(argument) { point throws(ScalarError) in
      // x + log(1 + e⁻ˣ) for positive x: both terms are positive, and nothing overflows.
      point.lower.sign > 0
        ? wide.add(point, try wide.apply(.log1p, wide.apply(.exp, wide.negate(point))))
        : try wide.apply(.log1p, wide.apply(.exp, point))
    }
    return isClipped ? withLowerBoundZero(result) : result
  }
}

// MARK: - Functions with one minimum

/// Where a function that decreases and then increases has its minimum.
struct SingleMinimum {
  /// Rational numbers on both sides of the minimiser and close to it.
  var leftOfMinimiser: Rational
  var rightOfMinimiser: Rational
  /// A lower bound of the function, as the lower bound of an interval.
  var minimum: () throws(ScalarError) -> Interval
}

extension IntervalArithmetic {
  /// The enclosure of a function that decreases to its minimum from zero at −∞, then increases without bound.
  ///
  /// Both functions of this kind, `silu` and `gelu`, vanish so fast that they are zero or too small a
  /// number left of −2⁴⁰.
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

  /// Narrows an interval that is known to hold exactly one root of a function with a positive derivative.
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

  /// x·σ(x), least where eˣ + x + 1 = 0, with the value 1 + x there.
  func silu(_ x: Interval) throws(ScalarError) -> Interval {
    let wide = widened(by: Self.guardBits)
    let minimum = SingleMinimum(
      leftOfMinimiser: Rational(-1_278_464_542_761_074, 1_000_000_000_000_000),
      rightOfMinimiser: Rational(-1_278_464_542_761_073, 1_000_000_000_000_000)
    ) { () throws(ScalarError) in try wide.siluMinimum() }
    return try withSingleMinimum(x, minimum) { point throws(ScalarError) in
      wide.multiply(point, try wide.sigmoid(atPoint: point))
    }
  }

  private func siluMinimum() throws(ScalarError) -> Interval {
    let start = Interval(from: Rational(-13, 10), to: Rational(-12, 10), precision: precision)
    let minimiser = try narrowedRoot(in: start) { x throws(ScalarError) in
      add(add(try apply(.exp, x), x), one)
    } derivative: { x throws(ScalarError) in
      add(try apply(.exp, x), one)
    }
    return add(one, minimiser)
  }
}
