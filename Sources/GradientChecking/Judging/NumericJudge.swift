import Evaluation
import Scalars
import TensorExpressions

/// Decides equations by exact evaluation at random points: in prime fields first, which is fast and refuses
/// nearly every difference; then over the rationals or in intervals, which give the values to show.
struct NumericJudge {
  let options: CheckOptions
  let draws: [Draw]
  private let equations: [Equation]
  /// The forward pass, by whose functions kinks are named.
  private let forward: TensorExpression?

  init(
    _ equations: [Equation], draws: [Draw], options: CheckOptions, forward: TensorExpression? = nil
  ) {
    self.forward = forward
    self.equations = equations
    self.draws = draws
    self.options = options
  }

  /// What was found of each equation, and the masks of which one side was never seen.
  struct Findings {
    let equalities: [Equality]
    let unseen: [String]
  }

  /// The scales at which masks are looked for on their other sides.
  private static let scales: [Rational] = [8, 64, Rational(1, 16)]

  /// One verdict for each equation.
  ///
  /// All are evaluated together first, since they share most of their parts; what that leaves open is judged alone.
  /// Where a mask showed one side only, larger and smaller values are tried as well.
  func judged() -> Findings {
    if equations.isEmpty { return Findings(equalities: [], unseen: []) }
    var (outcomes, records) = trials(equations, draws, .formal).outcomes()
    var judge = self
    if !Self.unseenSteps(in: records).isEmpty, let first = draws.first {
      for scale in Self.scales {
        let draw = first.scaled(by: scale)
        let (more, masks) = trials(equations, [draw], .formal).outcomes()
        records += masks
        var isTelling = false
        for i in equations.indices {
          switch (outcomes[i], more[i]) {
          case (.agrees, .differs), (.agrees, .kink):
            outcomes[i] = more[i]
            isTelling = true
          default: break
          }
        }
        if isTelling {
          judge = NumericJudge(
            equations, draws: judge.draws + [draw], options: options, forward: forward)
        }
        if Self.unseenSteps(in: records).isEmpty { break }
      }
    }
    return Findings(
      equalities: zip(equations, outcomes).map { judge.equality($0, $1) },
      unseen: Self.unseenSteps(in: records))
  }

  /// The steps that were the same in every entry of every record.
  private static func unseenSteps(in records: [MaskRecord]) -> [String] {
    MaskRecord.unseenSides(in: records).compactMap { side in
      switch side {
      case .stepNeverOne(let node): "`\(node.formulaText)` was never 1"
      case .stepNeverZero(let node): "`\(node.formulaText)` was never 0"
      case .placeNeverTaken: nil
      }
    }
  }

  private func trials(
    _ equations: [Equation], _ draws: [Draw], _ roots: RootModel
  ) -> FieldTrials {
    FieldTrials(equations, draws: draws, options: options, roots: roots, forward: forward)
  }

  private func equality(_ equation: Equation, _ outcome: FieldTrials.Outcome) -> Equality {
    switch outcome {
    case .agrees: accepted(equation)
    case .kink(let finding): .kink(finding)
    case .differs: settledByValues(equation, fieldFailure: nil)
    case .failed(let why):
      // What the others cannot evaluate must not stand in this one's way.
      switch equations.count == 1 ? outcome : trials([equation], draws, .formal).outcomes().found[0]
      {
      case .agrees: accepted(equation)
      case .kink(let finding): .kink(finding)
      case .differs: settledByValues(equation, fieldFailure: nil)
      case .failed: settledByValues(equation, fieldFailure: why)
      }
    }
  }

  /// What an agreement in every field means.
  private func accepted(_ equation: Equation) -> Equality {
    var degrees = FormalDegree()
    let degree = degrees.ofDifference(equation.left, equation.right)
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

  /// Compares values: exactly where they are rational, else in intervals.
  private func settledByValues(_ equation: Equation, fieldFailure: String?) -> Equality {
    var enclosures: [IntervalEvidence] = []
    var failure = fieldFailure
    let symbols = TensorExpression.symbols(of: [equation.left, equation.right])
    for draw in draws {
      attempts: for attempt in 0..<4 {
        do {
          let point = try draw.rationalPoint(for: symbols, attempt: attempt)
          switch try ValueComparison(point: point, precisionLimit: options.precisionLimit)
            .compare(equation)
          {
          case .different(let difference): return .different(difference)
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
    guard enclosures.count == draws.count else {
      return .undecided(
        failure ?? "the sides differ in a prime field but agree at every rational point tried")
    }
    // The real values have told √u from −√u already.
    if agreesWithPrincipalRoots(equation) { return accepted(equation) }
    return .enclosed(
      IntervalEvidence(
        points: enclosures.count, precision: enclosures.map(\.precision).max() ?? 0,
        widthBits: enclosures.map(\.widthBits).max() ?? 0))
  }
}

extension Double {
  /// The base-2 logarithm, rounded up by at most 1, of a number of at least 1.
  var logarithm: Double { Double(exponent) + 1 }
}
