import Scalars
import TensorExpressions

/// Directional derivatives by evaluation over dual numbers.
///
/// No derivative rule of expressions is used: the forward evaluator runs over dual numbers, which makes it a witness
/// that is independent of derived formulas.
public struct Pushforward<A: ScalarArithmetic>: Sendable {
  /// The arithmetic of primals and of tangents.
  public let arithmetic: A
  /// Masks that are known already; those found here are not decided again.
  public var masks: MaskRecord
  /// What stands for masks that are not known; nil where they are decided by signs.
  public var formalMasks: FormalMasks<A.Element>?
  /// How many bytes all values may take together, each being a pair.
  public var memoryLimit: Int

  public init(
    _ arithmetic: A, masks: MaskRecord = MaskRecord(),
    formalMasks: FormalMasks<A.Element>? = nil, memoryLimit: Int = MemoryBudget.defaultLimit
  ) {
    self.arithmetic = arithmetic
    self.masks = masks
    self.formalMasks = formalMasks
    self.memoryLimit = memoryLimit
  }

  /// A root's value, and its derivative along the direction.
  public struct Result: Sendable {
    /// The primal: what the expression is at the point.
    public let value: Tensor<A.Element>
    /// The derivative along the direction, of the value's shape.
    public let tangent: Tensor<A.Element>

    init(_ dual: Tensor<Dual<A.Element>>) {
      value = dual.map(\.primal)
      tangent = dual.map(\.tangent)
    }
  }

  /// The values and tangents of some expressions.
  ///
  /// - Parameter directions: the tangents of symbols, of their values' shapes; a symbol without one does not move.
  @specialized(where A == PrimeFieldArithmetic)
  public func evaluate(
    _ roots: [TensorExpression], at point: EvaluationPoint<A.Element>,
    along directions: [TensorExpression: Tensor<A.Element>]
  ) throws(EvaluationError) -> [Result] {
    let evaluator = Evaluator(
      DualArithmetic(arithmetic), at: try Self.dualPoint(arithmetic, point, directions),
      masks: masks, formalMasks: formalMasks?.lifted(zero: arithmetic.zero),
      memoryLimit: memoryLimit)
    return try evaluator.evaluate(roots).map(Result.init)
  }

  /// A point together with the direction in which it moves.
  static func dualPoint(
    _ arithmetic: A, _ point: EvaluationPoint<A.Element>,
    _ directions: [TensorExpression: Tensor<A.Element>]
  ) throws(EvaluationError) -> EvaluationPoint<Dual<A.Element>> {
    var values: [TensorExpression: Tensor<Dual<A.Element>>] = [:]
    for (symbol, value) in point.values {
      guard let direction = directions[symbol] else {
        values[symbol] = value.map { Dual(primal: $0, tangent: arithmetic.zero) }
        continue
      }
      guard direction.extents == value.extents else {
        throw .shapeMismatch(
          symbol: symbol.name ?? "", expected: value.extents, found: direction.extents)
      }
      var duals: [Dual<A.Element>] = []
      duals.reserveCapacity(value.count)
      for i in value.elements.indices {
        duals.append(Dual(primal: value.elements[i], tangent: direction.elements[i]))
      }
      values[symbol] = Tensor(extents: value.extents, elements: duals)
    }
    return EvaluationPoint(sizes: point.sizes, values: values)
  }
}
