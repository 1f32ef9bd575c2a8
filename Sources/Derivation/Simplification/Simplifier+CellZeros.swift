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
      node.domainConditions.contains { $0.excludesZero && zeros.mayHold($0.value) }
    }
  }
}
