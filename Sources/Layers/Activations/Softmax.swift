import TensorExpressions

/// exp(x) / Σ exp(x) along an axis. Exact arithmetic needs no shift by the maximum.
public func softmax(_ x: TensorExpression, axis: Int = -1) throws(ShapeError) -> TensorExpression {
  let exponentials = exp(x)
  return try exponentials.over(exponentials.sum(axes: [axis], keepingAxes: true))
}

extension CatalogueFunction {
  static let softmax = CatalogueFunction(
    "softmax", family: .layers, ["x", .optional("axis", -1)],
    samples: ["input x: [2, 3]\ny = softmax(x)", "input x: [2, 3, 4]\ny = softmax(x, axis=1)"]
  ) { arguments throws(ShapeError) in
    try Layers.softmax(arguments.tensor("x"), axis: arguments.integer("axis"))
  }
}
