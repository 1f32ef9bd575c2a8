import TensorExpressions

/// x·Wᵀ + b, the last axis of `x` being the features and `W` of shape `[out, in]`.
public func linear(
  _ x: TensorExpression, _ w: TensorExpression, bias: TensorExpression? = nil,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  guard w.rank == 2 else { throw .rank(function: "linear", expected: "2", found: w.shape) }
  let product = try x.matmul(w.transposed(), assuming: assumptions)
  guard let bias else { return product }
  let result = try product.plus(bias, assuming: assumptions)
  guard result.shape == product.shape else {
    throw .rank(function: "linear", expected: "at most 1", found: bias.shape)
  }
  return result
}

extension CatalogueFunction {
  static let linear = CatalogueFunction(
    "linear", family: .layers, ["x", "W", .optional("b", 0)],
    samples: [
      "input x: [2, 3]\nparam W: [4, 3], b: [4]\ny = linear(x, W, b)",
      "input x: [2, 5, 3]\nparam W: [4, 3]\ny = linear(x, W)",
    ]
  ) { arguments throws(ShapeError) in
    try Layers.linear(
      arguments.tensor("x"), arguments.tensor("W"), bias: arguments.tensorUnlessZero("b"),
      assuming: arguments.assumptions)
  }
}
