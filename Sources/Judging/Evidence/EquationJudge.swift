import Derivation
import Evaluation
import Scalars
import TensorExpressions

/// Decides one equation, within the limits of the scope.
package struct EquationJudge {
  let equation: Equation
  let isProved: Bool
  let draws: [Draw]
  let options: CheckOptions
  /// The forward pass, by whose functions kinks are named.
  let forward: TensorExpression?
  /// A draw at sizes at which evaluating takes little, where the shapes allow them.
  let smallDraw: () -> Draw?

  init(
    _ equation: Equation, isProved: Bool, draws: [Draw], options: CheckOptions,
    forward: TensorExpression?, smallDraw: @escaping () -> Draw? = { nil }
  ) {
    self.equation = isProved ? equation : equation.withMagnitudes
    self.isProved = isProved
    self.draws = isProved ? draws : draws.showingComponents(of: equation)
    self.options = options
    self.forward = forward
    self.smallDraw = smallDraw
  }

  /// What was found.
  package struct Finding {
    package var equality: Equality
    /// The draw that shows the difference; nil where there is none, or where only values show it.
    package var witness: Draw?
  }

  var sides: [TensorExpression] { [equation.left, equation.right] }

  /// The verdict. What holds at the draws is decided on all cells.
  ///
  /// - Parameter sightings: by draw, what was seen already.
  func judged(knowing sightings: [FieldTrials.Sighting?] = []) -> Finding {
    var finding = settle(trials(draws, .formal).outcome(knowing: sightings))
    if isProved { return finding }
    var bound = AcceptBound(equation)
    if finding.equality.holds, let first = draws.first, !bound.coversComponents(draws) {
      finding.equality = .undecided(bound.refusal(at: first))
    }
    if finding.equality.holds, equation.left !== equation.right,
      FieldTrials.dependsOnCells(sides)
    {
      finding = decidedOnAllCells(finding)
    }
    if finding.equality.isIdentical { confirm(&finding) }
    return finding
  }

  func trials(_ draws: [Draw], _ roots: RootModel) -> FieldTrials {
    FieldTrials([equation], draws: draws, options: options, roots: roots, forward: forward)
  }

  /// What an equation that holds at the draws comes to on all cells.
  private func decidedOnAllCells(_ finding: Finding) -> Finding {
    let found = decidedOffBorders(finding)
    guard found.equality.holds, let view = DataView(equation, forward: forward) else {
      return found
    }
    return decidedOnBorders(found, view)
  }

  /// What an equation that holds inside of all cells comes to where declared tensors lie on borders of masks.
  private func decidedOnBorders(_ found: Finding, _ view: DataView) -> Finding {
    let taken = draws.map(view.taking)
    let all = FieldTrials(
      [view.equation], draws: taken, options: options, roots: .formal, forward: nil)
    if !sides.divideOnCells, all.maskCountWhereFormal() != nil { return found }
    switch MaskDecision(view, draws: taken, options: options).decided() {
    case .differs(let difference, let draw):
      return Finding(equality: .different(difference), witness: view.original(draw))
    case .undecided(let why): return Finding(equality: found.equality.unseen(why))
    case .holds, .enclosed, .kink: return found
    }
  }

  private func decidedOffBorders(_ finding: Finding) -> Finding {
    let hasRoots = FunctionProfile(of: sides).hasRoots
    // The real values have told √u from −√u already.
    // As formulas m·(1/m) and 1 are one, and not where the mask m is 0.
    let models: [RootModel] =
      sides.divideOnCells ? [] : hasRoots ? [.formal, .principal] : [.formal]
    for roots in models {
      if let count = trials(draws, roots).maskCountWhereFormal() {
        return Finding(equality: finding.equality.decided(MaskEvidence(masks: count)))
      }
    }
    let ties = DataTies(equation, draws: draws, options: options, forward: forward)
    if let found = ties.difference() { return found }
    let decision = MaskDecision(equation, draws: draws, options: options, forward: forward)
    switch decision.decided() {
    case .holds(let evidence): return Finding(equality: finding.equality.decided(evidence))
    case .enclosed(let interval, let evidence):
      // On some cell the sides differ as formulas, and met at the points that were looked at.
      if let refusal = refusalBeyondSight { return refusal }
      return Finding(
        equality: finding.equality.confirmed(by: .enclosed(interval)).decided(evidence))
    case .differs(let difference, let draw):
      return Finding(equality: .different(difference), witness: draw)
    case .kink(let kink): return Finding(equality: .kink(kink))
    case .undecided(let why): return Finding(equality: .undecided(why))
    }
  }

  /// Where formulas that differ have different values: the point that shows it, or that none was seen. Nil where some
  /// function has no law in a field, so that formulas may differ and have the same values.
  private var refusalBeyondSight: Finding? {
    guard FunctionProfile(of: sides).refusalIsProof else { return nil }
    return TransitionSearch(equation, draws: draws, options: options).difference()
      ?? Finding(equality: .undecided(Self.beyondSight))
  }

  private static let beyondSight =
    "the sides differ as formulas, by less than could be seen at any point tried"

  /// The verdict on an outcome, with the draw that shows a difference.
  private func settle(_ outcome: FieldTrials.Outcome) -> Finding {
    switch outcome {
    case .agrees: accepted(roots: .formal)
    case .kink(let finding): Finding(equality: .kink(finding))
    case .differs(let witness): settledByValues(witness, fieldFailure: nil)
    case .failed(let why): settledByValues(nil, fieldFailure: why)
    }
  }
}

