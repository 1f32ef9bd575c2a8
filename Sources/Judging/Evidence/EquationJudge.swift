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

  init(
    _ equation: Equation, isProved: Bool, draws: [Draw], options: CheckOptions,
    forward: TensorExpression?
  ) {
    self.equation = equation
    self.isProved = isProved
    self.draws = draws
    self.options = options
    self.forward = forward
  }

  /// What was found.
  package struct Finding {
    package var equality: Equality
    /// The draw that shows the difference; nil where there is none, or where only values show it.
    package var witness: Draw?
  }

  private var sides: [TensorExpression] { [equation.left, equation.right] }

  /// The verdict. What holds at the draws is decided on all cells.
  ///
  /// - Parameter sightings: by draw, what was seen already.
  func judged(knowing sightings: [FieldTrials.Sighting?] = []) -> Finding {
    let finding = settle(trials(draws, .formal).outcome(knowing: sightings))
    guard !isProved, finding.equality.holds, equation.left !== equation.right,
      FieldTrials.dependsOnCells(sides)
    else { return finding }
    return decidedOnAllCells(finding)
  }

  private func trials(_ draws: [Draw], _ roots: RootModel) -> FieldTrials {
    FieldTrials([equation], draws: draws, options: options, roots: roots, forward: forward)
  }

  /// What an equation that holds at the draws comes to on all cells.
  private func decidedOnAllCells(_ finding: Finding) -> Finding {
    let hasRoots = FunctionProfile(of: sides).hasRoots
    // The real values have told √u from −√u already.
    for roots in hasRoots ? [RootModel.formal, .principal] : [.formal] {
      if let count = trials(draws, roots).maskCountWhereFormal() {
        return Finding(equality: finding.equality.decided(MaskEvidence(masks: count)))
      }
    }
    let decision = MaskDecision(equation, draws: draws, options: options, forward: forward)
    switch decision.decided() {
    case .holds(let evidence): return Finding(equality: finding.equality.decided(evidence))
    case .enclosed(let interval, let evidence):
      return Finding(
        equality: finding.equality.confirmed(by: .enclosed(interval)).decided(evidence))
    case .differs(let difference, let draw):
      return Finding(equality: .different(difference), witness: draw)
    case .kink(let kink): return Finding(equality: .kink(kink))
    case .undecided(let why): return Finding(equality: .undecided(why))
    }
  }
}

extension EquationJudge {
  /// The verdict on an outcome, with the draw that shows a difference.
  private func settle(_ outcome: FieldTrials.Outcome) -> Finding {
    switch outcome {
    case .agrees: Finding(equality: accepted)
    case .kink(let finding): Finding(equality: .kink(finding))
    case .differs(let witness): settledByValues(witness, fieldFailure: nil)
    case .failed(let why): settledByValues(nil, fieldFailure: why)
    }
  }

  /// What an agreement in every field means.
  private var accepted: Equality {
    var degrees = FormalDegree()
    // Where values are large, they are compared along random vectors; see `RandomProjection`.
    let mayProject = draws.contains { $0.isLarge(for: sides) }
    let degree =
      degrees.ofDifference(equation.left, equation.right)
      + (mayProject ? Double(equation.left.shape.count) : 0)
    // All first primes of the chains are above 2⁶⁰; exponents live modulo primes above 2⁵⁸.
    let isExponential = FunctionProfile(of: sides).exponentialDepth > 0
    let bits = (isExponential ? 58.0 : 60.0) - degree.logarithm
    return .identical(
      FieldEvidence(
        trials: draws.count, sizes: draws.map(\.sizes),
        falseAcceptBits: -Double(draws.count) * max(0, bits)))
  }

  /// Whether the sides agree in fields in which roots have their law, which they have up to their signs.
  private var agreesWithPrincipalRoots: Bool {
    guard FunctionProfile(of: sides).hasRoots else { return false }
    if case .agrees = trials(draws, .principal).outcome() { return true }
    return false
  }

  /// Compares values, at every draw and at the one that showed a difference: exactly where they are rational, else in
  /// intervals.
  private func settledByValues(_ witness: Draw?, fieldFailure: String?) -> Finding {
    var enclosures: [IntervalEvidence] = []
    var failure = fieldFailure
    var kink: KinkFinding?
    let ties = TieSides(equation: equation, options: options, forward: forward)
    let symbols = TensorExpression.symbols(of: sides)
    for draw in draws + (witness.map { [$0] } ?? []) {
      attempts: for attempt in 0..<4 {
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
        }
      }
    }
    if let kink { return Finding(equality: .kink(kink)) }
    guard enclosures.count >= draws.count else {
      return Finding(
        equality: .undecided(
          failure ?? "the sides differ in a prime field but agree at every rational point tried"),
        witness: witness)
    }
    // The real values have told √u from −√u already.
    if agreesWithPrincipalRoots { return Finding(equality: accepted) }
    return Finding(
      equality: .enclosed(
        IntervalEvidence(
          points: enclosures.count, precision: enclosures.map(\.precision).max() ?? 0,
          widthBits: enclosures.map(\.widthBits).max() ?? 0)))
  }
}

extension Double {
  /// The base-2 logarithm, rounded up by at most 1, of a number of at least 1.
  var logarithm: Double { Double(exponent) + 1 }
}
