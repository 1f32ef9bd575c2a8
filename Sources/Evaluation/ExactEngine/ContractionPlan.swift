import CExactKernels

/// Which kernel computes a contraction, and in how many bits.
///
/// The bound. An element of the result is a sum of at most `n` products, `n` being the number of
/// points of the depth indices (points outside a tensor contribute nothing), so with `|left| ≤ a` and
/// `|right| ≤ b` everywhere
///
/// ```
/// |result| ≤ n·a·b,      a number of at most log₂n + log₂a + log₂b bits and a sign,
/// ```
///
/// and with every left element at `a`, every right one at `b` and no point outside, it is reached. Where
/// a few bits less would make a cheaper plan, ``RowBound`` looks for them.
/// A kernel holds a contraction when
///
/// - plain: n·a·b < 2^127;
/// - words, with |left| < 2^p and |right| < 2^q made unsigned by adding 2^p and 2^q:
///   - low: p + q + 2 ≤ 52, so that each product is below 2^52 and is added whole, modulo 2^64, and
///     n·a·b < 2^63;
///   - wide: p, q ≤ 51, so that each factor is below 2^52; n·2^(p + 1), n·2^(q + 1) ≤ 2^64 for the sums
///     that undo the additions; and n·a·b < 2^115;
/// - residues: the product of the moduli exceeds 2·n·a·b by one part in 2^16 for the rounded quotient
///   (``ResidueSystem``), and its accumulators are folded often enough (``depthLimit``).
struct ContractionPlan {
  let kernel: ek_kernel
  let features: Int32
  let bound: Magnitude
  /// Limbs of the result: its bound and a sign.
  let resultLimbs: Int
  let system: ResidueSystem?
  /// The largest depth after which accumulators are reduced.
  let depthLimit: Int
  /// p and q of the words.
  let leftBits: Int, rightBits: Int
  /// The estimated cost in cycles.
  let cycles: Double

  /// The most limbs of a result, or of an operand.
  static let mostLimbs = 24

  /// The sizes that a plan weighs.
  struct Work {
    var products = 0.0
    var leftElements = 0.0, rightElements = 0.0, resultElements = 0.0
    /// How many products the longest sum has.
    var depth = 0
    /// The largest number of words that the plain kernel would copy at a time.
    var plainWords = 0

    /// Adds one part of a contraction.
    mutating func add(_ layout: ContractionLayout) {
      let rows = Double(layout.rowCount), columns = Double(layout.columnCount)
      let depth = Double(layout.depthCount), batch = Double(layout.batchCount)
      products += rows * columns * depth * batch
      leftElements += rows * depth * batch
      rightElements += columns * depth * batch
      resultElements += rows * columns * batch
      self.depth = max(self.depth, layout.depthCount)
      plainWords = max(plainWords, (layout.rowCount + layout.columnCount) * layout.depthCount)
    }
  }

  /// Chooses the cheapest of the kernels that hold the contraction.
  ///
  /// - Parameters:
  ///   - layers: layouts whose results are added up in the end.
  ///   - left: the operand of the layouts' rows, and `right` that of their columns.
  /// - Throws: ``ExactEngineError/tooWide(bits:)``, and the errors of the options' kernel.
  init(
    _ layers: [[ContractionLayout]], left: ExactPlane, right: ExactPlane, options: ExactOptions
  ) throws(ExactEngineError) {
    var work = Work()
    for layout in layers.joined() { work.add(layout) }
    let (kernels, features) = try options.kernels()
    let candidates = (options.plainLimit >= work.products ? [EK_PLAIN] : []) + kernels
    func best(_ bound: Magnitude) -> ContractionPlan? {
      let whole = bound.multiplied(by: UInt64(layers.count))
      let limbs = (whole.bitWidth + 1 + 63) / 64
      guard limbs <= Self.mostLimbs else { return nil }
      let plans = candidates.lazy.compactMap {
        ContractionPlan(
          $0, features: features, work, bound: bound, resultLimbs: limbs, left: left, right: right)
      }
      // The plain path comes first, and is taken where it can be.
      if let plain = plans.first(where: { $0.kernel == EK_PLAIN }) { return plain }
      return plans.min { $0.cycles < $1.cycles }
    }
    let bound = (left.bound * right.bound).multiplied(by: UInt64(max(work.depth, 1)))
    let simple = best(bound)
    guard simple?.kernel != EK_PLAIN,
      let likely = best(
        bound.dividedBy(max(RowBound.likelyGain(left), RowBound.likelyGain(right))).quotient),
      likely.cycles < 0.97 * (simple?.cycles ?? .infinity),
      let rowBound = Self.rowBound(layers, left: left, right: right), rowBound < bound,
      let narrow = best(rowBound)
    else {
      guard let simple else { throw .tooWide(bits: bound.bitWidth) }
      self = simple
      return
    }
    self = narrow
  }

  /// The bound by row and column sums, which is worth a pass over the operands where a few bits less
  /// would make a cheaper plan.
  private static func rowBound(
    _ layers: [[ContractionLayout]], left: ExactPlane, right: ExactPlane
  ) -> Magnitude? {
    var bound = Magnitude(0)
    for layout in layers.joined() {
      let contraction = layout.contraction
      let rows = RowBound.largestSum(
        of: left, contraction.left, depth: layout.depth, in: contraction)
      let columns = RowBound.largestSum(
        of: right, contraction.right, depth: layout.depth, in: contraction)
      let bounds = [rows.map { $0 * right.bound }, columns.map { $0 * left.bound }]
      guard let least = bounds.compactMap({ $0 }).min() else { return nil }
      bound = max(bound, least)
    }
    return bound
  }

  /// - Returns: nil when this kernel does not hold the contraction.
  private init?(
    _ kernel: ek_kernel, features: Int32, _ work: Work, bound: Magnitude, resultLimbs: Int,
    left: ExactPlane, right: ExactPlane
  ) {
    let (p, q) = (left.bound.bitWidth, right.bound.bitWidth)
    let isNarrow = left.limbCount == 1 && right.limbCount == 1
    let depthBits = Magnitude(UInt64(max(work.depth, 1))).bitWidth
    var system: ResidueSystem?
    switch kernel {
    case EK_PLAIN:
      guard isNarrow, bound.bitWidth <= 126, resultLimbs <= 2, work.plainWords <= 1 << 20
      else { return nil }
    case EK_WORDS_IFMA_LOW:
      guard isNarrow, p + q + 2 <= 52, bound.bitWidth <= 62, resultLimbs == 1 else { return nil }
    case EK_WORDS_IFMA_WIDE:
      guard isNarrow, p <= 51, q <= 51, depthBits + max(p, q) + 1 <= 64, bound.bitWidth <= 114,
        resultLimbs <= 2
      else { return nil }
    default:
      guard let bits = kernel.residueBits, max(left.limbCount, right.limbCount) <= Self.mostLimbs,
        let found = ResidueSystem(residueBits: bits, bound: bound)
      else { return nil }
      system = found
    }
    self.kernel = kernel
    self.features = features
    self.bound = bound
    self.resultLimbs = resultLimbs
    self.system = system
    depthLimit = system?.depthLimit ?? EK_WORDS_DEPTH
    leftBits = p
    rightBits = q
    // Packing costs about a cycle for each element and plane, recombining half a one and more.
    let planes = Double(system?.moduli.count ?? 1)
    cycles =
      work.products * planes / kernel.speed
      + (work.leftElements + work.rightElements) * planes
      + work.resultElements * planes * (system == nil ? 1 : 0.5 + 0.1 * Double(resultLimbs))
  }
}
