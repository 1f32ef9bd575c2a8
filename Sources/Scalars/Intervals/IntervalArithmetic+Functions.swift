internal import CGMP
internal import CMPFR

/// A function of MPFR, correctly rounded in the direction asked for.
typealias MPFRFunction = (MPFRPointer?, UnsafePointer<__mpfr_struct>?, mpfr_rnd_t) -> Int32

extension IntervalArithmetic {
  /// An enclosure of the function's values on an interval.
  ///
  /// Sines, cosines and tangents of numbers beyond 2⁶⁵⁵³⁶ are not reduced: the first two are
  /// enclosed by [−1, 1], the third is undecided.
  ///
  /// - Throws: ``ScalarError/domain(_:)`` when the function has no value anywhere on the interval;
  ///   ``ScalarError/undecided`` when it has none on a part of it; ``ScalarError/divisionByZero``
  ///   for 1/√0.
  public func apply(
    _ function: ElementaryFunction, _ x: Interval
  ) throws(ScalarError) -> Interval {
    try checkDomain(of: function, x)
    return switch function {
    case .exp: increasing(x, mpfr_exp)
    case .log: increasing(x, mpfr_log)
    case .log1p: increasing(x, mpfr_log1p)
    case .expm1: increasing(x, mpfr_expm1)
    case .sqrt: increasing(x, mpfr_sqrt)
    case .rsqrt: decreasing(x, mpfr_rec_sqrt)
    case .sin: sine(x)
    case .cos: cosine(x)
    case .tan: try tangent(x)
    case .asin: increasing(x, mpfr_asin)
    case .acos: decreasing(x, mpfr_acos)
    case .atan: increasing(x, mpfr_atan)
    case .sinh: increasing(x, mpfr_sinh)
    case .cosh: hyperbolicCosine(x)
    case .tanh: increasing(x, mpfr_tanh)
    case .erf: increasing(x, mpfr_erf)
    case .sigmoid: try sigmoid(x)
    case .softplus: try softplus(x)
    case .silu: try silu(x)
    case .gelu: try gelu(x)
    }
  }

  private func checkDomain(of function: ElementaryFunction, _ x: Interval) throws(ScalarError) {
    try withExtendedLifetime(x) { () throws(ScalarError) in
      switch function {
      case .log: try require(x.upper.sign > 0, x.lower.sign > 0, function)
      case .log1p:
        try require(
          mpfr_cmp_si(x.upper, -1) > 0, mpfr_cmp_si(x.lower, -1) > 0, function)
      case .sqrt: try require(x.upper.sign >= 0, x.lower.sign >= 0, function)
      case .rsqrt:
        if isZero(x) { throw .divisionByZero }
        try require(x.upper.sign >= 0, x.lower.sign > 0, function)
      case .asin, .acos:
        try require(
          mpfr_cmp_si(x.lower, 1) <= 0 && mpfr_cmp_si(x.upper, -1) >= 0,
          mpfr_cmp_si(x.lower, -1) >= 0 && mpfr_cmp_si(x.upper, 1) <= 0, function)
      case .exp, .expm1, .sin, .cos, .tan, .atan, .sinh, .cosh, .tanh, .erf, .sigmoid, .softplus,
        .silu, .gelu:
        break
      }
    }
  }

  /// Throws unless the interval lies inside the domain.
  private func require(
    _ meetsDomain: Bool, _ isInside: Bool, _ function: ElementaryFunction
  ) throws(ScalarError) {
    if !meetsDomain { throw .domain(function) }
    if !isInside { throw .undecided }
  }

  /// The enclosure of an increasing function.
  func increasing(_ x: Interval, _ function: MPFRFunction) -> Interval {
    interval(from: x) {
      _ = function($0, x.lower, MPFR_RNDD)
      _ = function($1, x.upper, MPFR_RNDU)
    }
  }

  /// The enclosure of a decreasing function.
  func decreasing(_ x: Interval, _ function: MPFRFunction) -> Interval {
    interval(from: x) {
      _ = function($0, x.upper, MPFR_RNDD)
      _ = function($1, x.lower, MPFR_RNDU)
    }
  }

  /// Even, and least at zero.
  private func hyperbolicCosine(_ x: Interval) -> Interval {
    if x.lower.sign >= 0 { return increasing(x, mpfr_cosh) }
    if x.upper.sign <= 0 { return decreasing(x, mpfr_cosh) }
    return interval(from: x) { lower, upper in
      let other = IntervalBounds(precision: precision)
      mpfr_set_si(lower, 1, MPFR_RNDD)
      mpfr_cosh(upper, x.lower, MPFR_RNDU)
      mpfr_cosh(other.upper, x.upper, MPFR_RNDU)
      mpfr_max(upper, upper, other.upper, MPFR_RNDU)
    }
  }
}
