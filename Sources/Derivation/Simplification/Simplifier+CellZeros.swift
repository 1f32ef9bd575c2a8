import Scalars
import TensorExpressions

extension [TensorExpression] {
  /// Whether something in some values is divided by, or has its logarithm taken, that may be zero on a whole cell of
  /// masks, so that the values have none there.
  package var divideOnCells: Bool {
    let simplifier = Simplifier(facts: Simplifier.facts(of: self))
    let zeros = CellZeros(
      isPositive: simplifier.isPositive, isNonnegative: simplifier.isNonnegative)
    return TensorExpression.postorder(of: self).contains { node in
      guard let function = node.appliedFunction, let argument = node.operands.first else {
        return false
      }
      return function.hasNoValueAtZero(node) && zeros.mayHold(argument)
    }
  }
}

extension Elementwise {
  /// Whether the function of a node has no value where its argument is 0.
  fileprivate func hasNoValueAtZero(_ node: TensorExpression) -> Bool {
    switch primitive {
    case .reciprocal: true
    case .elementary(let function): function == .log || function == .rsqrt
    case .power: node.operands.last?.asConstant?.asRational.map { $0.signum() < 0 } ?? true
    case .step, .floor, .round, .pi, .stopped, nil: false
    }
  }
}
