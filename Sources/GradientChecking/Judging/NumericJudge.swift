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

  /// One verdict for each equation.
  ///
  /// All are evaluated together first, since they share most of their parts; what that leaves open is judged alone.
  func judged() -> [Equality] {
    if equations.isEmpty { return [] }
    let outcomes = FieldTrials(equations, draws: draws, options: options, roots: .formal, forward: forward).outcomes()
    return zip(equations, outcomes).map { equation, outcome in
      switch outcome {
      case .agrees: accepted(equation)
      case .kink(let finding): .kink(finding)
      case .differs: settledByValues(equation, fieldFailure: nil)
      case .failed: equations.count == 1 ? alone(equation, outcome) : alone(equation, nil)
      }
    }
  }

  /// Judges one equation by itself, so that what others cannot evaluate does not stand in its way.
  private func alone(_ equation: Equation, _ known: FieldTrials.Outcome?) -> Equality {
    let trials = FieldTrials([equation], draws: draws, options: options, roots: .formal, forward: forward)
    switch known ?? trials.outcomes()[0] {
    case .agrees: return accepted(equation)
    case .kink(let finding): return .kink(finding)
    case .differs: return settledByValues(equation, fieldFailure: nil)
    case .failed(let why): return settledByValues(equation, fieldFailure: why)
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
    let trials = FieldTrials([equation], draws: draws, options: options, roots: .principal, forward: forward)
    if case .agrees = trials.outcomes()[0] { return true }
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
