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