// MARK: - Bounds

extension EquationJudge {
  /// A false accept is to be less likely than 2 to this power.
  private static let wantedBits = -61.0
  /// The most draws that are made for it.
  private static let mostDraws = 24

  /// What an agreement at every draw means: with as many more as bring the probability of a false accept below 2⁻⁶⁰.
  func accepted(roots: RootModel) -> Finding {
    if isProved {
      return Finding(
        equality: .identical(
          FieldEvidence(trials: draws.count, sizes: draws.map(\.sizes), falseAcceptBits: 0)))
    }
    var bound = AcceptBound(equation)
    var made = draws
    var bits = made.reduce(0) { $0 + bound.bits(at: $1) }
    let isEnough = { [bound] (bits: Double, made: [Draw]) in
      bits <= Self.wantedBits && bound.coversComponents(made)
    }
    if !isEnough(bits, made),
      let base = draws.min(by: { $0.work(of: sides) < $1.work(of: sides) })
    {
      var further: [Draw] = []
      while !isEnough(bits, made), made.count < Self.mostDraws {
        further.append(base.sibling(Self.firstFurther + made.count))
        made.append(further[further.count - 1])
        bits += bound.bits(at: base)
      }
      guard isEnough(bits, made) else {
        return Finding(equality: .undecided(bound.refusal(at: base)))
      }
      switch trials(further, roots).outcome() {
      case .agrees: break
      case .kink(let finding): return Finding(equality: .kink(finding))
      case .differs(let witness): return settledByValues(witness, fieldFailure: nil)
      case .failed(let why): return Finding(equality: .undecided(why))
      }
    }
    return Finding(
      equality: .identical(
        FieldEvidence(trials: made.count, sizes: made.map(\.sizes), falseAcceptBits: bits)))
  }

  /// The siblings of a draw from this number on serve nothing else.
  private static let firstFurther = 1 << 20
}

// MARK: - Real values

extension EquationJudge {
  private static let attempts = 24

  /// Looks at a point of real numbers, at the cheapest sizes: what has no value there, or another one, is no identity.
  private func confirm(_ finding: inout Finding) {
    let own = Set(draws.map(\.sizes))
    let all = draws + (smallDraw().map { [$0] } ?? [])
    let ordered = all.sorted { $0.work(of: sides) < $1.work(of: sides) }
    var failure = "no point was found at which both sides have a value"
    for draw in ordered.prefix(2) {
      switch EvaluationLimits.current.own.value({ confirmation(at: draw) }) {
      case .success(let difference?):
        // Other sizes than the file's decide nothing.
        guard own.contains(draw.sizes) else { continue }
        finding = difference
        return
      case .success(nil): return
      case .failure(let error): failure = error.message
      }
    }
    // What has a value everywhere needs no point that shows it.
    if FunctionProfile(of: sides).hasPartialFunctions {
      finding = Finding(equality: .undecided(failure))
    }
  }

