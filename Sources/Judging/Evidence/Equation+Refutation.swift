import Evaluation
import Scalars
import TensorExpressions

extension Equation {
  /// How many points are tried for one at which both sides have a value.
  private static let pointLimit = 4
  private static let precision = 1024

  /// Whether the sides are seen to differ at a draw: in a field, and in enclosures where some function has no law there.
  package func isRefuted(at draw: Draw, options: CheckOptions) -> Bool {
    let sides = [left, right]
    guard FunctionProfile(of: sides).refusalsProveNothing else {
      let trials = FieldTrials(
        [self], draws: [draw], options: options, roots: .formal, forward: nil)
      return trials.outcome().differs
    }
    let symbols = TensorExpression.symbols(of: sides)
    for attempt in 0..<Self.pointLimit {
      guard let point = try? draw.rationalPoint(for: symbols, attempt: attempt),
        let outcome = try? ValueComparison(point: point, precisionLimit: Self.precision)
          .compare(self)
      else { continue }
      if case .different = outcome { return true }
      return false
    }
    return false
  }
}
