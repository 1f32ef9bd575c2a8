import Derivation
import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Holds the derived gradients against witnesses that use no derivation rule: dual numbers pushed through the
/// forward evaluation, exactly, and central differences in double precision.
///
/// Both compare ⟨x̄, v⟩, summed over all targets, with the output's derivative along a random direction v.
struct SelfChecker {
  let program: Program
  let backward: BackwardPass
  let options: CheckOptions

  /// What is evaluated.
  var roots: [TensorExpression] {
    Array(backward.cotangents.values) + (program.output.map { [$0.whole.value] } ?? [])
  }

  func checked(_ draws: [Draw]) throws(CheckFailure) -> SelfCheck {
    guard let output = program.output?.whole else {
      return SelfCheck(
        duals: .unknown("nothing is differentiated"), draws: 0, finiteDifferenceError: nil)
    }
    let targets = backward.cotangents.keys.filter { node in
      if case .symbol(let symbol) = node.kind { symbol.isDifferentiable } else { false }
    }.sorted { $0.id < $1.id }
    if targets.isEmpty {
      return SelfCheck(
        duals: .unknown("nothing to differentiate by"), draws: 0, finiteDifferenceError: nil)
    }
    var agreement = SelfCheck.Agreement.exact
    // One draw decides already, up to a chance of degree/2⁶⁰; large values do not need to pay for more.
    let gradients = Array(backward.cotangents.values)
    let isLarge =
      draws.first?.hasMoreEntries(than: Self.entriesForDraws, of: gradients) ?? false
    let planned = isLarge ? Array(draws.prefix(1)) : draws
    let draws = planned + furtherCells(beyond: planned, targets)
    for (number, draw) in draws.enumerated() {
      let trial = WitnessTrial(
        output: output, targets: targets, cotangents: backward.cotangents, draw: draw,
        options: options)
      agreement = trial.fieldAgreement(number)
      if case .exact = agreement { continue }
      break
    }
    if case .unknown = agreement, let draw = draws.first {
      agreement = WitnessTrial(
        output: output, targets: targets, cotangents: backward.cotangents, draw: draw,
        options: options
      ).intervalAgreement()
    }
    if case .disagreement(let what) = agreement {
      throw .internalError("a derived gradient differs from dual numbers: \(what)")
    }
    let error = draws.first.flatMap {
      WitnessTrial(
        output: output, targets: targets, cotangents: backward.cotangents, draw: $0,
        options: options
      ).finiteDifferenceError()
    }
    return SelfCheck(duals: agreement, draws: draws.count, finiteDifferenceError: error)
  }

  /// The same at smaller sizes.
  func checked(_ draws: [Draw], at sizes: [String: Int]) throws(CheckFailure) -> SelfCheck {
    var result = try checked(draws)
    result.sizes = sizes
    return result
  }
}

extension SelfChecker {
  /// How many cells are looked at where formal masks do not settle all of them.
  private static let cells = 12
  /// The most entries of all values together at which they are.
  private static let entriesForCells = 2000
  /// The most entries of all gradients together of which every draw is looked at.
  private static let entriesForDraws = 4096

  /// Draws that show other sides of masks, where the gradients are not seen to be right with formal masks.
  private func furtherCells(beyond draws: [Draw], _ targets: [TensorExpression]) -> [Draw] {
    guard let output = program.output?.whole, let first = draws.first,
      FunctionProfile(of: [output.value]).hasMasks
    else { return [] }
    let values = program.declarations.map(\.symbol) + program.values.map(\.value)
    if first.hasMoreEntries(than: Self.entriesForCells, of: values) { return [] }
    // What formal masks settle is looked at last, since it costs an evaluation.
    let trial = WitnessTrial(
      output: output, targets: targets, cotangents: backward.cotangents, draw: first,
      options: options)
    if trial.agreesOnAllCells() { return [] }
    return (1..<max(1, Self.cells - draws.count + 1)).map { first.sibling($0) }
  }
}

extension Draw {
  /// Whether some values together have more than so many entries at the draw's sizes.
  fileprivate func hasMoreEntries(than limit: Int, of values: [TensorExpression]) -> Bool {
    var left = limit
    for value in values {
      let extents = value.shape.map { (try? $0.evaluated(sizes)) ?? 1 }
      let entries = TensorShape.count(extents) ?? .max
      if entries > left { return true }
      left -= entries
    }
    return false
  }
}

/// One comparison of the derived gradients with a directional derivative.
struct WitnessTrial {
  let output: Program.Output.Result
  let targets: [TensorExpression]
  let cotangents: [TensorExpression: TensorExpression]
  let draw: Draw
  let options: CheckOptions

  private var gradients: [TensorExpression] {
    targets.map { $0.covector(ofGradient: cotangents[$0] ?? $0.zero) }
  }

