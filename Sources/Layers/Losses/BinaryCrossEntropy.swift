import TensorExpressions

/// −(t·log p + (1 − t)·log(1 − p)), and its mean or sum; p lies inside (0, 1).
public func binaryCrossEntropy(
  _ p: TensorExpression, _ t: TensorExpression, reduction: Reduction = .mean,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  let hit = try t.times(log(p), assuming: assumptions)
  let miss = try (1 - t).times(log(1 - p), assuming: assumptions)
  return try reduction.applied(to: -(hit + miss))
}

extension CatalogueFunction {
  static let bce = CatalogueFunction(
    "bce", family: .layers, ["p", "t", .optional("reduction", "mean")],
    samples: ["input p: [2, 3] unit\nconst t: [2, 3] unit\nloss L = bce(p, t)"]
  ) { arguments throws(ShapeError) in
    try binaryCrossEntropy(
      arguments.tensor("p"), arguments.tensor("t"), reduction: arguments.reduction(),
      assuming: arguments.assumptions)
  }
}
