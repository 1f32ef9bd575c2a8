import CExactKernels

/// Exact sums of products of tensors at about the speed of floating point.
///
/// A contraction is planned (``ContractionPlan``), its operands are packed straight from their
/// strided accesses, multiplied by integer kernels that cannot overflow, and put together again. Every
/// product but the smallest is then certified with random vectors modulo 2^61 − 1.
public enum ExactEngine {
  /// Contracts two exact tensors.
  ///
  /// The result's scale is the product of the operands' scales. An element that no index reaches is
  /// zero; so is everything when an extent is zero.
  ///
  /// - Throws: ``ExactEngineError/shape(_:expected:found:)``, ``ExactEngineError/tooWide(bits:)``,
  ///   ``ExactEngineError/memory(needed:allowed:)`` before anything is allocated,
  ///   ``ExactEngineError/certificateFailed(kernel:)`` instead of a wrong answer, and the errors
  ///   of ``ExactKernelFamily/fromEnvironment()``.
  /// - Complexity: as many multiplications as the box of the indices has points (fewer where the
  ///   output's border cuts it), for each residue that the result needs.
  public static func contract(
    _ contraction: ExactContraction, _ left: ExactPlane, _ right: ExactPlane,
    options: ExactOptions = ExactOptions()
  ) throws(ExactEngineError) -> ExactPlane {
    guard contraction.left.shape == left.shape else {
      throw .shape(.left, expected: contraction.left.shape, found: left.shape)
    }
    guard contraction.right.shape == right.shape else {
      throw .shape(.right, expected: contraction.right.shape, found: right.shape)
    }
    let shape = contraction.output.shape
    guard let count = elementCount(of: shape) else { throw .malformed(.output) }
    let (left, right) = (left.tightened(), right.tightened())
    let layers = LoweredContraction(contraction).gathered()
      .map { $0.filter { !$0.extents.contains(0) } }.filter { !$0.isEmpty }
    guard count > 0, let first = layers.first?.first, !left.bound.isZero, !right.bound.isZero
    else {
      return ExactPlane(
        shape: shape, scale: left.scale * right.scale, limbCount: 1,
        limbs: [Int64](repeating: 0, count: count), bound: Magnitude(0), boundIsMeasured: true)
    }
    // All parts share one plan and one set of residues, so they agree on the operands' places.
    let swapped = ContractionLayout(first).isSwapped
    let layouts = layers.map { $0.map { ContractionLayout($0, swapped: swapped) } }
    let (rows, columns) = swapped ? (right, left) : (left, right)
    var planner = try ContractionPlanner(layouts, left: rows, right: columns, options: options)
    let plan = try planner.plan()
    do {
      return try carryOut(plan, layouts, rows, columns, shape, options)
    } catch .memory where plan.split != nil {
      let smaller = try planner.wholePlan()
      return try carryOut(smaller, layouts, rows, columns, shape, options)
    }
  }

  private static func carryOut(
    _ plan: ContractionPlan, _ layouts: [[ContractionLayout]], _ left: ExactPlane,
    _ right: ExactPlane, _ shape: [Int], _ options: ExactOptions
  ) throws(ExactEngineError) -> ExactPlane {
    let run = try ContractionRun(
      plan, layouts: layouts, left: left, right: right, resultCount: shape.reduce(1, *),
      options: options)
    return ExactPlane(
      shape: shape, scale: left.scale * right.scale, limbCount: plan.resultLimbs,
      limbs: try run.result(),
      bound: plan.bound.multiplied(by: UInt64(layouts.count)), boundIsMeasured: false)
  }
}
