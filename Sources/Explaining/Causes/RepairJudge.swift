import Derivation
import Judging
import Notation
import TensorExpressions

/// Offers a right side in place of a wrong one, once it has been judged right itself.
struct RepairJudge {
  private let search: CauseSearch

  /// A repair that is longer helps nobody.
  private static let longest = 160

  init(_ search: CauseSearch) {
    self.search = search
  }

  /// The repair that a candidate is, `completed` being its expression with the true gradients put in.
  func repair(
    _ candidate: Candidate, _ completed: TensorExpression, exact: TensorExpression
  ) -> Cause.Repair? {
    guard let repair = candidate.repair else { return derived(exact) }
    let simple = Simplifier(facts: search.program.facts).simplified(repair)
    guard let text = text(of: simple), let verdict = verdict(of: Equation(exact, completed)) else {
      return derived(exact)
    }
    return Cause.Repair(text: text, verdict: verdict)
  }

  /// The derived formula itself, where it is short.
  func derived(_ exact: TensorExpression) -> Cause.Repair? {
    // A formula that leans on names of parts, which the file does not have, helps nobody.
    guard exact.name != nil, search.knowsNames(in: exact.unnamed),
      let text = text(of: exact.unnamed)
    else { return nil }
    return Cause.Repair(text: text, verdict: "proved")
  }

  private func text(of formula: TensorExpression) -> String? {
    let text = formula.formulaText
    return text == TensorExpression.unprintable || text.count > Self.longest ? nil : text
  }

  private func verdict(of equation: Equation) -> String? {
    if Prover(facts: search.program.facts).proves(equation) { return "proved" }
    guard let draws = try? DrawPlan(program: search.program, options: search.options).draws() else {
      return nil
    }
    switch NumericJudge([equation], draws: draws, options: search.options).judged()[0].equality {
    case .identical: return "identical"
    case .enclosed: return "enclosed"
    case .different, .kink, .undecided: return nil
    }
  }
}
