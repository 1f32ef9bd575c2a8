import TensorExpressions

/// What a loss makes of the losses of single entries.
public enum Reduction: String, Hashable, Sendable {
  case mean, sum, none

  func applied(to losses: TensorExpression) throws(ShapeError) -> TensorExpression {
    switch self {
    case .mean: try losses.mean()
    case .sum: try losses.sum()
    case .none: losses
    }
  }
}
