import Scalars
import TensorExpressions

/// Layers whose arguments mean something else behind PyTorch's prefix.
extension CatalogueFunction {
  /// `layer_norm` over as many last axes as the shape that is given has.
  static let pytorchLayerNorm = CatalogueFunction(
    "layer_norm", family: .layers,
    ["x", "normalized_shape", .optional("weight", 1), .optional("b", 0), .epsilon],
    framework: .pytorch,
    samples: ["input x: [2, 3]\nparam g: [3], b: [3]\ny = F.layer_norm(x, (3,), g, b)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    return try arguments.scaled(
      x.standardized(
        axes: arguments.normalizedAxes(of: x), eps: arguments.tensor("eps"), arguments.assumptions))
  }

  /// `rms_norm` over as many last axes as the shape that is given has. What PyTorch adds where no `eps` is given only
  /// guards the division.
  static let pytorchRMSNorm = CatalogueFunction(
    "rms_norm", family: .layers,
    [
      "x", "normalized_shape", .optional("weight", 1), .optional("eps", 0), .optional("b", 0),
    ], framework: .pytorch,
    samples: ["input x: [2, 3]\nparam g: [3]\ny = F.rms_norm(x, (3,), g, eps=0.1)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let axes = try arguments.normalizedAxes(of: x)
    let square = try x.squared.mean(axes: axes, keepingAxes: true)
    let guarded = try arguments.tensorUnlessZero("eps").map { eps throws(ShapeError) in
      try square.plus(eps, assuming: arguments.assumptions)
    }
    return try arguments.scaled(x.over(sqrt(guarded ?? square), assuming: arguments.assumptions))
  }

  /// `batch_norm` with the running statistics, and with the batch's where it is training.
  ///
  /// ```
  /// y = weight · (x − running_mean) / √(running_var + eps) + bias
  /// ```
  static let pytorchBatchNorm = CatalogueFunction(
    "batch_norm", family: .layers,
    [
      "x", .optional("running_mean", Argument.none), .optional("running_var", Argument.none),
      .optional("weight", 1), .optional("b", 0), .optional("training", false),
      .optional("momentum", number: Rational(1, 10)), .epsilon,
    ], framework: .pytorch,
    samples: [
      "input x: [4, 3]\nconst m: [3], v: [3] positive\ny = F.batch_norm(x, m, v)",
      "input x: [4, 3]\nparam g: [3]\ny = F.batch_norm(x, None, None, g, training=True)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let (weight, bias) = (
      try arguments.tensorUnlessOne("weight"), try arguments.tensorUnlessZero("b")
    )
    let eps = try arguments.tensor("eps")
    if try arguments.flag("training") {
      return try Layers.batchNorm(
        x, gamma: weight, beta: bias, eps: eps, assuming: arguments.assumptions)
    }
    guard x.rank >= 2, !arguments.isNone("running_mean"), !arguments.isNone("running_var") else {
      throw arguments.broken("running_mean", "is given with `running_var` unless `training=True`")
    }
    let deviation = sqrt(
      try arguments.tensor("running_var").plus(eps, assuming: arguments.assumptions))
    return try x.scaledAndShifted(
      nil, -(arguments.tensor("running_mean")), axes: [1], function: "batch_norm",
      arguments.assumptions
    )
    .scaledAndShifted(
      deviation.reciprocal, nil, axes: [1], function: "batch_norm", arguments.assumptions
    )
    .scaledAndShifted(weight, bias, axes: [1], function: "batch_norm", arguments.assumptions)
  }

  /// `instance_norm` with the statistics of the input.
  static let pytorchInstanceNorm = CatalogueFunction(
    "instance_norm", family: .layers,
    [
      "x", .optional("running_mean", Argument.none), .optional("running_var", Argument.none),
      .optional("weight", 1), .optional("b", 0), .optional("use_input_stats", true),
      .optional("momentum", number: Rational(1, 10)), .epsilon,
    ], framework: .pytorch,
    samples: ["input x: [2, 3, 4]\nparam g: [3]\ny = F.instance_norm(x, weight=g)"]
  ) { arguments throws(ShapeError) in
    guard try arguments.flag("use_input_stats") else {
      throw arguments.broken("use_input_stats", "is True")
    }
    return try Layers.instanceNorm(
      arguments.tensor("x"), gamma: arguments.tensorUnlessOne("weight"),
      beta: arguments.tensorUnlessZero("b"), eps: arguments.tensor("eps"),
      assuming: arguments.assumptions)
  }

  static let pytorchSoftmax = alongSaidAxis("softmax") { x, axis throws(ShapeError) in
    try Layers.softmax(x, axis: axis)
  }

  static let pytorchLogSoftmax = alongSaidAxis("log_softmax") { x, axis throws(ShapeError) in
    try Layers.logSoftmax(x, axis: axis)
  }

  static let pytorchSoftmin = alongSaidAxis("softmin") { x, axis throws(ShapeError) in
    try Layers.softmax(-x, axis: axis)
  }

  /// PyTorch takes axis 0 of three where none is said, and axis 1 of four: too surprising to be meant.
  private static func alongSaidAxis(
    _ name: String,
    _ body:
      @escaping @Sendable (_ x: TensorExpression, _ axis: Int) throws(ShapeError) ->
      TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .layers, ["x", .optional("axis", Argument.none)], framework: .pytorch,
      samples: [
        "input x: [2, 3, 4]\ny = F.\(name)(x, dim=1)", "input x: [2, 3]\ny = F.\(name)(x)",
      ]
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      guard arguments.isNone("axis") else { return try body(x, arguments.integer("axis")) }
      guard x.rank <= 2 else {
        throw arguments.broken("axis", "is said of more than two axes: `dim=-1` is the last")
      }
      return try body(x, -1)
    }
  }
}

extension BoundArguments {
  /// The last axes of a tensor, as many as `normalized_shape` has.
  fileprivate func normalizedAxes(of x: TensorExpression) throws(ShapeError) -> [Int] {
    let normalized = try shape("normalized_shape")
    guard normalized.count <= x.rank, !normalized.isEmpty,
      zip(x.shape.suffix(normalized.count), normalized).allSatisfy({ assumptions.areEqual($0, $1) })
    else { throw broken("normalized_shape", "is made of the last extents") }
    return Array((x.rank - normalized.count)..<x.rank)
  }

  /// weight·x + b, both of the shape of the last axes.
  fileprivate func scaled(_ x: TensorExpression) throws(ShapeError) -> TensorExpression {
    let scaled = try tensorUnlessOne("weight").map { weight throws(ShapeError) in
      try x.times(weight, assuming: assumptions)
    }
    let shifted = try tensorUnlessZero("b").map { bias throws(ShapeError) in
      try (scaled ?? x).plus(bias, assuming: assumptions)
    }
    return shifted ?? scaled ?? x
  }
}
