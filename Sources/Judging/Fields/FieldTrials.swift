import Evaluation
import Scalars
import TensorExpressions

/// Random evaluation of several equations together, in prime fields: a trial for each draw.
package struct FieldTrials {
  let equations: [Equation]
  package let draws: [Draw]
  package let options: CheckOptions
  package let roots: RootModel
  package let profile: FunctionProfile
  /// The forward pass, by whose functions kinks are named.
  package let forward: TensorExpression?
  package let sides: [TensorExpression]
  package let symbols: [TensorExpression]
  /// The masks of the true sides: kinks of theirs are kinks of what is differentiated. A mask that only a claim
  /// uses has a value on its border as everywhere.
  private let trueMasks: Set<MaskRecord.Kink.Place>

  /// The most attempts at a point at which everything is defined and nothing is on a kink.
  package static let attempts = 24

  package init(
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
      profile.hasMasks ? MaskRecord.kinkPlaces(in: equations.map(\.left)) : []
  }

  /// The symbols of some expressions in the order in which they are drawn: classes first, so that they are the same
  /// where nothing else is drawn.
  package static func symbols(of roots: [TensorExpression]) -> [TensorExpression] {
    classesFirst(TensorExpression.symbols(of: roots))
  }

  static func classesFirst(_ symbols: [TensorExpression]) -> [TensorExpression] {
    symbols.filter(\.isOneHot) + symbols.filter { !$0.isOneHot }
  }

  /// What all trials showed of one equation.
  package enum Outcome {
    case agrees
    /// With the draw that shows it.
    case differs(Draw)
    case kink(KinkFinding)
    /// Nothing could be evaluated at some draw, and why.
    case failed(String)

    var differs: Bool { if case .differs = self { true } else { false } }
  }

  /// What one trial showed of an equation, off all kinks.
  struct Sighting {
    let agrees: Bool
    /// The draw, fixed to the point.
    let draw: Draw
  }

  /// What a trial of all equations together shows of each; nil where it might show another thing of one by
  /// itself: where something has no value, or a point was put aside.
  func sightings(_ number: Int) -> [Sighting]? {
    let draw = draws[number]
    guard case .success(let trial) = trial(number, draw), trial.attempt == 0, trial.kinks == nil
    else { return nil }
    return trial.agrees.map {
      Sighting(agrees: $0, draw: draw.fixed(to: symbols, attempt: 0))
    }
  }

  /// What was found of an equation by itself.
  ///
  /// - Parameter known: by draw, what was seen already.
  func outcome(knowing known: [Sighting?] = []) -> Outcome {
    precondition(equations.count == 1, "an outcome of several equations")
    var result = Outcome.agrees
    for (number, draw) in draws.enumerated() {
      if known.indices.contains(number), let seen = known[number] {
        if !seen.agrees, !result.differs { result = .differs(seen.draw) }
        continue
      }
      let trial: Trial
      switch self.trial(number, draw) {
      case .success(let found): trial = found
      case .failure(let why): return .failed(why.message)
      }
      if let finding = trial.kinks?.finding(equation: 0) {
        if case .agrees = result { result = .kink(finding) }
      } else if !trial.agrees[0], !result.differs {
        result = .differs(draw.fixed(to: symbols, attempt: trial.attempt))
      }
    }
    return result
  }

  private struct TrialFailure: Error {
    let message: String
  }

  /// What one point of a field showed.
  private struct Trial {
    let agrees: [Bool]
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
        let levels = draw.levels(for: profile, attempt: attempt, roots: roots)
        var evaluator = LevelledEvaluator(
          levels,
          at: try draw.levelledPoint(for: symbols, in: levels, like: rational, attempt: attempt),
          masks: masks)
        let accidental = try accidentalKinks(masks, evaluator)
        if !accidental.isEmpty, !allowsKinks {
          // Where every draw is on a kink, the first is looked at from both sides.
          if attempt >= attemptsOffKinks {
            allowsKinks = true
            attempt = -1
          }
          continue
        }
        let kinks = accidental.filter { trueMasks.contains($0.place) }
        let projection = kinks.isEmpty ? projection(at: draw) : nil
        if let projection {
          evaluator.point.levels[0].values.merge(
            try draw.fieldDirections(
              for: projection.vectors, in: levels.identityField, attempt: attempt)
          ) { value, _ in value }
        }
        let here = try evaluator.evaluate(projection?.sides ?? sides)
        return .success(
          Trial(
            agrees: agreements(here), attempt: attempt,
            kinks: try kinkSides(kinks, evaluator, draw, rational, here)))
      } catch {
        last = error.message
        if !error.mayVanishElsewhere { break }
      }
    }
    return .failure(TrialFailure(message: last))
  }

  /// The masks that the point is on the border of by chance. What is equal wherever the masks fall so is no
  /// kink: the cell has its values like any other.
  private func accidentalKinks(
    _ masks: MaskRecord, _ evaluator: LevelledEvaluator
  ) throws(EvaluationError) -> [MaskRecord.Kink] {
    let kinks = masks.kinks
    // A point that someone gave is looked at as it is.
    if kinks.isEmpty || !options.givenValues.isEmpty { return kinks }
    var seen: Set<MaskRecord.Kink.Place> = []
    let places = kinks.map(\.place).filter { seen.insert($0).inserted }
    let values = try evaluator.evaluate(places.map(\.operand))
    let operands = Dictionary(uniqueKeysWithValues: zip(places, values))
    var accidental: [MaskRecord.Kink] = []
    for kink in kinks {
      guard let operand = operands[kink.place] else { continue }
      if try !masks.isStructural(kink, operand: operand, sizes: evaluator.point.levels[0].sizes) {
        accidental.append(kink)
      }
    }
    return accidental
  }

  /// How often another point is tried instead of one on a kink; once where that is much work, as every draw of a
  /// large ReLU network under a pooling window has ties.
  private func attemptsOffKinks(_ draw: Draw) -> Int { isLarge(draw) ? 0 : 7 }

  /// Whether one evaluation takes so long that none is made in vain.
  func isLarge(_ draw: Draw) -> Bool { draw.isLarge(for: sides) }

  /// The sides as single numbers, where they are large and that takes less than half of the work.
  func projection(at draw: Draw) -> RandomProjection? {
    guard isLarge(draw) else { return nil }
    let projection = RandomProjection(sides)
    let memory = EvaluationLimits.current.memory
    guard let whole = try? WorkEstimate(of: sides, sizes: draw.sizes, memory: memory),
      let estimate = try? WorkEstimate(of: projection.sides, sizes: draw.sizes, memory: memory),
      estimate.work < whole.work / 2
    else { return nil }
    return projection
  }

  /// Whether the values of the sides, each left one before its right one, agree in pairs: residues are equal as words.
  private func agreements(_ values: [Tensor<UInt64>]) -> [Bool] {
    equations.indices.map { values[2 * $0].elements == values[2 * $0 + 1].elements }
  }
}
