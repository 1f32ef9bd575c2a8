import Scalars
import TensorExpressions

/// Numbers for the names in sizes and for the symbols of an expression.
public struct EvaluationPoint<Element: Sendable>: Sendable {
  /// A number for each name that sizes depend on.
  public var sizes: [String: Int]
  /// A tensor for each symbol's node.
  public var values: [TensorExpression: Tensor<Element>]

  public init(sizes: [String: Int] = [:], values: [TensorExpression: Tensor<Element>] = [:]) {
    self.sizes = sizes
    self.values = values
  }
}

extension EvaluationPoint: Equatable where Element: Equatable {}
extension EvaluationPoint: Hashable where Element: Hashable {}

extension EvaluationPoint where Element == Rational {
  /// The same point as seen by another arithmetic: the residues, enclosures or roundings of its numbers.
  ///
  /// - Throws: ``EvaluationError/tooLarge(extents:bytes:inUse:limit:)`` beyond the memory of the scope, and
  ///   ``EvaluationError/scalarConstant(_:_:)``.
  public func converted<A: ScalarArithmetic>(
    to arithmetic: A
  ) throws(EvaluationError) -> EvaluationPoint<A.Element> {
    var converted: [TensorExpression: Tensor<A.Element>] = [:]
    var budget = MemoryBudget()
    for (symbol, tensor) in values {
      budget.take(try budget.bytes(of: tensor.extents, arithmetic))
      try EvaluationLimits.charge(tensor.count, times: arithmetic.productWork)
      converted[symbol] = try tensor.converted(to: arithmetic)
    }
    return EvaluationPoint<A.Element>(sizes: sizes, values: converted)
  }
}

extension Tensor where Element == Rational {
  /// The entries as elements of another arithmetic.
  public func converted<A: ScalarArithmetic>(
    to arithmetic: A
  ) throws(EvaluationError) -> Tensor<A.Element> {
    try map { (value: Rational) throws(EvaluationError) in try arithmetic.number(value) }
  }
}
