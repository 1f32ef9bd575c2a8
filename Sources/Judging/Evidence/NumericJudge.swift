import Evaluation
import Scalars
import TensorExpressions

/// Decides equations by exact evaluation at random points: in prime fields first, which is fast and refuses
/// nearly every difference; then over the rationals or in intervals, which give the values to show.
package struct NumericJudge {
  package let options: CheckOptions
  package let draws: [Draw]
  private let equations: [Equation]
  /// The forward pass, by whose functions kinks are named.
  private let forward: TensorExpression?
  /// Whether some trial may compare values along random vectors only.
  private let mayProject: Bool

  package init(
    _ equations: [Equation], draws: [Draw], options: CheckOptions, forward: TensorExpression? = nil
  ) {
    self.forward = forward
    self.equations = equations
    self.draws = draws
    self.options = options
    let trials = FieldTrials(
      equations, draws: draws, options: options, roots: .formal, forward: forward)
    mayProject = draws.contains { trials.isLarge($0) }
  }

  /// What was found of each equation.
  package struct Findings {
    package var equalities: [Equality]
    /// The draws that show the differences; nil where there is none, or where only values show it.
    package var witnesses: [Draw?]
    /// The draws that were made beyond those planned, for masks that these showed from one side.
    var further: [Draw] = []
    /// The masks of which one side was never seen, where it matters.
    var unseen: [String] = []
  }

  /// One verdict for each equation.
  ///
  /// All are evaluated together first, since they share most of their parts; what that leaves open is judged alone. What
  /// holds on the cells of the draws only, and not with formal masks, is looked at on further cells.
  ///
  /// - Parameter proved: which equations are proved as formulas, in order; those after its end are not.
  package func judged(knowing proved: [Bool] = []) -> Findings {
    if equations.isEmpty { return Findings(equalities: [], witnesses: []) }
    let (outcomes, records) = outcomes(knowing: proved)
    let settled = zip(equations, outcomes).map { settle($0, $1) }
    var findings = Findings(equalities: settled.map(\.equality), witnesses: settled.map(\.witness))
    let open = openEquations(findings, proved)
    let exact = open.filter { findings.equalities[$0].isIdentical }
    look(at: exact, on: CellCoverage.Effort.fields, records, &findings)
    look(at: open.filter { !exact.contains($0) }, on: .intervals, records, &findings)
    return findings
  }

  /// What the trials show of each equation, and how masks fell in those of equations that are open.
  ///
  /// Trials of what is proved only watch over the prover, for which one is enough at sizes at which each takes a while:
  /// it misses an error with a probability of its degree over 2⁶⁰.
  private func outcomes(
    knowing proved: [Bool]
  ) -> (found: [FieldTrials.Outcome], masks: [MaskRecord]) {
    let whole = trials(equations, draws, .formal)
    let known = equations.indices.filter { proved.indices.contains($0) && proved[$0] }
    var seen: Set<[String: Int]> = []
    let watched = draws.filter { seen.insert($0.sizes).inserted || !whole.isLarge($0) }
    if known.isEmpty || watched.count == draws.count { return whole.outcomes() }
    let open = equations.indices.filter { !known.contains($0) }
    var found = Array(repeating: FieldTrials.Outcome.agrees, count: equations.count)
    var masks: [MaskRecord] = []
    for (numbers, draws) in [(known, watched), (open, draws)] where !numbers.isEmpty {
      let outcomes = trials(numbers.map { equations[$0] }, draws, .formal).outcomes()
      for (number, outcome) in zip(numbers, outcomes.found) { found[number] = outcome }
      masks = outcomes.masks
    }
    return (found, masks)
  }

  /// Judges some equations on further cells.
  private func look(
    at numbers: [Int], on effort: CellCoverage.Effort, _ records: [MaskRecord],
    _ findings: inout Findings
  ) {
    if numbers.isEmpty { return }
    let own = numbers.map { equations[$0] }
    let plan = CellCoverage(own, options: options, effort: effort)
      .plan(beyond: draws, records: records)
    findings.further += plan.draws
    defer {
      // What is refuted needs no further look.
      if numbers.contains(where: { findings.equalities[$0].holds }) {
        findings.unseen += plan.unseen.filter { !findings.unseen.contains($0) }
      }
    }
    if plan.draws.isEmpty { return }
    let judge = NumericJudge(own, draws: plan.draws, options: options, forward: forward)
    let outcomes = judge.trials(own, plan.draws, .formal).outcomes().found
    for (k, i) in numbers.enumerated() {
      let (equality, witness) = judge.settle(own[k], outcomes[k])
      findings.equalities[i] = findings.equalities[i].confirmed(by: equality)
      findings.witnesses[i] = witness
    }
  }

  /// The equations that were found to hold, but only on the cells that were seen.
  private func openEquations(_ findings: Findings, _ proved: [Bool]) -> [Int] {
    let holding = equations.indices.filter { i in
      !(proved.indices.contains(i) && proved[i]) && findings.equalities[i].holds
        && equations[i].left !== equations[i].right
        && FieldTrials.dependsOnCells([equations[i].left, equations[i].right])
    }
    if holding.isEmpty { return [] }
    func rest(_ numbers: [Int], _ roots: RootModel) -> [Int] {
      let agree = trials(numbers.map { equations[$0] }, draws, roots).agreementsOnAllCells()
      return zip(numbers, agree).filter { !$0.1 }.map(\.0)
    }
    let open = rest(holding, .formal)
    let rooted = open.filter {
      FunctionProfile(of: [equations[$0].left, equations[$0].right]).hasRoots
    }
    // The real values have told √u from −√u already.
    let closed = Set(rooted).subtracting(rooted.isEmpty ? [] : rest(rooted, .principal))
    return open.filter { !closed.contains($0) }
  }

  private func trials(
    _ equations: [Equation], _ draws: [Draw], _ roots: RootModel
  ) -> FieldTrials {
    FieldTrials(equations, draws: draws, options: options, roots: roots, forward: forward)
  }

  /// The verdict on an outcome, with the draw that shows a difference.
  private func settle(
    _ equation: Equation, _ outcome: FieldTrials.Outcome
  ) -> (equality: Equality, witness: Draw?) {
    switch outcome {
    case .agrees: return (accepted(equation), nil)
    case .kink(let finding): return (.kink(finding), nil)
    case .differs(let witness): return settledByValues(equation, witness, fieldFailure: nil)
    case .failed(let why):
      if equations.count == 1 { return settledByValues(equation, nil, fieldFailure: why) }
      // What the others cannot evaluate must not stand in this one's way.
      return NumericJudge([equation], draws: draws, options: options, forward: forward)
        .settle(equation, trials([equation], draws, .formal).outcomes().found[0])
    }
  }

  /// What an agreement in every field means.
  private func accepted(_ equation: Equation) -> Equality {
    var degrees = FormalDegree()
    // Where values are large, they are compared along random vectors; see `RandomProjection`.
    let degree =
      degrees.ofDifference(equation.left, equation.right)
      + (mayProject ? Double(equation.left.shape.count) : 0)
    // All first primes of the chains are above 2⁶⁰; exponents live modulo primes above 2⁵⁸.
    let isExponential = FunctionProfile(of: [equation.left, equation.right]).exponentialDepth > 0
    let bits = (isExponential ? 58.0 : 60.0) - degree.logarithm
    return .identical(
      FieldEvidence(
        trials: draws.count, sizes: draws.map(\.sizes),
        falseAcceptBits: -Double(draws.count) * max(0, bits)))
  }

  /// Whether the sides agree in fields in which roots have their law, which they have up to their signs.
  private func agreesWithPrincipalRoots(_ equation: Equation) -> Bool {
    guard FunctionProfile(of: [equation.left, equation.right]).hasRoots else { return false }
    if case .agrees = trials([equation], draws, .principal).outcomes().found[0] { return true }
    return false
  }

  /// Compares values, at every draw and at the one that showed a difference: exactly where they are rational, else in
  /// intervals.
  private func settledByValues(
    _ equation: Equation, _ witness: Draw?, fieldFailure: String?
  ) -> (equality: Equality, witness: Draw?) {
    var enclosures: [IntervalEvidence] = []
    var failure = fieldFailure
    let symbols = TensorExpression.symbols(of: [equation.left, equation.right])
    for draw in draws + (witness.map { [$0] } ?? []) {
      attempts: for attempt in 0..<4 {
        do {
          let point = try draw.rationalPoint(for: symbols, attempt: attempt)
          switch try ValueComparison(point: point, precisionLimit: options.precisionLimit)
            .compare(equation)
          {
          case .different(let difference):
            return (.different(difference), draw.fixed(to: symbols, attempt: attempt))
          case .equal: break
          case .enclosed(let precision, let bits):
            enclosures.append(IntervalEvidence(points: 1, precision: precision, widthBits: bits))
          case .undecided(let why): failure = why
          }
          break attempts
        } catch {
          failure = error.message
        }
      }
    }
    guard enclosures.count >= draws.count else {
      return (
        .undecided(
          failure ?? "the sides differ in a prime field but agree at every rational point tried"),
        witness
      )
    }
    // The real values have told √u from −√u already.
    if agreesWithPrincipalRoots(equation) { return (accepted(equation), nil) }
    return (
      .enclosed(
        IntervalEvidence(
          points: enclosures.count, precision: enclosures.map(\.precision).max() ?? 0,
          widthBits: enclosures.map(\.widthBits).max() ?? 0)), nil
    )
  }
}

extension Double {
  /// The base-2 logarithm, rounded up by at most 1, of a number of at least 1.
  var logarithm: Double { Double(exponent) + 1 }
}
