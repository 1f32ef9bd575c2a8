import Scalars
import TensorExpressions

/// Evaluates expressions in the first field of a chain, and in the fields below it what exponentials need there.
///
/// The values are those that ``PrimeTowerArithmetic`` gives in its first field. But a node is evaluated at a
/// deeper level only where it is (a part of) the argument of an exponential: a backward pass, which takes
/// exponentials from the forward one, hardly ever. Each level keeps tensors of single words.
public struct LevelledEvaluator: Sendable {
  /// The fields that values and arguments of exponentials live in.
  public let levels: FieldLevels
  /// The values of symbols at each level, and the numbers of sizes.
  public var point: LevelledPoint
  /// The masks that are known already; a field has no order to decide them by.
  public var masks: MaskRecord
  /// The seed of formal masks; nil where all masks are known.
  public var formalMaskSeed: UInt64?
  /// Whether formal masks of products with masks are told again; see ``FormalMaskLaws``.
  public var hasFormalMaskLaws = false
  /// What counts the formal masks that are met.
  public var formalMaskCensus: FormalMaskCensus?
  /// How many bytes the values of all levels may take together.
  public var memoryLimit: Int

  public init(
    _ levels: FieldLevels, at point: LevelledPoint, masks: MaskRecord = MaskRecord(),
    formalMaskSeed: UInt64? = nil, memoryLimit: Int = MemoryBudget.defaultLimit
  ) {
    self.levels = levels
    self.point = point
    self.masks = masks
    self.formalMaskSeed = formalMaskSeed
    self.memoryLimit = memoryLimit
  }

  /// The values of some expressions in the first field, in order.
  public func evaluate(
    _ roots: [TensorExpression]
  ) throws(EvaluationError) -> [Tensor<UInt64>] {
    let (roots, top, plain) = prepared(roots)
    var run = run(roots, top, plain)
    return try run.finish()
  }

  /// The values in the first field of those of some expressions that have one, nil for the others.
  ///
  /// - Throws: an ``EvaluationError`` of the limits of work and memory alone: fewer expressions may keep within them.
  public func evaluateWhereDefined(
    _ roots: [TensorExpression]
  ) throws(EvaluationError) -> [Tensor<UInt64>?] {
    let (roots, top, plain) = prepared(roots)
    var run = run(roots, top, plain)
    return try run.finishWhereDefined()
  }

  private func prepared(
    _ roots: [TensorExpression]
  ) -> ([TensorExpression], Evaluator<PrimeFieldArithmetic>, Set<TensorExpression>) {
    let roots = unrolled(roots)
    let plain = plainMasks(in: roots)
    let top = Evaluator(
      levels.identityField, at: point.levels[0], masks: masks,
      formalMasks: formalMasks(level: 0, plain), memoryLimit: memoryLimit)
    return (roots, top, plain)
  }

  /// The values and tangents of some expressions in the first field.
  ///
  /// The direction is one of the first field: a tangent is linear in it, and takes exponentials of primals only.
  public func pushforward(
    of roots: [TensorExpression], along directions: [TensorExpression: Tensor<UInt64>]
  ) throws(EvaluationError) -> [Pushforward<PrimeFieldArithmetic>.Result] {
    let field = levels.identityField
    let roots = unrolled(roots)
    let plain = plainMasks(in: roots)
    let top = Evaluator(
      DualArithmetic(field),
      at: try Pushforward.dualPoint(field, point.levels[0], directions), masks: masks,
      formalMasks: formalMasks(level: 0, plain)?.lifted(zero: field.zero),
      memoryLimit: memoryLimit)
    var run = run(roots, top, plain)
    return try run.finish().map(Pushforward.Result.init)
  }

  private func unrolled(_ roots: [TensorExpression]) -> [TensorExpression] {
    var unrolling = Unrolling(steps: point.levels[0].sizes)
    return roots.map { unrolling($0) }
  }

  private func run<Top: LevelledArithmetic>(
    _ roots: [TensorExpression], _ top: Evaluator<Top>, _ plain: Set<TensorExpression>
  ) -> LevelledRun<Top> {
    let below = (1..<max(1, levels.fields.count)).map { level in
      Evaluator(
        levels.fields[level], at: point.levels[level], masks: masks,
        formalMasks: formalMasks(level: level, plain), memoryLimit: memoryLimit)
    }
    return LevelledRun(top, below, EvaluationSchedule(roots, masks: masks))
  }

  private func plainMasks(in roots: [TensorExpression]) -> Set<TensorExpression> {
    formalMaskSeed == nil ? [] : MaskRecord.plainMasks(in: roots)
  }

  private func formalMasks(
    level: Int, _ plain: Set<TensorExpression>
  ) -> FormalMasks<UInt64>? {
    formalMaskSeed.map { seed in
      FormalMasks(
        levels.fields[level], keyedBy: levels.identityField, seed: seed, plain: plain,
        laws: level == 0 && hasFormalMaskLaws ? FormalMaskLaws() : nil,
        census: level == 0 ? formalMaskCensus : nil)
    }
  }
}

/// What can be evaluated in the first field of a chain with arguments of exponentials from the next one.
protocol LevelledArithmetic: ScalarArithmetic {
  /// Whether the function is evaluated with its argument at the next level.
  func needsNextLevel(_ function: ElementaryFunction) -> Bool

  /// The function of an element whose residue at the next level is `argument`.
  func apply(
    _ function: ElementaryFunction, _ x: Element, argument: UInt64, in next: PrimeFieldArithmetic
  ) throws(ScalarError) -> Element
}

extension PrimeFieldArithmetic: LevelledArithmetic {
  func needsNextLevel(_ function: ElementaryFunction) -> Bool { usesExponential(function) }

  func apply(
    _ function: ElementaryFunction, _ x: UInt64, argument: UInt64, in next: PrimeFieldArithmetic
  ) throws(ScalarError) -> UInt64 {
    try apply(function, x, argument: argument)
  }
}

extension DualArithmetic: LevelledArithmetic where Base == PrimeFieldArithmetic {
  func needsNextLevel(_ function: ElementaryFunction) -> Bool { function.involvesExponential }
}
