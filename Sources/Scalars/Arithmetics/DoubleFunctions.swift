// The C library's functions of `Double`, under the names they have there.
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension DoubleArithmetic {
  /// The value in floating point, written so that no digits cancel.
  ///
  /// Outside its domain the result is not a number, at a pole infinite.
  static func value(of function: ElementaryFunction, at x: Double) -> Double {
    switch function {
    case .exp: exp(x)
    case .log: log(x)
    case .log1p: log1p(x)
    case .expm1: expm1(x)
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .sin: sin(x)
    case .cos: cos(x)
    case .tan: tan(x)
    case .asin: asin(x)
    case .acos: acos(x)
    case .atan: atan(x)
    case .sinh: sinh(x)
    case .cosh: cosh(x)
    case .tanh: tanh(x)
    case .sigmoid: sigmoid(x)
    case .softplus: x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
    case .erf: erf(x)
    // 1 + erf(t) cancels for negative t, erfc(-t) does not; below −40 the product underflows.
    case .gelu: x < -40 ? -0.0 : x / 2 * erfc(-x / 2.0.squareRoot())
    case .silu: x < -800 ? -0.0 : x * sigmoid(x)
    }
  }

  private static func sigmoid(_ x: Double) -> Double {
    if x >= 0 { return 1 / (1 + exp(-x)) }
    let e = exp(x)
    return e / (1 + e)
  }
}

extension Double {
  /// The C library's power function.
  func raised(to exponent: Double) -> Double { pow(self, exponent) }
}
