import Evaluation
import Explaining
import Judging
import Notation
import Scalars
import TensorExpressions

extension GradientCase {
  /// The slip that explains every entry of a wrong gradient: a factor, or a change of the true formula that gives
  /// the computed numbers.
  func cause(of failure: GradientFailure<Comparison>) -> String? {
    guard let formula = gradients.first(where: { $0.name == failure.name })?.formula,
      !failure.computed.isEmpty,
      let truth = try? comparison.truths(of: [formula], at: point)[0]
    else { return nil }
    if let factor = factor(truth, failure.computed) { return factor }
    for (kind, detail, expression) in slips(in: formula.unnamed) {
      guard let values = try? comparison.truths(of: [expression], at: point)[0],
        matches(values, failure.computed)
      else { continue }
      return "\(kind.rawValue): \(detail())"
    }
    return nil
  }

  /// Whether the computed numbers can be these values, which must not all be zero: nothing would be explained then.
  private func matches(_ values: [Comparison.Truth], _ computed: [Comparison.Number]) -> Bool {
    values.count == computed.count
      && zip(values, computed).allSatisfy {
        comparison.isJudged($0) && !comparison.differs($0, $1)
      }
  }

  private func factor(_ truth: [Comparison.Truth], _ computed: [Comparison.Number]) -> String? {
    func fits(_ factor: Rational) -> Bool {
      matches(truth.map { comparison.scaled($0, by: factor) }, computed)
    }
    if fits(0) { return "missing term: every entry is zero" }
    if fits(-1) { return "sign: every entry has the opposite sign" }
    for (name, size) in allSizes.sorted(by: { $0.key < $1.key }) where size > 1 {
      if fits(Rational(1, size)) {
        return "factor: every entry is 1/\(name) of the true one: a mean over \(name) for a sum"
      }
      if fits(Rational(size)) {
        return "factor: every entry is \(name) times the true one: a sum over \(name) for a mean"
      }
    }
    for factor in [Rational(2), Rational(1, 2), Rational(3), Rational(1, 3), 4, Rational(1, 4)]
    where fits(factor) {
      return "factor: every entry is exactly \(factor) × the true one"
    }
    return nil
  }

  private func slips(
    in formula: TensorExpression
  ) -> [(kind: Cause.Kind, detail: () -> String, expression: TensorExpression)] {
    let region = ClaimRegion(formula) { $0.name != nil }
    let text = { (expression: TensorExpression) in expression.formulaText }
    let formulaSlips = FormulaEdits(region: region, text: text).candidates()
      .map { ($0.kind, $0.detail, $0.expression) }
    // Exchanges and reversals undo themselves: made in the true formula they are the slip.
    let undoing: Set<Cause.Kind> = [.transpose, .flip, .channel]
    let accessSlips = AccessEdits(region: region, text: text).candidates()
      .filter { undoing.contains($0.kind) }.map { ($0.kind, $0.detail, $0.expression) }
    return Array((accessSlips + formulaSlips).filter { $0.2.shape == formula.shape }.prefix(400))
  }
}
