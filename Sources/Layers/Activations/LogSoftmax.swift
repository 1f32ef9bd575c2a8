import TensorExpressions

/// x − log Σ exp(x) along an axis.
public func logSoftmax(
  _ x: TensorExpression, axis: Int = -1
) throws(ShapeError) -> TensorExpression {
  try x.minus(x.logSumExp(axes: [axis], keepingAxes: true))
}

extension CatalogueFunction {
  static let logSoftmax = CatalogueFunction(
    "log_softmax", family: .layers, ["x", .optional("axis", -1)],
    samples: [
      "input x: [2, 3]\ny = log_softmax(x)", "input x: [2, 3, 4]\ny = log_softmax(x, axis=1)",
    ]
  ) { arguments throws(ShapeError) in
    try Layers.logSoftmax(arguments.tensor("x"), axis: arguments.integer("axis"))
  }
}
