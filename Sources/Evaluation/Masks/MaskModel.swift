import Scalars
import TensorExpressions

/// What stands for masks in an arithmetic whose elements have no order, by the values that are compared.
public struct MaskModel<Element: Sendable>: Sendable {
  /// The step of a tensor, entry by entry; the node is the step.
  public let step:
    @Sendable (_ node: TensorExpression, _ operand: Tensor<Element>) throws(EvaluationError) ->
      [Element]
  /// What each of a window's values counts for where the largest is taken, in their order; they sum to 1. The node is
  /// the extremum or its selector, the number that of the window, or the rank of an order.
  public let weights:
    @Sendable (
      _ node: TensorExpression, _ extremum: Extremum, _ window: Int, _ values: [Element]
    ) throws(EvaluationError) -> [Element]

  /// The whole numbers below, or nearest to, a tensor's entries.
  public let rounded:
    @Sendable (
      _ node: TensorExpression, _ operand: Tensor<Element>, _ toNearest: Bool
    ) throws(EvaluationError) -> [Element]

  public init(
    step:
      @escaping @Sendable (TensorExpression, Tensor<Element>) throws(EvaluationError) -> [Element],
    weights:
      @escaping @Sendable (
        TensorExpression, Extremum, Int, [Element]
      ) throws(EvaluationError) -> [Element],
    rounded:
      @escaping @Sendable (
        TensorExpression, Tensor<Element>, Bool
      ) throws(EvaluationError) -> [Element]
  ) {
    self.rounded = rounded
    self.step = step
    self.weights = weights
  }
}
