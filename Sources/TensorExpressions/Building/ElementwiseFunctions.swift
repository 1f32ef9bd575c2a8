import Scalars

// The functions of the elementwise table as Swift functions: `relu(w.matmul(x))`.

public func exp(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("exp", x) }
public func log(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("log", x) }
public func log1p(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("log1p", x) }
public func expm1(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("expm1", x) }
public func sqrt(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sqrt", x) }
public func rsqrt(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("rsqrt", x) }
public func sin(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sin", x) }
public func cos(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("cos", x) }
public func tan(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("tan", x) }
public func asin(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("asin", x) }
public func acos(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("acos", x) }
public func atan(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("atan", x) }
public func sinh(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sinh", x) }
public func cosh(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("cosh", x) }
public func tanh(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("tanh", x) }
public func erf(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("erf", x) }
public func sigmoid(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("sigmoid", x) }
public func softplus(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("softplus", x) }
public func silu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("silu", x) }
public func gelu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("gelu", x) }
public func selu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("selu", x) }
public func relu(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("relu", x) }
public func abs(_ x: TensorExpression) -> TensorExpression { Elementwise.apply("abs", x) }
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
