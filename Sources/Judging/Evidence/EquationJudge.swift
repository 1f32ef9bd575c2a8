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
    /// The masks of which one side was never seen, where it matters.
    var unseen: [String] = []
  }

  private var sides: [TensorExpression] { [equation.left, equation.right] }

  /// The verdict. What holds on the cells of the draws only, and not with formal masks, is looked at on further cells.
  ///
  /// - Parameter sightings: by draw, what was seen already.
  func judged(knowing sightings: [FieldTrials.Sighting?] = []) -> Finding {
    let (outcome, records) = trials(draws, .formal).outcome(knowing: sightings)
    var finding = settle(outcome)
    if !isProved, finding.equality.holds, dependsOnCells {
      look(finding.equality.isIdentical ? .fields : .intervals, records, &finding)
    }
    return finding
  }

  private func trials(_ draws: [Draw], _ roots: RootModel) -> FieldTrials {
    FieldTrials([equation], draws: draws, options: options, roots: roots, forward: forward)
  }

  /// Looks at further cells.
  private func look(
    _ effort: CellCoverage.Effort, _ records: [MaskRecord], _ finding: inout Finding
  ) {
    let plan = CellCoverage([equation], options: options, effort: effort)
      .plan(beyond: draws, records: records)
    if !plan.draws.isEmpty {
      let further = EquationJudge(
        equation, isProved: isProved, draws: plan.draws, options: options, forward: forward)
      let other = further.settle(further.trials(plan.draws, .formal).outcome().found)
      finding.equality = finding.equality.confirmed(by: other.equality)
      finding.witness = other.witness
    }
    // What is refuted needs no further look.
    if finding.equality.holds { finding.unseen = plan.unseen }
  }

  /// Whether the equation was found to hold only on the cells that were seen.
  private var dependsOnCells: Bool {
    guard equation.left !== equation.right, FieldTrials.dependsOnCells(sides),
      !trials(draws, .formal).agreementsOnAllCells()[0]
    else { return false }
    // The real values have told √u from −√u already.
    return !FunctionProfile(of: sides).hasRoots
      || !trials(draws, .principal).agreementsOnAllCells()[0]
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
    if case .agrees = trials(draws, .principal).outcome().found { return true }
    return false
  }

  /// Compares values, at every draw and at the one that showed a difference: exactly where they are rational, else in
  /// intervals.
  private func settledByValues(_ witness: Draw?, fieldFailure: String?) -> Finding {
    var enclosures: [IntervalEvidence] = []
    var failure = fieldFailure
    let symbols = TensorExpression.symbols(of: sides)
    for draw in draws + (witness.map { [$0] } ?? []) {
      attempts: for attempt in 0..<4 {
        do {
          let point = try draw.rationalPoint(for: symbols, attempt: attempt)
          switch try ValueComparison(point: point, precisionLimit: options.precisionLimit)
            .compare(equation)
          {
          case .different(let difference):
            return Finding(
              equality: .different(difference),
              witness: draw.fixed(to: symbols, attempt: attempt))
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
