import Evaluation
import Scalars
import TensorExpressions

/// Decides equations by exact evaluation at random points: in prime fields first, which is fast and refuses
/// nearly every difference; then over the rationals or in intervals, which give the values to show.
struct NumericJudge {
  let options: CheckOptions
  let draws: [Draw]
  private let profile: FunctionProfile
  private let equations: [Equation]
  private let roots: [TensorExpression]
  private let symbols: [TensorExpression]

  /// The most attempts at a point at which everything is defined and nothing is on a kink.
  private static let attempts = 24

  init(_ equations: [Equation], draws: [Draw], options: CheckOptions) {
    self.equations = equations
    self.draws = draws
    self.options = options
    roots = equations.flatMap { [$0.left, $0.right] }
    symbols = TensorExpression.symbols(of: roots)
    profile = FunctionProfile(of: roots)
  }

  /// One verdict for each equation.
  func judged() -> [Equality] {
    if equations.isEmpty { return [] }
    var differs = Array(repeating: false, count: equations.count)
    var kinks = Array(repeating: KinkFinding?.none, count: equations.count)
    var trials = 0
    var failure: String?
    for (number, draw) in draws.enumerated() {
      switch fieldTrial(number, draw) {
      case .success(let trial):
        trials += 1
        for i in equations.indices {
          if let kink = trial.kink, trial.agrees[i] != trial.agreesOnTheOtherSide[i] {
            kinks[i] = kink.at(equations[i], followsConvention: trial.agrees[i])
          } else if !trial.agrees[i] {
            differs[i] = true
          }
        }
      case .failure(let why): failure = why.message
      }
    }
    return equations.indices.map { i in
      if !differs[i], let kink = kinks[i] { return .kink(kink) }
      if !differs[i], trials == draws.count { return accepted(equations[i], trials: trials) }
      return settledByValues(equations[i], fieldFailure: failure)
    }
  }

  /// What an agreement in every field means.
  private func accepted(_ equation: Equation, trials: Int) -> Equality {
    var degrees = FormalDegree()
    let degree = degrees.ofDifference(equation.left, equation.right)
    // All first primes of the chains are above 2⁶⁰; exponents live modulo primes above 2⁵⁸.
    let bits = (profile.exponentialDepth > 0 ? 58.0 : 60.0) - degree.logarithm
    let identical = Equality.identical(
      FieldEvidence(
        trials: trials, sizes: draws.map(\.sizes), falseAcceptBits: -Double(trials) * max(0, bits)))
    if !profile.hasRoots { return identical }
    // A field cannot tell √u from −√u: the real values decide that.
    let real = settledByValues(equation, fieldFailure: nil)
    return real.holds ? identical : real
  }

  /// Why nothing could be evaluated at a draw.
  private struct TrialFailure: Error {
    let message: String
  }

  /// What one point of a field showed.
  private struct Trial {
    let agrees: [Bool]
    /// The same with every mask that is exactly on a border fallen to the other side.
    let agreesOnTheOtherSide: [Bool]
    /// The first kink, where there was no point without one.
    let kink: KinkPlace?
  }

  /// Whether the two sides of each equation agree at one random point of a field, on the activation cell of a
  /// rational point where masks occur.
  private func fieldTrial(_ number: Int, _ draw: Draw) -> Result<Trial, TrialFailure> {
    var last = "no point was found at which everything is defined"
    var attempt = 0
    var allowsKinks = false
    while attempt < Self.attempts {
      defer { attempt += 1 }
      do {
        let (masks, rational) = try draw.maskedPoint(
          of: roots, hasMasks: profile.hasMasks, symbols: symbols, options: options,
          attempt: attempt)
        if !masks.kinks.isEmpty, !allowsKinks {
          // Where every draw is on a kink, the first is looked at from both sides.
          if attempt >= 7 {
            allowsKinks = true
            attempt = -1
          }
          continue
        }
        let tower = PrimeTowerArithmetic(
          chain: .forTrial(number), levels: min(1 + profile.exponentialDepth, 6),
          seed: draw.seed &+ UInt64(truncatingIfNeeded: attempt))
        let point = try draw.fieldPoint(for: symbols, in: tower, like: rational, attempt: attempt)
        let agrees = try agreements(tower, point, masks)
        let kink = masks.kinks.first.map { KinkPlace($0, among: roots) }
        let other =
          kink == nil ? agrees : try agreements(tower, point, masks.withKinksOnTheOtherSide)
        return .success(Trial(agrees: agrees, agreesOnTheOtherSide: other, kink: kink))
      } catch {
        last = error.message
        if !error.mayVanishElsewhere { break }
      }
    }
    return .failure(TrialFailure(message: last))
  }

  private func agreements(
    _ tower: PrimeTowerArithmetic, _ point: EvaluationPoint<PrimeTowerElement>, _ masks: MaskRecord
  ) throws(EvaluationError) -> [Bool] {
    let values = try Evaluator(tower, at: point, masks: masks).evaluate(roots)
    return equations.indices.map { i in
      zip(values[2 * i].elements, values[2 * i + 1].elements).allSatisfy {
        $0.residue == $1.residue
      }
    }
  }

  /// Compares values: exactly where they are rational, else in intervals.
  private func settledByValues(_ equation: Equation, fieldFailure: String?) -> Equality {
    var enclosures: [IntervalEvidence] = []
    var failure = fieldFailure
    for draw in draws {
      for attempt in 0..<4 {
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
          break
        } catch {
          failure = error.message
        }
      }
    }
    if enclosures.count == draws.count {
      return .enclosed(
        IntervalEvidence(
          points: enclosures.count, precision: enclosures.map(\.precision).max() ?? 0,
          widthBits: enclosures.map(\.widthBits).max() ?? 0))
    }
    return .undecided(
      failure ?? "the sides differ in a prime field but agree at every rational point tried")
  }
}

extension Double {
  /// The base-2 logarithm, rounded up by at most 1, of a number of at least 1.
  var logarithm: Double { Double(exponent) + 1 }
}