  /// What the first point at which there are values shows: nothing where the sides meet.
  private func confirmation(at draw: Draw) -> Result<Finding?, EvaluationError> {
    let symbols = TensorExpression.symbols(of: sides + (forward.map { [$0] } ?? []))
    let domain = equation.isIdentity ? nil : forward.map { [$0] } ?? []
    var failure = EvaluationError.unboundSymbol("")
    for attempt in 0..<Self.attempts {
      do throws(EvaluationError) {
        let point = try draw.rationalPoint(for: symbols, attempt: attempt)
        let comparison = ValueComparison(point: point, precisionLimit: options.precisionLimit)
        switch comparison.confirmation(of: equation, where: domain) {
        case .meets: return .success(nil)
        case .different(let difference), .noValue(let difference):
          if isOnKink(point) { continue }
          return .success(
            Finding(
              equality: .different(difference),
              witness: draw.fixed(to: symbols, attempt: attempt)))
        case .open(let error): throw error
        }
      } catch {
        failure = error
        if !error.mayVanishElsewhere { break }
      }
    }
    return .failure(failure)
  }

  /// Whether a mask is on its border at a point, or its side is not known.
  private func isOnKink(_ point: EvaluationPoint<Rational>) -> Bool {
    guard FunctionProfile(of: sides).hasMasks else { return false }
    let record = try? MaskRecord.recording(
      sides, at: point, largestPrecision: options.precisionLimit)
    return record?.kinks.isEmpty != true
  }

  /// Whether the sides agree in fields in which roots have their law, which they have up to their signs.
  private var agreesWithPrincipalRoots: Bool {
    guard FunctionProfile(of: sides).hasRoots else { return false }
    if case .agrees = trials(draws, .principal).outcome() { return true }
    return false
  }

  /// Compares values, at every draw and at the one that showed a difference: exactly where they are rational, else in
  /// enclosures.
  private func settledByValues(_ witness: Draw?, fieldFailure: String?) -> Finding {
    var enclosures: [IntervalEvidence] = []
    var failure = fieldFailure
    var kink: KinkFinding?
    let ties = TieSides(equation: equation, options: options, forward: forward)
    let symbols = TensorExpression.symbols(of: sides)
    // A proof holds at all sizes: values are held against it where they take little.
    let all = draws + (witness.map { [$0] } ?? [])
    let looked = isProved ? smallDraw().map { [$0] } ?? Array(draws.prefix(1)) : all
    for draw in looked {
      attempts: for attempt in 0..<Self.attempts {
        do {
          let point = try draw.rationalPoint(for: symbols, attempt: attempt)
          switch try ValueComparison(point: point, precisionLimit: options.precisionLimit)
            .compare(equation)
          {
          case .different(let difference):
            guard let found = ties.kink(at: point) else {
              return Finding(
                equality: .different(difference),
                witness: draw.fixed(to: symbols, attempt: attempt))
            }
            kink = kink ?? found
          case .equal: break
          case .enclosed(let precision, let bits):
            enclosures.append(IntervalEvidence(points: 1, precision: precision, widthBits: bits))
          case .undecided(let why): failure = why
          }
          break attempts
        } catch {
          failure = error.message
          if !error.mayVanishElsewhere { break attempts }
        }
      }
    }
    if let kink { return Finding(equality: .kink(kink)) }
    // The real values have told √u from −√u already.
    if enclosures.count >= draws.count, agreesWithPrincipalRoots {
      return accepted(roots: .principal)
    }
    let profile = FunctionProfile(of: sides)
    if profile.isTranscendental, !isProved,
      let found = TransitionSearch(equation, draws: draws, options: options).difference()
    {
      return found
    }
    if witness != nil, profile.refusalIsProof {
      return Finding(
        equality: .undecided(
          failure ?? Self.beyondSight),
        witness: witness)
    }
    guard enclosures.count >= min(looked.count, draws.count) else {
      return Finding(
        equality: .undecided(
          failure ?? "the sides differ in a prime field but agree at every rational point tried"),
        witness: witness)
    }
    return Finding(
      equality: .enclosed(
        IntervalEvidence(
          points: enclosures.count, precision: enclosures.map(\.precision).max() ?? 0,
          widthBits: enclosures.map(\.widthBits).max() ?? 0)))
  }
}
