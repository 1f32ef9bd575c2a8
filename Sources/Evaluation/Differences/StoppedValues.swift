import Scalars
import TensorExpressions

extension EvaluationPoint where Element == Rational {
  /// Expressions in which what a `stop_gradient` stands around is a constant, and the point with those constants.
  ///
  /// A difference of values would see them move. Where such a value is irrational, the nearest number in double
  /// precision stands for it.
  public func stopping(
    _ roots: [TensorExpression]
  ) throws(EvaluationError) -> (roots: [TensorExpression], point: EvaluationPoint) {
    let stops = TensorExpression.postorder(of: roots).filter(\.isStopped)
    if stops.isEmpty { return (roots, self) }
    var point = self
    var constants: [TensorExpression: TensorExpression] = [:]
    for (number, stop) in stops.enumerated() {
      let symbol = stop.space.constant("stopped \(number)", stop.shape)
      point.values[symbol] = try value(of: stop)
      constants[stop] = symbol
    }
    var memo = constants
    for node in TensorExpression.postorder(of: roots) where memo[node] == nil {
      memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return (roots.map { memo[$0] ?? $0 }, point)
  }

  private func value(of node: TensorExpression) throws(EvaluationError) -> Tensor<Rational> {
    if let exact = try? Evaluator(RationalArithmetic(), at: self).evaluate(node) { return exact }
    let doubles = DoubleArithmetic()
    let rounded = try Evaluator(doubles, at: try converted(to: doubles)).evaluate(node)
    return rounded.map { Rational(exactly: $0) ?? 0 }
  }
}

extension TensorExpression {
  fileprivate var isStopped: Bool {
    appliedFunction?.primitive == .stopped
  }
}