  private var roots: [TensorExpression] {
    gradients + [output.value] + (output.upstream.map { [$0] } ?? [])
  }

  /// How many points are tried for one without a kink; none where an evaluation takes long, as every point of a large
  /// ReLU network under a pooling window has ties.
  private var attemptsOffKinks: Int { draw.isLarge(for: roots) ? 0 : 2 }

  /// In a prime field, where equality is exact.
  func fieldAgreement(_ number: Int) -> SelfCheck.Agreement {
    let profile = FunctionProfile(of: roots)
    let symbols = TensorExpression.symbols(of: roots + targets)
    let attemptsOffKinks = profile.hasMasks ? attemptsOffKinks : 0
    var last = "no point was found"
    for attempt in 0..<24 {
      do {
        var (masks, point) = try draw.maskedPoint(
          of: roots, hasMasks: profile.hasMasks, symbols: symbols, options: options,
          attempt: attempt)
        // In a field there is no kink: whatever the masks are, both sides belong to the one smooth piece that they
        // choose. A pattern that rational points have nearby is looked for first.
        if !masks.kinks.isEmpty {
          if attempt < attemptsOffKinks { continue }
          if let point, let near = neighbour(of: point, masks, symbols) { masks = near }
        }
        let isEqual = try agrees(
          draw.levels(for: profile, attempt: attempt, roots: .formal), masks, point, symbols,
          attempt)
        return isEqual ? .exact : .unknown("they differ in a prime field")
      } catch {
        last = error.message
        if !error.mayVanishElsewhere { break }
      }
    }
    return .unknown(last)
  }

  /// How far: further than where other masks turn only by ill luck.
  private static let distance = Rational(1, 1 << 50)

  /// The masks with those on a kink as they fall near by; nil where that is much work.
  private func neighbour(
    of point: EvaluationPoint<Rational>, _ masks: MaskRecord, _ symbols: [TensorExpression]
  ) -> MaskRecord? {
    guard !draw.isLarge(for: roots),
      let directions = try? draw.rationalDirections(for: symbols, attempt: 0)
    else { return nil }
    var near = point
    for (symbol, direction) in directions where !symbol.isOneHot {
      guard let value = near.values[symbol] else { continue }
      near.values[symbol] = Tensor(
        extents: value.extents,
        elements: zip(value.elements, direction.elements).map { $0 + Self.distance * $1 })
    }
    return try? MaskRecord.recording(roots, at: near, largestPrecision: options.precisionLimit)
  }

  /// How masks fall near by, where a point is on a kink; else nothing, since signs tell.
  private func masksOffKinks(
    at point: EvaluationPoint<Rational>, _ symbols: [TensorExpression]
  ) throws(EvaluationError) -> MaskRecord {
    guard FunctionProfile(of: roots).hasMasks, !draw.isLarge(for: roots) else {
      return MaskRecord()
    }
    let masks = try MaskRecord.recording(
      roots, at: point, largestPrecision: options.precisionLimit)
    return masks.kinks.isEmpty ? masks : neighbour(of: point, masks, symbols) ?? masks
  }

  private func agrees(
    _ levels: FieldLevels, _ masks: MaskRecord, _ rational: EvaluationPoint<Rational>?,
    _ symbols: [TensorExpression], _ attempt: Int, formalMaskSeed: UInt64? = nil
  ) throws(EvaluationError) -> Bool {
    let field = levels.identityField
    let directions = try draw.fieldDirections(for: targets, in: field, attempt: attempt)
    let evaluator = LevelledEvaluator(
      levels,
      at: try draw.levelledPoint(for: symbols, in: levels, like: rational, attempt: attempt),
      masks: masks, formalMaskSeed: formalMaskSeed)
    // The output's own value is not compared.
    let compared = gradients + (output.upstream.map { [$0] } ?? [])
    return try difference(field, directions, evaluator.evaluate(compared)) {
      () throws(EvaluationError) in
      try evaluator.pushforward(of: [output.value], along: directions)[0].tangent
    } == 0
  }

  /// Whether the two agree with formal masks, hence on every cell; false says nothing.
  func agreesOnAllCells() -> Bool {
    let profile = FunctionProfile(of: roots)
    let symbols = TensorExpression.symbols(of: roots + targets)
    for attempt in 0..<4 {
      let seed = draw.seed &+ UInt64(attempt) &+ 0xF0
      do {
        return try agrees(
          draw.levels(for: profile, attempt: attempt &+ 0xF0, roots: .formal), MaskRecord(), nil,
          symbols,
          attempt, formalMaskSeed: seed)
      } catch {
        if !error.mayVanishElsewhere { break }
      }
    }
    return false
  }

