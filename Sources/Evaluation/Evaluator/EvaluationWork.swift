import TensorExpressions

/// What evaluating expressions costs, known before anything is evaluated.
public struct EvaluationWork: Sendable {
  /// Products and sums of entries, in scalar operations.
  public let operations: Double

  /// The work for some roots, what they share counted once.
  ///
  /// Sizes without a value and shapes that make no sense count as nothing: the evaluation itself says what is wrong.
  public init(for roots: [TensorExpression], sizes: [String: Int]) {
    let jobs = EvaluationSchedule(roots, masks: MaskRecord()).jobs
    operations = jobs.reduce(0) { $0 + Self.operations(for: $1.node, sizes) }
  }

  private static func operations(for node: TensorExpression, _ sizes: [String: Int]) -> Double {
    switch node.kind {
    case .named, .symbol: return 0
    case .contraction(let contraction):
      guard
        let concrete = try? ConcreteContraction(contraction, shape: node.shape, sizes: sizes)
      else { return 0 }
      return ContractionOrder(concrete, largestIntermediate: .max).steps.reduce(0) {
        $0 + Double($1.contraction.pointBound)
      }
    case .inverse, .determinant:
      let extent = entries(of: node.operands[0], sizes).squareRoot()
      return extent * extent * extent
    case .sum, .elementwise, .extremum, .selector:
      return entries(of: node, sizes) * Double(max(1, node.operands.count))
    }
  }

  private static func entries(of node: TensorExpression, _ sizes: [String: Int]) -> Double {
    node.shape.reduce(1) { $0 * Double((try? $1.evaluated(sizes)) ?? 1) }
  }
}
