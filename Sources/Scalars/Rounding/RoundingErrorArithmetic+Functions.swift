extension ElementaryFunction {
  /// What a library's function may be off, in units of u·|result|: twice its units in the last place.
  ///
  /// The worst of what is published for functions in wide use: CUDA C++ programming guide, "Mathematical
  /// functions", tables of single and double precision (exp 2 ulp, log 1, tanh 2, erf 2, tan 4, sinh 3, asin
  /// 4, rsqrt 2); SLEEF's functions of 1.0 ulp; the GNU C library manual, "Known maximum errors". What is
  /// composed of others (sigmoid, softplus, silu, gelu) has the sum of its parts: an exponential, a sum, a
  /// quotient, a product.
  var libraryRoundings: Double {
    switch self {
    case .sqrt: 2
    case .exp, .log, .log1p, .expm1, .rsqrt, .sin, .cos: 4
    case .tanh, .erf, .sinh, .cosh, .atan: 6
    case .tan, .asin, .acos, .sigmoid, .softplus, .silu, .gelu: 8
    }
  }

  /// Whether the parts that a function is composed of are as large as its argument, and cancel.
  var isOffByArgument: Bool { self == .gelu || self == .softplus }
}

extension RoundingErrorArithmetic {
  /// π to more digits than any format has, rounded once.
  public func pi() -> RoundedNumber {
    rounded(functions.pi().paired, error: 0)
  }

  /// The value of a function, off by its operand's error and by what a library's function may be
  /// off.
  ///
  /// - Throws: ``ScalarError/undecided`` where the operand's error leaves the domain or no bound is
  ///   finite; ``ScalarError/domain(_:)`` or ``ScalarError/divisionByZero`` where the exact operand
  ///   is outside.
  public func apply(
    _ function: ElementaryFunction, _ x: RoundedNumber
  ) throws(ScalarError) -> RoundedNumber {
    let x = finished(x)
    let shift = function == .exp ? self.shift * 2 * roundoff : 0
    var result = try spread(x, further: shift, roundings: function.libraryRoundings) {
      (argument) throws(ScalarError) in try functions.apply(function, argument)
    }
    // The logarithm of a sum of shifted exponentials has the shift added in the end.
    let parts =
      function.isOffByArgument ? x.value.magnitudeBound : function == .log ? self.shift : 0
    result.error += 4 * parts * roundoff
    result.magnitude += 4 * parts * roundoff
    return result
  }

  /// The power. A whole exponent up to 16 is a product, and ±½ is a root; any other is a library's
  /// function.
  ///
  /// - Throws: as ``apply(_:_:)``.
  public func power(
    _ x: RoundedNumber, _ exponent: Rational
  ) throws(ScalarError) -> RoundedNumber {
    if exponent.isZero { return one }
    if let whole = exponent.asInt, whole.magnitude <= 16 {
      let product = power(finished(x), natural: Int(whole.magnitude))
      return whole > 0 ? product : try divide(one, product)
    }
    if exponent == Rational(1, 2) { return try apply(.sqrt, x) }
    if exponent == Rational(-1, 2) { return try apply(.rsqrt, x) }
    return try spread(finished(x), further: 0, roundings: 16) { (base) throws(ScalarError) in
      try functions.power(base, exponent)
    }
  }

  /// A function of a number that is known up to its error, by the function's values all over that error.
  private func spread(
    _ x: RoundedNumber, further: Double, roundings: Double,
    _ function: (Interval) throws(ScalarError) -> Interval
  ) throws(ScalarError) -> RoundedNumber {
    guard x.value.isFinite, x.error.isFinite else { throw .undecided }
    let value = try function(Interval(around: x.value, reach: 0, precision: 128)).paired
    guard value.isFinite else { throw .undecided }
    let reach = (x.error + further) * Self.upward
    if reach == 0 { return rounded(value, error: 0, roundings: roundings) }
    let wide: Interval
    do throws(ScalarError) {
      wide = try function(Interval(around: x.value, reach: reach, precision: 128))
    } catch {
      // Rounding may leave the function's domain.
      throw .undecided
    }
    let change = wide.largestDistance(from: value)
    guard change.isFinite else { throw .undecided }
    return rounded(value, error: change, roundings: roundings)
  }
}
