import Evaluation
import Scalars
import TensorExpressions

/// Random evaluation of several equations together, in prime fields: a trial for each draw.
struct FieldTrials {
  let equations: [Equation]
  let draws: [Draw]
  let options: CheckOptions
  let roots: RootModel
  let profile: FunctionProfile
  /// The forward pass, by whose functions kinks are named.
  let forward: TensorExpression?
  let sides: [TensorExpression]
  let symbols: [TensorExpression]
  /// The masks of the true sides: kinks of theirs are kinks of what is differentiated. A mask that only a claim
  /// uses has a value on its border as everywhere.
  private let trueMasks: Set<MaskRecord.Kink.Place>

  /// The most attempts at a point at which everything is defined and nothing is on a kink.
  static let attempts = 24

  init(
    _ equations: [Equation], draws: [Draw], options: CheckOptions, roots: RootModel,
    forward: TensorExpression?
  ) {
    self.forward = forward
    self.equations = equations
    self.draws = draws
    self.options = options
    self.roots = roots
    sides = equations.flatMap { [$0.left, $0.right] }
    symbols = Self.symbols(of: sides)
    profile = FunctionProfile(of: sides)
    trueMasks =
      profile.hasMasks ? MaskRecord.places(in: equations.map(\.left)) : []
  }

  /// The symbols of some expressions in the order in which they are drawn: classes first, so that they are the same
  /// where nothing else is drawn.
  static func symbols(of roots: [TensorExpression]) -> [TensorExpression] {
    let all = TensorExpression.symbols(of: roots)
    return all.filter(\.isOneHot) + all.filter { !$0.isOneHot }
  }

  /// What all trials showed of one equation.
  enum Outcome {
    case agrees
    /// With the draw that shows it.
    case differs(Draw)
    case kink(KinkFinding)
    /// Nothing could be evaluated at some draw, and why.
    case failed(String)
  }

  /// What was found of every equation, and how the masks fell in each trial.
  func outcomes() -> (found: [Outcome], masks: [MaskRecord]) {
    var result = Array(repeating: Outcome.agrees, count: equations.count)
    var records: [MaskRecord] = []
    for (number, draw) in draws.enumerated() {
      let trial: Trial
      switch self.trial(number, draw) {
      case .success(let found): trial = found
      case .failure(let why): return (result.map { _ in .failed(why.message) }, records)
      }
      records.append(trial.masks)
      for i in equations.indices {
        if let finding = trial.kinks?.finding(equation: i) {
          if case .agrees = result[i] { result[i] = .kink(finding) }
        } else if !trial.agrees[i] {
          if case .differs = result[i] { continue }
          result[i] = .differs(draw.fixed(to: symbols, attempt: trial.attempt))
        }
      }
    }
    return (result, records)
  }

  private struct TrialFailure: Error {
    let message: String
  }

  /// What one point of a field showed.
  private struct Trial {
    let agrees: [Bool]
    let masks: MaskRecord
    let attempt: Int
    /// What the cells around the point show, where there was no point without a kink.
    let kinks: KinkSides?
  }

  /// Whether the two sides of each equation agree at one random point of a field, on the activation cell of a
  /// rational point where masks occur.
  private func trial(_ number: Int, _ draw: Draw) -> Result<Trial, TrialFailure> {
    var last = "no point was found at which everything is defined"
    var attempt = 0
    let attemptsOffKinks = profile.hasMasks ? attemptsOffKinks(draw) : 0
    var allowsKinks = attemptsOffKinks == 0
    while attempt < Self.attempts {
      defer { attempt += 1 }
      do {
        let (masks, rational) = try draw.maskedPoint(
          of: sides, hasMasks: profile.hasMasks, symbols: symbols, options: options,
          attempt: attempt)
        let kinks = masks.kinks.filter { trueMasks.contains($0.place) }
        if !kinks.isEmpty, !allowsKinks {
          // Where every draw is on a kink, the first is looked at from both sides.
          if attempt >= attemptsOffKinks {
            allowsKinks = true
            attempt = -1
          }
          continue
        }
        let seed = draw.seed &+ UInt64(truncatingIfNeeded: attempt)
        let agrees: [Bool]
        let around: KinkSides?
        if profile.exponentialDepth == 0 {
          let field = PrimeFieldArithmetic(chain: .forTrial(number), seed: seed, roots: roots)
          let point = try draw.fieldPoint(for: symbols, in: field, like: rational, attempt: attempt)
          let here = try Evaluator(field, at: point, masks: masks).evaluate(sides)
          agrees = agreements(field, here)
          around = try kinkSides(kinks, field, point, masks, draw, rational, here)
        } else {
          let tower = PrimeTowerArithmetic(
            chain: .forTrial(number), levels: min(1 + profile.exponentialDepth, 6), seed: seed,
            roots: roots)
          let point = try draw.fieldPoint(for: symbols, in: tower, like: rational, attempt: attempt)
          let here = try Evaluator(tower, at: point, masks: masks).evaluate(sides)
          agrees = agreements(tower, here)
          around = try kinkSides(kinks, tower, point, masks, draw, rational, here)
        }
        return .success(
          Trial(agrees: agrees, masks: masks, attempt: attempt, kinks: around))
      } catch {
        last = error.message
        if !error.mayVanishElsewhere { break }
      }
    }
    return .failure(TrialFailure(message: last))
  }

  /// How often another point is tried instead of one on a kink; once where that is much work, as every draw of a
  /// large ReLU network under a pooling window has ties.
  private func attemptsOffKinks(_ draw: Draw) -> Int { isLarge(draw) ? 0 : 7 }

  /// Whether one evaluation takes so long that none is made in vain.
  func isLarge(_ draw: Draw) -> Bool { draw.isLarge(for: sides) }

  /// Whether the values of the sides, each left one before its right one, agree in pairs.
  private func agreements<A: RandomlyDrawnArithmetic>(
    _ arithmetic: A, _ values: [Tensor<A.Element>]
  ) -> [Bool] {
    equations.indices.map { i in
      zip(values[2 * i].elements, values[2 * i + 1].elements).allSatisfy {
        arithmetic.isZero(arithmetic.subtract($0, $1))
      }
    }
  }
}
