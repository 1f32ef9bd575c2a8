import Evaluation
import ExpressionLanguage
import Judging
import TensorExpressions

/// The slips that numbers at one point cannot show: made in the true gradient's formula, they give the same values
/// there and others elsewhere.
struct UnseenSlips {
  let program: Program
  /// The options at the point.
  let options: CheckOptions

  /// The most slips that are tried.
  private static let limit = 200

  /// One sentence; nil where every slip that was tried would be seen.
  func sentence(of exact: TensorExpression) -> String? {
    var elsewhere = options
    elsewhere.givenValues = [:]
    elsewhere.isAtOnePoint = false
    guard let other = try? DrawPlan(program: program, options: elsewhere).draws().first else {
      return nil
    }
    let here = Draw(sizes: options.sizes, seed: options.seed, given: options.givenValues)
    let candidates = self.candidates(exact)
    let unseen = agreeing(candidates, with: exact, at: here)
    let same = Set(agreeing(unseen, with: exact, at: other).map(\.expression))
    var told: [Cause.Kind] = []
    var words: [String] = []
    for candidate in unseen where !same.contains(candidate.expression) {
      guard !told.contains(candidate.kind) else { continue }
      told.append(candidate.kind)
      words.append("\(candidate.kind.rawValue) (\(candidate.detail()))")
    }
    return words.isEmpty
      ? nil : "not to be seen at this point: " + words.joined(separator: ", ")
  }

  private func candidates(_ exact: TensorExpression) -> [Candidate] {
    let formula = exact.unnamed
    let region = ClaimRegion(formula) { $0.name != nil }
    let text = { (expression: TensorExpression) in expression.formulaText }
    // Exchanges and reversals undo themselves: made in the true formula they are the slip.
    let undoing: Set<Cause.Kind> = [.transpose, .flip, .channel]
    let exchanges = AccessEdits(region: region, text: text).candidates()
      .filter { undoing.contains($0.kind) }
    let all = exchanges + FormulaEdits(region: region, text: text).candidates()
    return Array(all.filter { $0.expression.shape == formula.shape }.prefix(Self.limit))
  }

  private func agreeing(
    _ candidates: [Candidate], with exact: TensorExpression, at draw: Draw
  ) -> [Candidate] {
    let snapshots = FieldSnapshot.taken(
      of: [exact], and: candidates.map(\.expression), at: draw, options: options)
    return candidates.filter { candidate in
      snapshots.contains { $0.agree(candidate.expression, exact) }
    }
  }
}
