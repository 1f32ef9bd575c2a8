import CExactKernels

/// What choosing a plan needs to know, gathered once.
struct ContractionPlanner {
  private let layers: [[ContractionLayout]]
  private let left: ExactPlane, right: ExactPlane
  private let options: ExactOptions
  private let work: ContractionPlan.Work
  private let kernels: [ek_kernel], features: Int32
  /// The bound by the number of products and the largest elements.
  private let simpleBound: Magnitude
  /// The sums of rows and columns of every layout; nil before they were asked for.
  private var sums: [RowSums]?

  /// - Throws: the errors of the options' kernel.
  init(
    _ layers: [[ContractionLayout]], left: ExactPlane, right: ExactPlane, options: ExactOptions
  ) throws(ExactEngineError) {
    self.layers = layers
    self.left = left
    self.right = right
    self.options = options
    var work = ContractionPlan.Work()
    for layout in layers.joined() { work.add(layout) }
    self.work = work
    let (kernels, features) = try options.kernels()
    self.kernels = (options.plainLimit >= work.products ? [EK_PLAIN] : []) + kernels
    self.features = features
    simpleBound = (left.bound * right.bound).multiplied(by: UInt64(max(work.depth, 1)))
  }

  /// The cheapest plan, whose operands are split where that is cheaper.
  ///
  /// - Throws: ``ExactEngineError/tooWide(bits:)``.
  mutating func plan() throws(ExactEngineError) -> ContractionPlan {
    let whole = try wholePlan()
    if let cuts = options.forcedCuts, canSplit {
      let rests = rests(cuts.rows, cuts.columns)
      return plan(leaving: rests.left, rests.right, whole: whole, usesSums: false) ?? whole
    }
    return splitPlan(instead: whole) ?? whole
  }

  /// The cheapest plan that multiplies the operands as they are.
  ///
  /// - Throws: ``ExactEngineError/tooWide(bits:)``.
  mutating func wholePlan() throws(ExactEngineError) -> ContractionPlan {
    let simple = best(simpleBound)
    let gain = max(RowBound.likelyGain(left), RowBound.likelyGain(right))
    if simple?.kernel != EK_PLAIN, let likely = best(simpleBound.dividedBy(gain).quotient),
      likely.cycles < 0.97 * (simple?.cycles ?? .infinity)
    {
      let bound = rowBound()
      if bound < simpleBound, let narrow = best(bound) { return narrow }
    }
    guard let simple else { throw .tooWide(bits: simpleBound.bitWidth) }
    return simple
  }

  /// The cheapest of the kernels that hold a bound; nil where none does.
  private func best(
    _ bound: Magnitude, whole: Magnitude? = nil, split: ContractionSplit? = nil
  ) -> ContractionPlan? {
    let whole = whole ?? bound
    let limbs = (whole.multiplied(by: UInt64(layers.count)).bitWidth + 1 + 63) / 64
    guard limbs <= ContractionPlan.mostLimbs else { return nil }
    let plans = kernels.lazy.compactMap {
      ContractionPlan(
        $0, features: features, work, bound: bound, wholeBound: whole, resultLimbs: limbs,
        left: split?.left.main ?? left, right: split?.right.main ?? right, split: split)
    }
    // The plain path comes first, and is taken where it can be.
    if let plain = plans.first(where: { $0.kernel == EK_PLAIN }) { return plain }
    return plans.min { $0.cycles < $1.cycles }
  }
}

// MARK: - Sums of rows

extension ContractionPlanner {
  /// The largest sums of magnitudes of a layout's rows and columns; nil where they are not known.
  private struct RowSums {
    let rows: Magnitude?, columns: Magnitude?
  }

  private mutating func rowSums() -> [RowSums] {
    if let sums { return sums }
    let found = layers.joined().map { layout in
      let contraction = layout.contraction
      return RowSums(
        rows: RowBound.largestSum(
          of: left, contraction.left, depth: layout.depth, in: contraction),
        columns: RowBound.largestSum(
          of: right, contraction.right, depth: layout.depth, in: contraction))
    }
    sums = found
    return found
  }

