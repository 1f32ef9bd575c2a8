import Scalars
import TensorExpressions

extension MaskRecord {
  /// How the masks of some expressions fall at a rational point, with proof.
  ///
  /// Masks of rational arguments are decided exactly, so that kinks are known for certain. The others are decided by
  /// enclosures, whose precision is doubled until no sign is open. Where that would be much work, all are decided in
  /// double precision instead: a sign within rounding errors of zero may then fall to either side, on a cell of the
  /// space of all patterns that no point may have. An identity that holds on any cell for other reasons than being
  /// one is as unlikely there as anywhere; a difference is always confirmed by exact values.
  ///
  /// - Parameters:
  ///   - isCertain: whether double precision is never enough.
  ///   - isPartial: whether masks that cannot be decided are left out.
  /// - Throws: ``EvaluationError/undecidedMask(node:entry:precision:)`` when a sign is still open at the
  ///   largest precision, which an irrational argument always is that is zero at the point and not by
  ///   identity.
  public static func recording(
    _ roots: [TensorExpression], at point: EvaluationPoint<Rational>,
    precision: Int = 128, largestPrecision: Int = 4096,
    memoryLimit: Int = MemoryBudget.defaultLimit, isCertain: Bool = false,
    isPartial: Bool = false
  ) throws(EvaluationError) -> MaskRecord {
    // What is asked for is the masks of the steps that there are at these sizes.
    var unrolling = Unrolling(steps: point.sizes)
    let roots = roots.map { unrolling($0) }
    let masks = maskNodes(in: roots)
    if masks.isEmpty { return MaskRecord() }
    let estimate = try WorkEstimate(of: masks, sizes: point.sizes, memory: memoryLimit)
    if estimate.work > largestCertainWork, !isCertain {
      return try rounding(masks, at: point, memoryLimit: memoryLimit, isPartial: isPartial)
    }
    let exact = Evaluator(RationalArithmetic(), at: point, memoryLimit: memoryLimit)
    var run = EvaluationRun(exact, EvaluationSchedule(masks, masks: MaskRecord()))
    if isPartial { _ = try run.finishWhereDefined() } else { try run.finishWhereRational() }
    var record = run.masks
    let open = masks.filter { !record.holds($0) }
    if open.isEmpty { return record }
    var bits = precision
    var zeroTest: ZeroTest?
    while true {
      let arithmetic = IntervalArithmetic(precision: bits)
      var enclosing = Evaluator(
        arithmetic, at: try point.converted(to: arithmetic), masks: record,
        memoryLimit: memoryLimit)
      enclosing.zeroTest = zeroTest
      if isPartial {
        let found = try enclosing.evaluateWhereDefined(open)
        record = found.masks
        if !found.hasOpenSigns || bits >= largestPrecision { return record }
      } else {
        do throws(EvaluationError) {
          return try enclosing.evaluateRecordingMasks(open).masks
        } catch {
          guard case .scalar(.undecided, let node, let entry) = error else { throw error }
          if bits >= largestPrecision {
            throw .undecidedMask(node: node, entry: entry, precision: bits)
          }
        }
      }
      // The first time, what is zero by identity is told apart before more digits are looked at.
      if zeroTest == nil {
        zeroTest = try ZeroTest(of: roots, like: point)
      } else {
        bits *= 2
      }
    }
  }

  /// What is done exactly or in enclosures, in the unit of ``WorkEstimate``: the work in a field, which enclosures take
  /// some hundred times of.
  static let largestCertainWork = 1_000_000

  /// How masks fall in double precision.
  private static func rounding(
    _ masks: [TensorExpression], at point: EvaluationPoint<Rational>, memoryLimit: Int,
    isPartial: Bool
  ) throws(EvaluationError) -> MaskRecord {
    let arithmetic = DoubleArithmetic()
    let evaluator = Evaluator(
      arithmetic, at: try point.converted(to: arithmetic), memoryLimit: memoryLimit)
    if isPartial { return try evaluator.evaluateWhereDefined(masks).masks }
    do throws(EvaluationError) {
      return try evaluator.evaluateRecordingMasks(masks).masks
    } catch {
      guard case .scalar(.undecided, let node, let entry) = error else { throw error }
      throw .undecidedMask(node: node, entry: entry, precision: 53)
    }
  }

  /// The steps, extrema and selectors that evaluating some expressions meets, each after those it depends on.
  public static func maskNodes(in roots: [TensorExpression]) -> [TensorExpression] {
    EvaluationSchedule(roots, masks: MaskRecord()).jobs.map(\.node).filter(\.isMask)
  }

  private func holds(_ node: TensorExpression) -> Bool {
    node.asExtremum.map { windows[$0] != nil } ?? (steps[node] != nil || rounded[node] != nil)
  }
}
