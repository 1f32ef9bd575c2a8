import TensorExpressions

/// (y − t)², and its mean or sum.
public func meanSquaredError(
  _ y: TensorExpression, _ t: TensorExpression, reduction: Reduction = .mean,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  try reduction.applied(to: try y.minus(t, assuming: assumptions).squared)
}

extension CatalogueFunction {
  static let mseLoss = CatalogueFunction(
    "mse_loss", family: .layers, ["y", "t", .optional("reduction", "mean")],
    samples: ["input y: [2, 3]\nconst t: [2, 3]\nloss L = mse_loss(y, t)"]
  ) { arguments throws(ShapeError) in
    try meanSquaredError(
      arguments.tensor("y"), arguments.tensor("t"), reduction: arguments.reduction(),
      assuming: arguments.assumptions)
  }
}