  /// The bound by row and column sums, which is worth a pass over the operands where a few bits less
  /// would make a cheaper plan.
  ///
  /// Main parts are at most the elements by 2^shift, rounded down, and so are their sums.
  private mutating func rowBound(_ cuts: (OperandSplit.Cut, OperandSplit.Cut)? = nil) -> Magnitude {
    let (a, b) = (cuts?.0.limit, cuts?.1.limit)
    let (largestLeft, largestRight) = (
      a.map { Magnitude($0) } ?? left.bound, b.map { Magnitude($0) } ?? right.bound
    )
    let simple = (largestLeft * largestRight).multiplied(by: UInt64(max(work.depth, 1)))
    return rowSums().map { sums in
      let rows = sums.rows?.shiftedRight(by: cuts?.0.shift ?? 0)
      let columns = sums.columns?.shiftedRight(by: cuts?.1.shift ?? 0)
      return [
        simple, rows.map { $0 * largestRight } ?? simple,
        columns.map { $0 * largestLeft } ?? simple,
      ].min() ?? simple
    }.max() ?? simple
  }
}

// MARK: - Splitting

extension ContractionPlanner {
  private var canSplit: Bool {
    [left, right].allSatisfy { $0.limbCount == 1 && $0.bound.bitWidth <= OperandSplit.mostBits }
  }

  /// A plan with split operands, where one is cheaper by enough to be worth a look.
  private mutating func splitPlan(instead whole: ContractionPlan) -> ContractionPlan? {
    guard whole.kernel != EK_PLAIN, whole.cycles >= options.splitLimit, canSplit,
      (left.count + right.count) * 8 <= options.memoryLimit
    else { return nil }
    // Where few rests are expected, sampling tells little: a choice that hopes for none must promise
    // more to be worth counting them.
    for (unseen, enough) in [(1, 0.97), (0.1, 0.85)] {
      let search = SplitSearch(
        left, right, work: work, resultLimbs: whole.resultLimbs, kernels: kernels,
        features: features, unseen: unseen)
      if let plan = splitPlan(search, below: enough * whole.cycles, whole: whole) { return plan }
    }
    return nil
  }

  private mutating func splitPlan(
    _ search: SplitSearch, below enough: Double, whole: ContractionPlan
  ) -> ContractionPlan? {
    var choice = search.best(.init())
    var usesSums = false
    if let likely = search.best(search.likelySums),
      likely.cycles < min(enough, 0.97 * (choice?.cycles ?? .infinity))
    {
      let sums = rowSums()
      let known = SplitSearch.Sums(
        rows: Self.largest(sums.map(\.rows)), columns: Self.largest(sums.map(\.columns)))
      if let better = search.best(known), better.cycles < choice?.cycles ?? .infinity {
        choice = better
        usesSums = true
      }
    }
    guard let choice, choice.cycles < enough else { return nil }
    let rests = rests(choice.left, choice.right)
    let counted = RestCost(features: features)
      .cycles(work, left: rests.left.terms, right: rests.right.terms)
    guard choice.dense + counted < enough else { return nil }
    let plan = plan(leaving: rests.left, rests.right, whole: whole, usesSums: usesSums)
    return plan.flatMap { $0.cycles < whole.cycles ? $0 : nil }
  }

  private func rests(
    _ a: OperandSplit.Cut, _ b: OperandSplit.Cut
  ) -> (left: OperandSplit.Rests, right: OperandSplit.Rests) {
    (OperandSplit.Rests(of: left, at: a), OperandSplit.Rests(of: right, at: b))
  }

  /// The logarithm of the largest sum; nil where one is not known.
  private static func largest(_ sums: [Magnitude?]) -> Double? {
    let known = sums.compactMap { $0 }
    return known.count == sums.count ? known.max()?.logarithm : nil
  }

  /// The plan for operands that are split so that they leave these rests.
  ///
  /// - Returns: nil where no kernel holds it.
  private mutating func plan(
    leaving a: OperandSplit.Rests, _ b: OperandSplit.Rests, whole: ContractionPlan, usesSums: Bool
  ) -> ContractionPlan? {
    let simple = (Magnitude(a.cut.limit) * Magnitude(b.cut.limit))
      .multiplied(by: UInt64(max(work.depth, 1)))
    let bound = usesSums ? rowBound((a.cut, b.cut)) : simple
    let split = ContractionSplit(
      left: OperandSplit(left, leaving: a), right: OperandSplit(right, leaving: b))
    return best(bound, whole: whole.bound, split: split)
  }
}
