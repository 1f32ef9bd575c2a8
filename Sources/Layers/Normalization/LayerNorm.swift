import TensorExpressions

/// Layer normalisation: statistics over `axes` of every example by itself.
///
/// ```
/// y = gamma · (x − mean(x)) / √(var(x) + eps) + beta
/// ```
///
/// The variance is biased. `gamma` and `beta` have the extents of `axes`; nil stands for 1 and 0.
/// Source: J. Ba, J. Kiros, G. Hinton, "Layer normalization" (2016), equation 4.
public func layerNorm(
  _ x: TensorExpression, gamma: TensorExpression? = nil, beta: TensorExpression? = nil,
  axes: [Int] = [-1], eps: TensorExpression, assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  let axes = try x.normalizedAxes(axes).sorted()
  return try x.standardized(axes: axes, eps: eps, assumptions)
    .scaledAndShifted(gamma, beta, axes: axes, function: "layer_norm", assumptions)
}

extension CatalogueFunction {
  static let layerNorm = CatalogueFunction(
    "layer_norm", family: .layers,
    ["x", .optional("gamma", 1), .optional("beta", 0), .optional("axis", -1), .epsilon],
    samples: [
      "input x: [2, 3, 4]\nparam gamma: [4], beta: [4]\ny = layer_norm(x, gamma, beta)",
      "input x: [2, 3, 4]\nparam gamma: [3, 4]\ny = layer_norm(x, gamma, axis=(1, 2), eps=0.1)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    return try Layers.layerNorm(
      x, gamma: arguments.tensorUnlessOne("gamma"), beta: arguments.tensorUnlessZero("beta"),
      axes: arguments.axes() ?? Array(0..<x.rank), eps: arguments.tensor("eps"),
      assuming: arguments.assumptions)
  }
}