  /// In intervals, for functions that have no law in a field.
  func intervalAgreement() -> SelfCheck.Agreement {
    var precision = 256
    var attempt = 0
    let symbols = TensorExpression.symbols(of: roots + targets)
    var last = "not decided at \(options.precisionLimit) bits"
    while precision <= options.precisionLimit {
      let arithmetic = IntervalArithmetic(precision: precision)
      do {
        let rational = try draw.rationalPoint(for: symbols, attempt: attempt)
        let masks = try masksOffKinks(at: rational, symbols)
        let point = try rational.converted(to: arithmetic)
        var directions: [TensorExpression: Tensor<Interval>] = [:]
        for (symbol, value) in try draw.rationalDirections(for: targets, attempt: 0) {
          directions[symbol] = try value.converted(to: arithmetic)
        }
        let values = try Evaluator(arithmetic, at: point, masks: masks).evaluate(roots)
        let difference = try self.difference(arithmetic, directions, values) {
          () throws(EvaluationError) in
          try Evaluation.Pushforward(arithmetic, masks: masks)
            .evaluate([output.value], at: point, along: directions)[0].tangent
        }
        if !difference.containsZero {
          return .disagreement("by \(difference.midpointDecimal(digits: 6).text) in one direction")
        }
        if difference.isNarrower(thanBits: 100, relativeTo: arithmetic.one) {
          return .enclosed(bits: 100)
        }
      } catch {
        last = error.message
        if !error.mayVanishWithPrecision {
          attempt += 1
          if attempt < Self.attempts, error.mayVanishElsewhere { continue }
          break
        }
      }
      precision *= 2
    }
    return .unknown(last)
  }

  /// How many points are tried for one at which everything has a value.
  private static let attempts = 24

  /// Σ ⟨x̄, v⟩ − ⟨ȳ, J·v⟩, from the values of the roots.
  ///
  /// - Parameter pushed: gives J·v, once the values of the gradients are not needed any more.
  private func difference<A: ScalarArithmetic>(
    _ arithmetic: A, _ directions: [TensorExpression: Tensor<A.Element>],
    _ values: consuming [Tensor<A.Element>],
    pushed: () throws(EvaluationError) -> Tensor<A.Element>
  ) throws(EvaluationError) -> A.Element {
    var total = arithmetic.zero
    for (value, target) in zip(values, targets) {
      guard let direction = directions[target] else { continue }
      for (a, b) in zip(value.elements, direction.elements) {
        total = arithmetic.add(total, arithmetic.multiply(a, b))
      }
    }
    let seeds = output.upstream == nil ? [arithmetic.one] : values[values.count - 1].elements
    values = []
    for (tangent, seed) in zip(try pushed().elements, seeds) {
      total = arithmetic.subtract(total, arithmetic.multiply(tangent, seed))
    }
    return total
  }

  /// Where masks occur the steps stay short, so that hardly any crosses a kink.
  private var largestStep: Rational {
    FunctionProfile(of: roots).hasMasks ? Rational(1, 4096) : Rational(1, 16)
  }

  /// The work of an evaluation that is repeated for each step of a difference.
  private static let largestRepeatedWork = 40_000_000

  /// The difference between the derived gradients and extrapolated central differences, both in double precision and
  /// relative to the gradients where those are not 0 everywhere; nil where they cannot be taken or would take long.
  func finiteDifferenceError() -> Double? {
    let memory = EvaluationLimits.current.memory
    guard
      let estimate = try? WorkEstimate(of: [output.value], sizes: draw.sizes, memory: memory),
      estimate.work <= Self.largestRepeatedWork
    else { return nil }
    let symbols = TensorExpression.symbols(of: roots + targets)
    let arithmetic = DoubleArithmetic()
    guard let rational = try? draw.rationalPoint(for: symbols, attempt: 0),
      let point = try? rational.converted(to: arithmetic),
      let directions = try? draw.rationalDirections(for: targets, attempt: 0),
      let values = try? Evaluator(arithmetic, at: point).evaluate(roots),
      let estimate = try? FloatingDifference(largestStep: largestStep, halvings: 4).derivatives(
        of: [output.value], at: rational, along: directions)
    else { return nil }
    var exact = 0.0
    var scale = 0.0
    for (value, target) in zip(values, targets) {
      guard let direction = directions[target] else { continue }
      for (a, b) in zip(value.elements, direction.elements) {
        exact += a * b.doubleValue
        scale += abs(a * b.doubleValue)
      }
    }
    let seeds = output.upstream == nil ? [1.0] : values[values.count - 1].elements
    let difference = zip(estimate[0].derivative.elements, seeds).reduce(0) { $0 + $1.0 * $1.1 }
    return scale > 0 ? abs(difference - exact) / scale : abs(difference)
  }
}
