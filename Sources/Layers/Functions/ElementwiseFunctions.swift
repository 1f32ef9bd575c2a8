import Scalars
import TensorExpressions

extension CatalogueFunction {
  /// One function for every row of the elementwise table with one operand.
  static let elementwiseFunctions: [CatalogueFunction] =
    Elementwise.table
    .filter { $0.arity == 1 && !internalRows.contains($0.name) }
    .map { row in
      let domain = domains[row.name].map { " \($0)" } ?? ""
      return CatalogueFunction(
        row.name, family: .elementwise, ["x"],
        samples: ["input x: [2, 3]\(domain)\ny = \(row.name)(x)"]
      ) { arguments throws(ShapeError) in
        try TensorExpression.applying(row, [arguments.tensor("x")])
      }
    }

  /// Rows that operators and constants stand for.
  static let internalRows: Set<String> = [
    "reciprocal", "pow", "pi", "equal", "stop_gradient", "gelu", "softplus",
  ]

  /// Where functions are defined, as structure words.
  private static let domains = [
    "log": "positive", "sqrt": "positive", "rsqrt": "positive", "log1p": "positive",
    "asin": "unit", "acos": "unit",
  ]

  static let leakyReLU = withParameters(
    "leaky_relu", ["x", .optional("slope", number: Rational(1, 100))],
    sample: "input x: [2, 3]\ny = leaky_relu(x, 0.2)")

  static let elu = withParameters(
    "elu", ["x", .optional("alpha", 1)], sample: "input x: [2, 3]\ny = elu(x, alpha=0.5)")

  static let hardtanh = withParameters(
    "hardtanh", ["x", .optional("lo", -1), .optional("hi", 1)],
    sample: "input x: [2, 3]\ny = hardtanh(x, -0.5, 1.5)")

  static let maximum = withParameters(
    "maximum", ["x", "y"], sample: "input x: [2, 3], y: [3]\nz = maximum(x, y)")

  static let minimum = withParameters(
    "minimum", ["x", "y"], sample: "input x: [2, 3], y: [3]\nz = minimum(x, y)")

  /// One of two values by a condition, which holds where it is not 0, or by True and False.
  static let select = CatalogueFunction(
    "where", family: .elementwise, ["condition", "x", "y"],
    samples: ["input x: [2, 3], y: [3]\nz = where(x > y, x**2, 3*y)"]
  ) { arguments throws(ShapeError) in
    if case .flag(let holds) = arguments["condition"] {
      return try arguments.tensor(holds ? "x" : "y")
    }
    return try arguments.applying(
      "where",
      [arguments.tensor("condition").indicator, arguments.tensor("x"), arguments.tensor("y")])
  }

  /// x**p, for numbers and tensors p.
  static let power = CatalogueFunction(
    "pow", aliases: ["power", "float_power"], family: .elementwise, ["x", "p"],
    samples: ["input x: [2, 3]\ny = pow(x, 3)", "input x: [2, 3] positive\ny = x.pow(1/2)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    if let exponent = arguments["p"].asNumber?.asRational { return x.power(exponent) }
    return try x.power(arguments.tensor("p"), assuming: arguments.assumptions)
  }

  /// The value without its derivative.
  static let stopGradient = CatalogueFunction(
    "stop_gradient", aliases: ["detach"], family: .elementwise, ["x"],
    samples: [
      "input x: [2, 3]\ny = x * stop_gradient(x**2)",
      "input x: [2, 3]\ny = x**2 + stop_gradient(x)",
    ]
  ) { arguments throws(ShapeError) in
    try TensorExpression.applying(.row("stop_gradient"), [arguments.tensor("x")])
  }

  static let square = CatalogueFunction(
    "square", family: .elementwise, ["x"], samples: ["input x: [2, 3]\ny = square(x)"]
  ) { arguments throws(ShapeError) in try arguments.tensor("x").squared }

  /// Between two bounds, either of which may be left out.
  static let clip = CatalogueFunction(
    "clip", aliases: ["clamp"], family: .elementwise,
    ["x", .optional("lo", Argument.none), .optional("hi", Argument.none)],
    samples: ["input x: [2, 3]\ny = clip(x, -0.5, 0.75)", "input x: [2, 3]\ny = clip(x, hi=0.5)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    switch (arguments.isNone("lo"), arguments.isNone("hi")) {
    case (true, true): throw arguments.broken("lo", "is given where `hi` is not")
    case (true, false): return try arguments.applying("minimum", [x, arguments.tensor("hi")])
    case (false, true): return try arguments.applying("maximum", [x, arguments.tensor("lo")])
    case (false, false):
      return try arguments.applying("clip", [x, arguments.tensor("lo"), arguments.tensor("hi")])
    }
  }

  /// A row of several operands, each a parameter.
  private static func withParameters(
    _ row: String, _ parameters: [Parameter], sample: String
  ) -> CatalogueFunction {
    CatalogueFunction(row, family: .elementwise, parameters, samples: [sample]) {
      arguments throws(ShapeError) in
      var operands: [TensorExpression] = []
      for parameter in parameters { operands.append(try arguments.tensor(parameter.name)) }
      return try arguments.applying(row, operands)
    }
  }
}

extension BoundArguments {
  func applying(
    _ row: String, _ operands: [TensorExpression]
  ) throws(ShapeError) -> TensorExpression {
    guard let function = Elementwise.named(row) else {
      preconditionFailure("the elementwise table has no row \(row)")
    }
    return try TensorExpression.applying(function, operands, assuming: assumptions)
  }
}
