import Scalars

// The functions of the elementwise table as Swift functions: `relu(w.matmul(x))`.

/// eˣ of every entry.
public func exp(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("exp", x) }
/// The natural logarithm of every entry, for entries above 0.
public func log(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("log", x) }
/// log(1 + x) of every entry, for entries above −1.
public func log1p(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("log1p", x) }
/// eˣ − 1 of every entry.
public func expm1(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("expm1", x) }
/// The square root of every entry, for entries that are not negative.
public func sqrt(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sqrt", x) }
/// 1/√x of every entry, for entries above 0.
public func rsqrt(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("rsqrt", x) }
/// The sine of every entry, in radians.
public func sin(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sin", x) }
/// The cosine of every entry, in radians.
public func cos(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("cos", x) }
/// The tangent of every entry, in radians.
public func tan(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("tan", x) }
/// The angle in [−π/2, π/2] whose sine is the entry, for entries in [−1, 1].
public func asin(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("asin", x) }
/// The angle in [0, π] whose cosine is the entry, for entries in [−1, 1].
public func acos(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("acos", x) }
/// The angle in (−π/2, π/2) whose tangent is the entry.
public func atan(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("atan", x) }
/// (eˣ − e⁻ˣ)/2 of every entry.
public func sinh(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sinh", x) }
/// (eˣ + e⁻ˣ)/2 of every entry.
public func cosh(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("cosh", x) }
/// The hyperbolic tangent of every entry.
public func tanh(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("tanh", x) }
/// The error function 2/√π·∫₀ˣ exp(−t²) dt of every entry.
public func erf(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("erf", x) }
/// 1/(1 + e⁻ˣ) of every entry.
public func sigmoid(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sigmoid", x) }
/// log(1 + eˣ) of every entry.
public func softplus(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("softplus", x) }
/// x·sigmoid(x) of every entry, also called swish.
public func silu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("silu", x) }
/// x·Φ(x) of every entry, where Φ is the distribution function of the standard normal distribution.
///
/// It is the exact function, not its approximation by tanh.
public func gelu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("gelu", x) }
/// s·x above 0 and s·a·(eˣ − 1) elsewhere, with the constants of Klambauer et al. (2017). The
/// derivative at 0 is s·a.
public func selu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("selu", x) }
/// max(x, 0) of every entry. The derivative at 0 is 0.
public func relu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("relu", x) }
/// The absolute value of every entry. The derivative at 0 is 0.
public func abs(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("abs", x) }
/// 1 above 0, −1 below, and 0 at 0. The derivative is 0 everywhere.
public func sign(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sign", x) }
/// 1 above zero, else 0.
public func step(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("step", x) }

/// x above zero, slope·x below.
public func leakyReLU(
  _ x: TensorExpression, slope: Rational = Rational(1, 100)
) -> TensorExpression {
  Elementwise.apply("leaky_relu", x, x.filled(slope))
}

/// x above zero, alpha·(exp(x) − 1) below.
public func elu(_ x: TensorExpression, alpha: Rational = 1) -> TensorExpression {
  Elementwise.apply("elu", x, x.filled(alpha))
}
