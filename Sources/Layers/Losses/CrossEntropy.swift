import TensorExpressions

/// The cross-entropy of targets with the softmax of logits.
///
/// ```
/// −Σ t · log_softmax(z)     along the axis of classes; then the mean or sum over all other axes
/// ```
///
/// The target has the logits' shape: probabilities or one-hot.
public func crossEntropy(
  _ logits: TensorExpression, _ target: TensorExpression, axis: Int = -1,
  reduction: Reduction = .mean, assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  guard logits.rank == target.rank else {
    throw .rank(function: "cross_entropy", expected: "\(logits.rank)", found: target.shape)
  }
  let terms = try target.times(logSoftmax(logits, axis: axis), assuming: assumptions)
  return try reduction.applied(to: -(try terms.sum(axes: [axis])))
}

extension CatalogueFunction {
  static let crossEntropy = CatalogueFunction(
    "cross_entropy", family: .layers,
    ["logits", "target", .optional("axis", -1), .optional("reduction", "mean")],
    samples: [
      "input z: [2, 3]\nconst t: [2, 3] simplex\nloss L = cross_entropy(z, t)",
      "input z: [2, 3, 4]\nconst t: [2, 3, 4]\nloss L = cross_entropy(z, t, axis=1, reduction=\"sum\")",
    ]
  ) { arguments throws(ShapeError) in
    try Layers.crossEntropy(
      arguments.tensor("logits"), arguments.tensor("target"), axis: arguments.integer("axis"),
      reduction: arguments.reduction(), assuming: arguments.assumptions)
  }
}
