import Scalars
import TensorExpressions

/// Activations whose arguments choose between formulas.
extension CatalogueFunction {
  /// x·Φ(x), or its approximation by a hyperbolic tangent.
  static let gelu = CatalogueFunction(
    "gelu", family: .elementwise, ["x", .optional("approximate", "none")],
    samples: ["input x: [2, 3]\ny = gelu(x)", "input x: [2, 3]\ny = gelu(x, approximate=\"tanh\")"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    switch arguments["approximate"] {
    case .text("none"), .flag(false): return try arguments.applying("gelu", [x])
    case .text("tanh"), .flag(true):
      let cube = x * x * x
      let root = sqrt(Rational(2) / (try arguments.applying("pi", [x])))
      let inner = root * (x + Rational(44715, 1_000_000) * cube)
      return Rational(1, 2) * x * (Rational(1) + (try arguments.applying("tanh", [inner])))
    case .tensor, .size, .number, .list, .text, .flag, .none:
      throw arguments.broken("approximate", "is \"none\" or \"tanh\"")
    }
  }

  /// log(1 + exp(β·x)) / β; above a threshold that is given, x itself.
  static let softplus = CatalogueFunction(
    "softplus", family: .elementwise,
    ["x", .optional("beta", 1), .optional("threshold", Argument.none)],
    samples: [
      "input x: [2, 3]\ny = softplus(x, beta=2)", "input x: [2, 3]\ny = softplus(x)",
      "input x: [2, 3]\ny = softplus(x, 1, 2)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let beta = try arguments.tensor("beta")
    if beta.asConstant?.isOne == true, arguments.isNone("threshold") {
      return try arguments.applying("softplus", [x])
    }
    let scaled = try x.times(beta, assuming: arguments.assumptions)
    let smooth = try arguments.applying("softplus", [scaled])
      .over(beta, assuming: arguments.assumptions)
    if arguments.isNone("threshold") { return smooth }
    let excess = try scaled.minus(arguments.tensor("threshold"), assuming: arguments.assumptions)
    return try arguments.applying("where", [arguments.applying("step", [excess]), x, smooth])
  }

  /// x above 0, and a slope times x below: one for all entries, or one for each channel on axis 1.
  static let prelu = CatalogueFunction(
    "prelu", family: .layers, ["x", "weight"],
    samples: [
      "input x: [2, 3]\nparam a: [3]\ny = prelu(x, a)",
      "input x: [2, 3, 4]\nparam a: [3]\ny = prelu(x, a)",
      "input x: [2, 3, 4]\nparam a: []\ny = prelu(x, a)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    var slope = try arguments.tensor("weight")
    if slope.rank == 1, slope.shape[0].isOne { slope = try slope.sum() }
    if slope.rank == 1, x.rank > 1 { slope = slope.placed(onAxes: [1], of: x.rank) }
    let below = try slope.times(x, assuming: arguments.assumptions)
    return try arguments.applying("where", [arguments.applying("step", [x]), x, below])
  }
}
