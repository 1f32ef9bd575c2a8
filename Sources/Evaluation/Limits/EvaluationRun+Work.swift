import Scalars
import TensorExpressions

extension EvaluationRun {
  /// What evaluating any node costs beside its entries.
  private static var nodeWork: Int { 200 }

  /// Counts the work of a node that grows with its entries; contractions and eliminations count their own.
  func chargeEntries(of node: TensorExpression) throws(EvaluationError) {
    switch node.kind {
    case .symbol, .named, .contraction, .inverse, .determinant:
      try EvaluationLimits.charge(Self.nodeWork)
    case .sum(let terms):
      try charge(node.shape, times: arithmetic.productWork.saturatingTimes(max(terms.count, 1)))
    case .elementwise: try charge(node.shape, times: arithmetic.functionWork)
    case .extremum(let extremum), .selector(let extremum):
      try charge(
        extremum.outputExtents + extremum.windowExtents, times: 300 + arithmetic.productWork)
    }
  }

  private func charge(_ shape: [Size], times work: Int) throws(EvaluationError) {
    let extents = try TensorShape.extents(shape, point.sizes)
    let count = extents.reduce(1) { $0.saturatingTimes($1) }
    try EvaluationLimits.charge(count.saturatingTimes(work).saturatingPlus(Self.nodeWork))
  }
}

extension ConcreteContraction {
  /// The work at one point.
  func work(in arithmetic: some ScalarArithmetic) -> Int {
    // The exact engine multiplies small integers, whatever the arithmetic, but for intervals.
    guard ExactEngine.isWorthwhile(self), !(arithmetic is IntervalArithmetic) else {
      return arithmetic.productWork
    }
    return min(arithmetic.productWork, Self.engineWork)
  }

  /// The work of a product on the exact engine: a few residues of each number.
  private static var engineWork: Int { 2 }
}
