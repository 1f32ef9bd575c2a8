import Derivation
import TensorExpressions

/// Exponentials divided by their own sum.
extension FormulaBuilder {
  /// A softmax over one axis as the function that it is, which overflows nowhere; nil for any other value.
  func softmaxPiece(_ node: TensorExpression) -> Piece? {
    guard let (argument, axis) = Self.softmax(node) else { return nil }
    let u = known(argument).full(argument.shape)
    return Piece(
      formula: .softmax(u, axis: axis, isLast: axis == node.rank - 1), shape: node.shape)
  }

  /// What a node is the softmax of, and over which axis.
  static func softmax(_ node: TensorExpression) -> (argument: TensorExpression, axis: Int)? {
    guard node.asContraction != nil, let rule = ExponentialNormalization(node),
      rule.kind == .softmax, rule.summedAxes.count == 1, let axis = rule.summedAxes.first
    else { return nil }
    return (rule.argument, axis)
  }
}
