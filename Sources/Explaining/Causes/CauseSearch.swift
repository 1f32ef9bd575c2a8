import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Notation
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
  ///
  /// - Parameter witness: a draw that shows the difference, where the first ones may not.
  /// - Parameter mayDescribe: whether the places that differ will do, where no slip is found.
  func cause(
    of side: ClaimExpressions, truth: [TensorExpression: TensorExpression], witness: Draw? = nil,
    mayDescribe: Bool
  ) -> Cause? {
    guard let claimed = side.claimed, case .success(let right) = side.claim.claimed else {
      return nil
    }
    let equation = Equation(side.exact, claimed)
    if let scaling = scaling(of: equation, witness) { return scaling }
    let candidates = self.candidates(for: side, right: right).map { candidate in
      Completed(
        candidate: candidate,
        expression: candidate.target == .truth
          ? candidate.expression.replacing(truth) : candidate.expression)
    }
    for draw in draws + (witness.map { [$0] } ?? []) {
      let others = otherCotangents(like: side.exact)
      let snapshots = FieldSnapshot.taken(
        of: [side.exact, claimed], and: candidates.map(\.expression) + others.map(\.cotangent),
        at: draw, options: options)
      guard let relations = relations(of: equation, snapshots.first, draw) else { continue }
      func slip(_ target: Candidate.Target) -> Cause? {
        let goal = target == .truth ? side.exact : claimed
        let found = candidates.first { completed in
          completed.candidate.target == target
            && snapshots.contains { $0.agree(completed.expression, goal) }
            && isConfirmed(Equation(completed.expression, goal), witness)
        }
        return found.map(cause)
      }
      let other = others.first { other in
        snapshots.contains { $0.agree(other.cotangent, claimed) }
          && isConfirmed(Equation(other.cotangent, claimed), witness)
      }
      return slip(.truth)
        ?? other.map { other in
          Cause(
            .activationInput,
            "this is `d\(other.name)`, the gradient by `\(other.name)`, not by `\(side.claim.name.dropFirst())`"
          )
        } ?? slip(.claim) ?? relations.rearrangements()
        ?? enclosedCause(candidates, equation, draw: draw)
        ?? (mayDescribe ? relations.places() : nil)
    }
    return nil
  }

  /// A candidate with the true gradients put in.
  private struct Completed {
    let candidate: Candidate
    let expression: TensorExpression
  }

  private func cause(_ completed: Completed) -> Cause {
    Cause(completed.candidate.kind, completed.candidate.detail())
  }

  /// A sign, a factor, a mean for a sum: what shows where the sizes are unlike the constants of formulas.
  private func scaling(of equation: Equation, _ witness: Draw?) -> Cause? {
    let explaining = DrawPlan(program: program, options: options).explainingDraws
    for draw in [explaining.first, draws.first, witness].compactMap({ $0 }) {
      guard let relations = relations(of: equation, at: draw) else { continue }
      guard let cause = cause(relations, equation, explaining) else { return nil }
      // What explains one cell may be an accident of its masks.
      let further =
        FieldTrials.dependsOnCells([equation.left, equation.right])
        ? (1...3).map { draw.sibling($0) } : []
      let isConfirmed = further.allSatisfy { sibling in
        guard let other = self.relations(of: equation, at: sibling) else { return true }
        return other.isAllZero == relations.isAllZero
          && other.scaling?.ratio == relations.scaling?.ratio
          && (other.counted() == nil) == (relations.counted() == nil)
      }
      if isConfirmed { return cause }
    }
    return nil
  }

  /// What the values at a draw say of the whole: by what every entry is off, in words that hold at other sizes.
  private func cause(
    _ relations: ValueRelations, _ equation: Equation, _ explaining: [Draw]
  ) -> Cause? {
    if relations.isAllZero { return Cause(.missingTerm, "the whole gradient is given as zero") }
    guard let scaling = relations.scaling else { return relations.counted() }
    let others = explaining.filter { $0.sizes != relations.sizes }.lazy
      .compactMap { self.relations(of: equation, at: $0)?.scaling }
    if let named = SizeRatios(first: scaling, second: others.first).cause { return named }
    // The number is another one at other sizes.
    let own = draws.first.flatMap { self.relations(of: equation, at: $0)?.scaling }
    return own.map { SizeRatios.constant($0.ratio, at: $0.sizes) }
  }

  private func relations(of equation: Equation, at draw: Draw) -> ValueRelations? {
    let snapshot = FieldSnapshot.taken(
      of: [equation.left, equation.right], and: [], at: draw, options: options
    ).first
    return relations(of: equation, snapshot, draw)
  }

  private func relations(
    of equation: Equation, _ snapshot: FieldSnapshot?, _ draw: Draw
  ) -> ValueRelations? {
    guard let snapshot, let e = snapshot.values[equation.left],
      let c = snapshot.values[equation.right], e.elements != c.elements
    else { return nil }
    return ValueRelations(
      exact: e, claimed: c, field: snapshot.field, sizes: draw.sizes, shape: equation.left.shape,
      contraction: equation.left.unnamed.asContraction)
  }

  /// Whether a match at the file's sizes holds at others as well.
  private func isConfirmed(_ equation: Equation, _ witness: Draw?) -> Bool {
    let further =
      FieldTrials.dependsOnCells([equation.left, equation.right])
      ? (1...2).compactMap { number in witness.map { $0.sibling(number) } } : []
    let explaining = DrawPlan(program: program, options: options).explainingDraw
    return ([explaining].compactMap { $0 } + further).allSatisfy { draw in
      !equation.differsInField(at: draw, options: options)
    }
  }

  /// The slip that explains a claim with functions whose laws a field does not know.
  private func enclosedCause(
    _ candidates: [Completed], _ equation: Equation, draw: Draw
  ) -> Cause? {
    let (exact, claimed) = (equation.left, equation.right)
    guard FunctionProfile(of: [exact, claimed]).refusalsProveNothing,
      let snapshot = EnclosedSnapshot(
        [exact, claimed] + candidates.prefix(Self.enclosedLimit).map(\.expression), at: draw)
    else { return nil }
    let found = candidates.first { completed in
      snapshot.agree(
        completed.expression, completed.candidate.target == .truth ? exact : claimed)
    }
    return found.map(cause)
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

  /// The file's own sizes, and others where those cannot show the difference.
  private var draws: [Draw] {
    let plan = DrawPlan(program: program, options: options)
    return [(try? plan.draws())?.first, plan.explainingDraw].compactMap { $0 }
  }

  private var knownNames: Set<String> {
    let names = (program.declarations.map(\.symbol) + program.values.map(\.value)).compactMap(
      \.name)
    return Set(names + names.map { "d" + $0 })
  }

  /// The formula with what the file has no names for written out.
  private func spelledOut(_ formula: TensorExpression) -> TensorExpression {
    let known = knownNames
    return TensorExpression.rebuilding([formula]) { node in
      guard case .named(let name, let value) = node.kind, !known.contains(name) else { return node }
      return value
    }[0]
  }

  private func text(_ expression: TensorExpression) -> String {
    let text = spelledOut(expression).formulaText
    return text.count > 60 ? text.prefix(57) + "…" : text
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
    TensorExpression.postorder(of: program.output?.values ?? [])
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
      guard let terms = node.asTerms else { continue }
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
