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
/// a few bits less would make a cheaper plan, ``RowBound`` looks for them, and where a few elements
/// are what takes many bits, ``SplitSearch`` for a way to leave them out of the kernel's work.
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
  /// The operands' parts, where the kernel multiplies only the main ones.
  let split: ContractionSplit?
  /// Limbs of the result: its bound and a sign.
  let resultLimbs: Int
  let system: ResidueSystem?
  /// The largest depth after which accumulators are reduced.
  let depthLimit: Int
  /// p and q: |left| < 2^p and |right| < 2^q.
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
    var planner = try ContractionPlanner(layers, left: left, right: right, options: options)
    self = try planner.plan()
  }

  /// - Returns: nil when this kernel does not hold the contraction.
  ///
  /// - Parameters:
  ///   - bound: of what the kernel multiplies.
  ///   - wholeBound: of the result, which differs where the operands are split.
  ///   - left: what the kernel multiplies, and likewise `right`.
  init?(
    _ kernel: ek_kernel, features: Int32, _ work: Work, bound: Magnitude, wholeBound: Magnitude,
    resultLimbs: Int, left: ExactPlane, right: ExactPlane, split: ContractionSplit?
  ) {
    let (p, q) = (left.bound.bitWidth, right.bound.bitWidth)
    let isNarrow = left.limbCount == 1 && right.limbCount == 1
    let depthBits = Magnitude(UInt64(max(work.depth, 1))).bitWidth
    var system: ResidueSystem?
    switch kernel {
    case EK_PLAIN:
      guard split == nil, isNarrow, bound.bitWidth <= 126, resultLimbs <= 2,
        work.plainWords <= 1 << 20
      else { return nil }
    case EK_WORDS_IFMA_LOW:
      guard isNarrow, p + q + 2 <= 52, bound.bitWidth <= 62, resultLimbs <= 2 else { return nil }
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
    self.bound = wholeBound
    self.resultLimbs = resultLimbs
    self.split = split
    self.system = system
    depthLimit = system?.depthLimit ?? EK_WORDS_DEPTH
    leftBits = p
    rightBits = q
    cycles =
      kernel.cycles(
        work, planes: system?.moduli.count ?? 1, resultLimbs: resultLimbs, features: features)
      + (split?.cycles(work, features: features) ?? 0)
  }
}

extension ek_kernel {
  /// About how many cycles a contraction takes with so many residues, or 1 for words.
  func cycles(
    _ work: ContractionPlan.Work, planes: Int, resultLimbs: Int, features: Int32
  ) -> Double {
    // With 512-bit registers packing costs about a cycle for each element and plane, recombining half
    // a one and more.
    let (planes, slowness) = (Double(planes), vectorSlowness(features))
    return work.products * planes / speed
      + (work.leftElements + work.rightElements) * planes * slowness
      + work.resultElements * planes * slowness
      * (residueBits == nil ? 1 : 0.5 + 0.1 * Double(resultLimbs))
  }
}

/// How many times longer the code around the kernels takes than on 512-bit registers.
func vectorSlowness(_ features: Int32) -> Double {
  if features & Int32(EK_CPU_AVX512) != 0 { return 1 }
  return features & Int32(EK_CPU_AVX2) != 0 ? 1.5 : 3
}
