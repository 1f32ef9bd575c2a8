/// The transcendental functions and roots that every arithmetic is asked for.
///
/// Piecewise functions (`relu`, `abs`, …) are not among them: they are composed from the sign of
/// their argument.
public enum ElementaryFunction: String, CaseIterable, Sendable, Hashable {
  case exp
  case log
  /// log(1 + x)
  case log1p
  /// eˣ − 1
  case expm1
  case sqrt
  /// 1/√x
  case rsqrt
  case sin
  case cos
  case tan
  case asin
  case acos
  case atan
  case sinh
  case cosh
  case tanh
  /// 1/(1 + e⁻ˣ)
  case sigmoid
  /// log(1 + eˣ)
  case softplus
  /// 2/√π · ∫₀ˣ e^(−t²) dt
  case erf
  /// x/2 · (1 + erf(x/√2)), the exact form
  case gelu
  /// x · sigmoid(x)
  case silu
}

extension ElementaryFunction {
  /// Whether the function or its derivative is made from the exponential, which takes a level of a tower from the
  /// next level of the argument.
  public var involvesExponential: Bool {
    switch self {
    case .exp, .expm1, .sigmoid, .sinh, .cosh, .tanh, .silu, .softplus, .erf, .gelu: true
    case .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tan, .asin, .acos, .atan: false
    }
  }
}
