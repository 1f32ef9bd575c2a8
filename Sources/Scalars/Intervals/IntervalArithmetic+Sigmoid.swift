internal import CGMP
internal import CMPFR

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

  /// The same interval with its lower bound moved to zero.
  private func withLowerBoundZero(_ x: Interval) -> Interval { join(zero, x) }

  /// The same interval with an upper bound of at most one.
  private func cappedAtOne(_ x: Interval) -> Interval {
    mpfr_cmp_si(x.upper, 1) > 0 ? join(x, one) : x
  }
}
