import TensorExpressions

/// Scaled dot-product attention over stacks of sequences.
///
/// ```
/// softmax(q·kᵀ · scale)·v     the softmax over keys; scale 1/√d for features of extent d
/// ```
///
/// Source: A. Vaswani et al., "Attention is all you need" (2017), equation 1.
public func attention(
  _ q: TensorExpression, _ k: TensorExpression, _ v: TensorExpression,
  scale: TensorExpression? = nil, assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  for x in [q, k, v] where x.rank < 2 {
    throw .rank(function: "attention", expected: "at least 2", found: x.shape)
  }
  let products = try q.matmul(k.matrixTransposed(), assuming: assumptions)
  let features = q.shape[q.rank - 1]
  let scores: TensorExpression
  if let scale {
    scores = try products.times(scale, assuming: assumptions)
  } else {
    scores = try products.over(sqrt(q.space.number(features)))
  }
  return try softmax(scores).matmul(v, assuming: assumptions)
}

extension CatalogueFunction {
  static let attention = CatalogueFunction(
    "attention", family: .layers, ["q", "k", "v", .optional("scale", Argument.none)],
    samples: [
      "input q: [2, 3], k: [4, 3], v: [4, 5]\ny = attention(q, k, v)",
      "input q: [2, 3, 2], k: [2, 4, 2], v: [2, 4, 3]\ny = attention(q, k, v, scale=0.5)",
    ]
  ) { arguments throws(ShapeError) in
    try Layers.attention(
      arguments.tensor("q"), arguments.tensor("k"), arguments.tensor("v"),
      scale: arguments.isNone("scale") ? nil : arguments.tensor("scale"),
      assuming: arguments.assumptions)
  }
}
