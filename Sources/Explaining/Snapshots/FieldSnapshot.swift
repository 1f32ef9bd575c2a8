import Evaluation
import Judging
import Scalars
import TensorExpressions

/// The values of expressions at one random point of a prime field, for comparing many of them exactly and fast.
struct FieldSnapshot {
  let values: [TensorExpression: Tensor<UInt64>]
  let field: PrimeFieldArithmetic

  /// Whether two expressions were evaluated here and have the same entries.
  func agree(_ a: TensorExpression, _ b: TensorExpression) -> Bool {
    guard let x = values[a], let y = values[b] else { return false }
    return x.extents == y.extents && x.elements == y.elements
  }

  /// How often another point is tried instead of one on a kink, where conventions differ and formulas do not.
  private static let attemptsOffKinks = 4

  /// Evaluates `roots`, which must succeed, and as many of `others` as have a value at some point.
  ///
  /// - Parameter most: the most points that are tried for those that have no value at the first ones.
  /// - Returns: one snapshot for each point that was needed, the roots in all of them.
  static func taken(
    of roots: [TensorExpression], and others: [TensorExpression], at draw: Draw,
    options: CheckOptions, points most: Int = 6
  ) -> [FieldSnapshot] {
    var remaining = others
    var result: [FieldSnapshot] = []
    let symbols = TensorExpression.symbols(of: roots + others)
    let profile = FunctionProfile(of: roots + others)
    for attempt in 0..<24 {
      guard
        let maker = SnapshotMaker(
          symbols, profile, draw: draw, options: options, attempt: attempt),
        attempt >= attemptsOffKinks || !maker.isOnKink(roots),
        var values = maker.values(of: roots)
      else { continue }
      var unevaluated: [TensorExpression] = []
      values.merge(maker.evaluable(remaining, failed: &unevaluated)) { a, _ in a }
      result.append(FieldSnapshot(values: values, field: maker.levels.identityField))
      remaining = unevaluated
      if remaining.isEmpty || result.count >= most { break }
    }
    return result
  }
}

/// One point of a field at which expressions are evaluated.
struct SnapshotMaker {
  let levels: FieldLevels
  private let point: LevelledPoint
  private let draw: Draw
  private let options: CheckOptions
  private let rational: EvaluationPoint<Rational>?
  private let profile: FunctionProfile

  /// A point for expressions of these symbols and functions.
  init?(
    _ symbols: [TensorExpression], _ profile: FunctionProfile, draw: Draw, options: CheckOptions,
    attempt: Int
  ) {
    self.profile = profile
    levels = draw.levels(for: profile, attempt: attempt, roots: .formal)
    self.draw = draw
    self.options = options
    let compared = profile.hasMasks ? symbols : symbols.filter(\.isOneHot)
    let rational =
      compared.isEmpty ? nil : try? draw.rationalPoint(for: compared, attempt: attempt)
    self.rational = rational
    guard
      let point = try? draw.levelledPoint(
        for: symbols, in: levels, like: rational, attempt: attempt)
    else { return nil }
    self.point = point
  }

  /// Whether a mask of `roots` is on its border here.
  func isOnKink(_ roots: [TensorExpression]) -> Bool {
    guard let rational, FunctionProfile(of: roots).hasMasks else { return false }
    let masks = try? MaskRecord.recording(
      roots, at: rational, largestPrecision: options.precisionLimit)
    return masks?.kinks.isEmpty == false
  }

  /// The values of all of `roots`, nil when one has none here.
  func values(of roots: [TensorExpression]) -> [TensorExpression: Tensor<UInt64>]? {
    guard
      let masks = try? masks(of: roots, precision: options.precisionLimit, isPartial: false),
      let values = try? LevelledEvaluator(levels, at: point, masks: masks).evaluate(roots)
    else { return nil }
    return Dictionary(zip(roots, values)) { first, _ in first }
  }

  /// The precision up to which it is looked how the masks of a mere candidate fall. Signs that need more, of
  /// what is 10⁻⁴⁰⁰ away from zero, take most of the time and are not what people meant.
  private static let candidatePrecision = 256

  private func masks(
    of roots: [TensorExpression], precision: Int, isPartial: Bool
  ) throws(EvaluationError) -> MaskRecord {
    guard profile.hasMasks, FunctionProfile(of: roots).hasMasks, let rational else {
      return MaskRecord()
    }
    return try MaskRecord.recording(
      roots, at: rational, largestPrecision: precision, isPartial: isPartial)
  }

  /// The values of those of `roots` that have one here; the others go to `failed`, unless nothing further can be
  /// computed.
  func evaluable(
    _ roots: [TensorExpression], failed: inout [TensorExpression]
  ) -> [TensorExpression: Tensor<UInt64>] {
    if roots.isEmpty { return [:] }
    do throws(EvaluationError) {
      let masks = try masks(
        of: roots, precision: min(Self.candidatePrecision, options.precisionLimit),
        isPartial: true)
      let values = try LevelledEvaluator(levels, at: point, masks: masks)
        .evaluateWhereDefined(roots)
      var result: [TensorExpression: Tensor<UInt64>] = [:]
      for (root, value) in zip(roots, values) {
        if let value { result[root] = value } else { failed.append(root) }
      }
      return result
    } catch {
      // Nothing further can be computed: halves would fail as the whole does.
      if case .overBudget = error { return [:] }
    }
    if roots.count == 1 {
      failed += roots
      return [:]
    }
    // Halves take less memory, and one that has no shape at these sizes is in one of them alone.
    let middle = roots.count / 2
    return evaluable(Array(roots[..<middle]), failed: &failed).merging(
      evaluable(Array(roots[middle...]), failed: &failed)
    ) { first, _ in first }
  }
}
