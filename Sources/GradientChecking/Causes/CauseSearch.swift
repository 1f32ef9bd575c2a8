import Derivation
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Finds the slip that explains a wrong claim, by evaluating a catalogue of slips exactly: one that matches entry by
/// entry at random points of a prime field is the cause.
struct CauseSearch {
  let program: Program
  let cotangents: [TensorExpression: TensorExpression]
  let options: CheckOptions

  /// The most slips of one claim that are tried.
  private static let limit = 600
  /// The most that are evaluated in intervals, which are a hundred times slower.
  private static let enclosedLimit = 150

  /// The cause of a claim that was refuted; nil when no slip of the catalogue explains every entry.
  func cause(of side: ClaimExpressions, truth: [TensorExpression: TensorExpression]) -> Cause? {
    guard let claimed = side.claimed, case .success(let right) = side.claim.claimed else {
      return nil
    }
    let candidates = self.candidates(for: side, right: right)
    let completed = candidates.map { candidate in
      candidate.target == Candidate.Target.truth
        ? candidate.expression.replacing(truth) : candidate.expression
    }
    let others = otherCotangents(like: side.exact)
    for draw in draws {
      let snapshots = FieldSnapshot.taken(
        of: [side.exact, claimed], and: completed + others.map(\.cotangent), at: draw,
        options: options)
      guard let first = snapshots.first, let e = first.values[side.exact],
        let c = first.values[claimed], e.elements != c.elements
      else { continue }
      let relations = ValueRelations(
        exact: e, claimed: c, field: first.field, sizes: draw.sizes, shape: side.exact.shape,
        contraction: side.exact.unnamed.asContraction)
      if let scaling = relations.scalings() ?? relations.counted() { return scaling }
      if let other = others.first(where: { first.values[$0.cotangent]?.elements == c.elements }) {
        return Cause(
          .activationInput,
          "this is `d\(other.name)`, the gradient by `\(other.name)`, not by `\(side.claim.name.dropFirst())`"
        )
      }
      for (candidate, expression) in zip(candidates, completed) {
        let goal = candidate.target == .truth ? side.exact : claimed
        let matches = snapshots.contains { snapshot in
          guard let value = snapshot.values[expression], let wanted = snapshot.values[goal] else {
            return false
          }
          return value.elements == wanted.elements
        }
        if matches {
          return Cause(candidate.kind, candidate.detail, repair: repairText(candidate))
        }
      }
      return relations.rearrangements()
        ?? enclosedCause(candidates, completed, exact: side.exact, claimed: claimed, draw: draw)
        ?? relations.places()
    }
    return nil
  }

  /// The slip that explains a claim with functions whose laws a field does not know.
  private func enclosedCause(
    _ candidates: [Candidate], _ completed: [TensorExpression], exact: TensorExpression,
    claimed: TensorExpression, draw: Draw
  ) -> Cause? {
    guard FunctionProfile(of: [exact, claimed]).refusalsProveNothing,
      let snapshot = EnclosedSnapshot(
        [exact, claimed] + completed.prefix(Self.enclosedLimit), at: draw)
    else { return nil }
    for (candidate, expression) in zip(candidates, completed) {
      let goal = candidate.target == Candidate.Target.truth ? exact : claimed
      if snapshot.agree(expression, goal) {
        return Cause(candidate.kind, candidate.detail, repair: repairText(candidate))
      }
    }
    return nil
  }

  private func candidates(for side: ClaimExpressions, right: TensorExpression) -> [Candidate] {
    let claimRegion = ClaimRegion(right, stoppingAt: isForward)
    let formula = side.exact.unnamed
    let formulaRegion = ClaimRegion(formula) { $0.name != nil }
    let functions = FunctionEdits(
      region: claimRegion, values: forwardValues, functionsOf: functionsOf, epsilons: epsilons,
      text: text)
    let all =
      functions.candidates() + AccessEdits(region: claimRegion, text: text).candidates()
      + FormulaEdits(region: formulaRegion, text: text).candidates()
    return Array(all.filter { $0.expression.shape == side.exact.shape }.prefix(Self.limit))
  }

  /// Sizes that tell constants from extents, where the file's shapes allow such, and the file's own.
  private var draws: [Draw] {
    let plan = DrawPlan(program: program, options: options)
    return [plan.explainingDraw, (try? plan.draws())?.first].compactMap { $0 }
  }

  private func text(_ expression: TensorExpression) -> String {
    let text = expression.formulaText
    return text.count > 60 ? text.prefix(57) + "…" : text
  }

  private func repairText(_ candidate: Candidate) -> String? {
    guard let repair = candidate.repair else { return nil }
    let simple = Simplifier(facts: program.facts).simplified(repair)
    return simple.formulaText
  }

  // MARK: The forward pass

  private func isForward(_ node: TensorExpression) -> Bool {
    guard case .named = node.kind else { return false }
    return forwardSet.contains(node)
  }

  private var forwardSet: Set<TensorExpression> { Set(forwardValues) }

  private var forwardValues: [TensorExpression] {
    program.declarations.map(\.symbol) + program.values.filter { !$0.isBackward }.map(\.value)
  }

  private var forwardNodes: [TensorExpression] {
    program.output.map { TensorExpression.postorder(of: [$0.value]) } ?? []
  }

  private var functionsOf: [TensorExpression: [TensorExpression]] {
    var result: [TensorExpression: [TensorExpression]] = [:]
    for node in forwardNodes {
      if case .elementwise(_, let operands) = node.kind, operands.count == 1,
        operands[0].name != nil
      {
        result[operands[0], default: []].append(node)
      }
    }
    return result
  }

  private var epsilons: [Rational] {
    var result: Set<Rational> = []
    for node in forwardNodes {
      guard case .sum(let terms) = node.kind else { continue }
      for term in terms {
        if let value = term.asConstant?.asRational, value.signum() > 0, value < Rational(1, 100) {
          result.insert(value)
        }
      }
    }
    return result.sorted()
  }

  private func otherCotangents(
    like exact: TensorExpression
  ) -> [(name: String, cotangent: TensorExpression)] {
    cotangents.compactMap { primal, cotangent in
      guard let name = primal.name, cotangent !== exact, cotangent.shape == exact.shape else {
        return nil
      }
      return (name, cotangent)
    }.sorted { $0.name < $1.name }
  }
}
