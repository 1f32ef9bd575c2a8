import Evaluation
import Scalars
import TensorExpressions

/// The identity ⟨ȳ, J·ẋ⟩ = ⟨Jᵀ·ȳ, ẋ⟩ of one output, at one random point and in one random direction.
///
/// The left side is the output pushed through dual numbers, the right side what was derived: they share no
/// derivative rule.
struct AdjointIdentity {
  let output: TensorExpression
  /// The cotangent of the output as a symbol; nil for the number 1.
  let upstream: TensorExpression?
  /// The derived cotangents by the symbols that move.
  let cotangents: [TensorExpression: TensorExpression]
  let sizes: [String: Int]

  enum Outcome: Equatable {
    /// Equal in a prime field.
    case exact
    /// The difference is enclosed around zero by intervals narrower than 2⁻¹⁰⁰, where no field that was drawn has all
    /// roots that are taken, or knows the laws that make it zero.
    case enclosed
    case different(String)
    /// No point was found at which everything is defined, and why.
    case unknown(String)
  }

  private var moving: [TensorExpression] { cotangents.keys.sorted { $0.id < $1.id } }
  private var gradients: [TensorExpression] { moving.compactMap { cotangents[$0] } }
  private var roots: [TensorExpression] { gradients + [output] + (upstream.map { [$0] } ?? []) }

  /// - Parameter nesting: how deeply exponentials may be nested; more makes the field slower and no less exact.
  func outcome(seed: UInt64, nesting: Int = 3) -> Outcome {
    var last = "no point was tried"
    var rootless: (point: EvaluationPoint<Rational>, masks: MaskRecord, seed: UInt64)?
    for attempt in 0..<12 {
      let seed = seed &+ UInt64(attempt) &* 0x9E37_79B9
      do {
        let rational = try PointDrawing(seed: seed).point(for: symbols, sizes: sizes)
        let masks = try MaskRecord.recording(roots, at: rational)
        if let kink = masks.kinks.first(where: isKinkOfMoving) {
          last = "a kink at \(kink.entry)"
          continue
        }
        // Attempts alternate between roots without any law and roots that are squares themselves.
        let tower = PrimeTowerArithmetic(
          chain: PrimeFieldChain(
            count: min(1 + nesting, PrimeFieldChain.largestCount), seed: seed), levels: 1 + nesting,
          seed: seed,
          roots: attempt.isMultiple(of: 2) ? .formal : .principal)
        let drawing = FieldDrawing(tower, seed: seed)
        let point = try drawing.point(for: symbols, like: rational)
        let directions = try drawing.directions(for: moving, sizes: sizes)
        rootless = (rational, masks, seed)
        let difference = try difference(tower, point, directions, masks)
        if difference.residue == 0 { return .exact }
        return try enclosed(rational, masks, seed: seed)
      } catch {
        last = "\(error)"
        guard case EvaluationError.scalar(.notASquare, _, _) = error else {
          rootless = nil
          continue
        }
      }
    }
    guard let (point, masks, seed) = rootless else { return .unknown(last) }
    do {
      return try enclosed(point, masks, seed: seed)
    } catch {
      return .unknown("\(error)")
    }
  }

  /// Whether a mask moves: on a border of data the value is what it is.
  private func isKinkOfMoving(_ kink: MaskRecord.Kink) -> Bool {
    let node =
      switch kink.place {
      case .step(let node): node
      case .extremum(let extremum): extremum.operand
      }
    return !Set(moving).isDisjoint(with: TensorExpression.symbols(of: [node]))
  }

  private var symbols: [TensorExpression] { TensorExpression.symbols(of: roots + moving) }

  /// The same in intervals: functions have laws of which a field knows nothing.
  private func enclosed(
    _ rational: EvaluationPoint<Rational>, _ masks: MaskRecord, seed: UInt64
  ) throws(EvaluationError) -> Outcome {
    let arithmetic = IntervalArithmetic(precision: 512)
    let point = try rational.converted(to: arithmetic)
    var directions: [TensorExpression: Tensor<Interval>] = [:]
    for (symbol, value) in try PointDrawing(seed: seed).directions(for: moving, sizes: sizes) {
      directions[symbol] = try value.converted(to: arithmetic)
    }
    let difference = try difference(arithmetic, point, directions, masks)
    if !difference.containsZero { return .different("by \(difference.doubleValue)") }
    return difference.isNarrower(thanBits: 100, relativeTo: arithmetic.one)
      ? .enclosed : .unknown("an interval that is not narrow")
  }

  /// ⟨Jᵀ·ȳ, ẋ⟩ − ⟨ȳ, J·ẋ⟩.
  private func difference<A: ScalarArithmetic>(
    _ arithmetic: A, _ point: EvaluationPoint<A.Element>,
    _ directions: [TensorExpression: Tensor<A.Element>], _ masks: MaskRecord
  ) throws(EvaluationError) -> A.Element {
    let values = try Evaluator(arithmetic, at: point, masks: masks).evaluate(roots)
    var total = arithmetic.zero
    for (value, symbol) in zip(values, moving) {
      guard let direction = directions[symbol] else { continue }
      for (a, b) in zip(value.elements, direction.elements) {
        total = arithmetic.add(total, arithmetic.multiply(a, b))
      }
    }
    let pushed = try Evaluation.Pushforward(arithmetic, masks: masks)
      .evaluate([output], at: point, along: directions)[0]
    let seeds = upstream == nil ? [arithmetic.one] : values[values.count - 1].elements
    for (tangent, seed) in zip(pushed.tangent.elements, seeds) {
      total = arithmetic.subtract(total, arithmetic.multiply(tangent, seed))
    }
    return total
  }
}
