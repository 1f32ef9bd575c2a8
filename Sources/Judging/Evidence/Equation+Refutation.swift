import Evaluation
import Scalars
import TensorExpressions

extension Equation {
  /// How many points are tried for one at which both sides have a value.
  private static let pointLimit = 4
  private static let precision = 1024
  /// The most multiply-adds of one evaluation, in a field and in enclosures: a look beside the judgement is a short
  /// one.
  private static let workLimits = (field: 50_000_000, values: 400_000)

  /// Whether the sides are seen to differ at a draw. Where that takes long, nothing is seen.
  package func isRefuted(at draw: Draw, options: CheckOptions) -> Bool {
    if FunctionProfile(of: [left, right]).refusalsProveNothing {
      return differsInValues(at: draw)
    }
    guard differsInField(at: draw, options: options) else { return false }
    // Of roots and exponentials a field knows some laws up to signs.
    return FunctionProfile(of: [left, right]).isTranscendental ? differsInValues(at: draw) : true
  }

  /// Whether the sides have different values in a field.
  package func differsInField(at draw: Draw, options: CheckOptions) -> Bool {
    guard isWorth(Self.workLimits.field, at: draw) else { return false }
    let trials = FieldTrials([self], draws: [draw], options: options, roots: .formal, forward: nil)
    return trials.outcome().differs
  }

  private func differsInValues(at draw: Draw) -> Bool {
    guard isWorth(Self.workLimits.values, at: draw) else { return false }
    let symbols = TensorExpression.symbols(of: [left, right])
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

  private func isWorth(_ work: Int, at draw: Draw) -> Bool {
    let memory = EvaluationLimits.current.memory
    let needed = try? WorkEstimate(of: [left, right], sizes: draw.sizes, memory: memory)
    return needed.map { $0.peakBytes <= memory && $0.work <= work } ?? false
  }
}
