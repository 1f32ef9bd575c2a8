import CExactKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Looks for the places at which to cut a contraction's operands.
///
/// How many rests a cut leaves is estimated from some thousand elements of each operand: what it costs
/// depends on that, and whether it is right does not.
struct SplitSearch {
  struct Choice {
    let left: OperandSplit.Cut, right: OperandSplit.Cut
    /// The estimated cost in cycles, and that of the dense product alone.
    let cycles: Double, dense: Double
  }

  /// The logarithms of the largest sums of magnitudes of a row of the left operand, and of a column of
  /// the right one; nil where they are not known.
  struct Sums {
    var rows: Double?, columns: Double?
  }

  private let kernels: [ek_kernel]
  private let features: Int32
  private let work: ContractionPlan.Work
  private let resultLimbs: Int
  private let left: Operand, right: Operand
  private let depthBits: Double

  /// - Parameter unseen: how many of the samples are taken to have a rest that none of them shows: 1 to
  ///   be cautious, less to hope.
  init(
    _ left: ExactPlane, _ right: ExactPlane, work: ContractionPlan.Work, resultLimbs: Int,
    kernels: [ek_kernel], features: Int32, unseen: Double
  ) {
    self.kernels = kernels.filter { $0 != EK_PLAIN }
    self.features = features
    self.work = work
    self.resultLimbs = resultLimbs
    self.left = Operand(left, unseen: unseen)
    self.right = Operand(right, unseen: unseen)
    depthBits = log2(Double(max(work.depth, 1)))
  }

  /// The sums as they would be if every row was like the mean of all.
  var likelySums: Sums {
    Sums(rows: depthBits + left.meanBits, columns: depthBits + right.meanBits)
  }

  /// The cheapest pair of cuts; nil where neither operand has one.
  func best(_ sums: Sums) -> Choice? {
    let cost = RestCost(features: features)
    var best: Choice?
    for a in left.candidates {
      for b in right.candidates where a.isCut || b.isCut {
        let rests = cost.cycles(work, left: a.terms, right: b.terms)
        guard rests < best?.cycles ?? .infinity else { continue }
        var bits = depthBits + a.bits + b.bits
        if let rows = sums.rows { bits = min(bits, rows - Double(a.cut.shift) + b.bits) }
        if let columns = sums.columns { bits = min(bits, columns - Double(b.cut.shift) + a.bits) }
        for kernel in kernels {
          guard let planes = planes(kernel, a, b, bits: bits) else { continue }
          let dense = kernel.cycles(
            work, planes: planes, resultLimbs: resultLimbs, features: features)
          if rests + dense < best?.cycles ?? .infinity {
            best = Choice(left: a.cut, right: b.cut, cycles: rests + dense, dense: dense)
          }
        }
      }
    }
    return best
  }

  /// About how many residues a kernel needs for a bound of so many bits, or 1 for words that hold it.
  private func planes(
    _ kernel: ek_kernel, _ a: Candidate, _ b: Candidate, bits: Double
  ) -> Int? {
    switch kernel {
    case EK_WORDS_IFMA_LOW, EK_WORDS_IFMA_WIDE:
      let (p, q) = (Int(a.bits) + 1, Int(b.bits) + 1)
      let holds =
        kernel == EK_WORDS_IFMA_LOW
        ? p + q + 2 <= 52 && bits < 62
        : max(p, q) <= 51 && depthBits + Double(max(p, q)) < 62 && bits < 114
      return holds && resultLimbs <= 2 ? 1 : nil
    default:
      // One bit for the sign. The largest moduli have a little less than 13 and 8 bits; 2^16 is one
      // of the wide ones.
      let needed = bits + 1.001
      return kernel.residueBits == 16
        ? 1 + max(0, Int(((needed - 16) / 12.992).rounded(.up)))
        : max(1, Int((needed / 7.87).rounded(.up)))
    }
  }
}

extension SplitSearch {
  /// One place to cut an operand.
  fileprivate struct Candidate {
    let cut: OperandSplit.Cut
    /// The logarithm of the largest main part.
    let bits: Double
    /// The expected number of digits of rests for each element.
    let terms: Double
    let isCut: Bool
  }

  /// What some elements of an operand tell about its bits.
  fileprivate struct Operand {
    let candidates: [Candidate]
    /// The logarithm of the mean magnitude.
    let meanBits: Double

    private static let samples = 1024
    /// So many of them tell whether there is anything to look for.
    private static let fewSamples = 64
    /// More rests than this are not worth looking at: a residue costs less than a tenth of a
    /// cycle for each product, and a rest some tenths or more.
    private static let mostTerms = 0.15

    init(_ plane: ExactPlane, unseen: Double) {
      let few = Operand(plane, samples: Self.fewSamples, unseen: unseen)
      self =
        few.candidates.count > 1
        ? Operand(plane, samples: Self.samples, unseen: unseen) : few
    }

    private init(_ plane: ExactPlane, samples: Int, unseen: Double) {
      let bound = plane.bound.lowWord, width = plane.bound.bitWidth
      let isWhole = plane.count <= samples
      var draws = Positions(count: plane.count)
      var trailing = [Int](repeating: 0, count: 65), widths = trailing
      var sum = 0.0, count = 0.0
      for i in 0..<min(plane.count, samples) {
        let size = plane.limbs[isWhole ? i : draws.next()].magnitude
        trailing[size.trailingZeroBitCount] += 1
        widths[64 - size.leadingZeroBitCount] += 1
        sum += Double(size)
        count += 1
      }
      meanBits = log2(max(sum / max(count, 1), 1))
      let unseen = isWhole ? 0 : unseen
      var found: [Candidate] = []
      var (top, above) = (width, 0)
      while top > 0 {
        let isCapped = top < width
        let highTerms =
          isCapped
          ? (Double(above) + unseen) / count * Double(OperandSplit.digits(ofBits: width)) : 0
        if highTerms > Self.mostTerms { break }
        let largest = isCapped ? UInt64(1) << UInt64(top) - 1 : bound
        var below = 0
        for shift in 0..<top {
          if shift > 0 { below += trailing[shift - 1] }
          let lowTerms =
            shift > 0
            ? (Double(below) + unseen) / count * Double(OperandSplit.digits(ofBits: shift)) : 0
          let terms = highTerms + lowTerms
          if terms > Self.mostTerms { break }
          let limit = largest >> UInt64(shift)
          found.append(
            Candidate(
              cut: .init(shift: shift, limit: limit), bits: log2(Double(limit) + 1), terms: terms,
              isCut: isCapped || shift > 0))
        }
        above += widths[top]
        top -= 1
      }
      candidates = Self.undominated(found.filter { !$0.isCut || $0.cut.shift > 0 || $0.terms > 0 })
    }

    /// Those than which none has fewer bits and rests.
    private static func undominated(_ candidates: [Candidate]) -> [Candidate] {
      var kept: [Candidate] = []
      for candidate in candidates.sorted(by: { ($0.terms, $0.bits) < ($1.terms, $1.bits) })
      where candidate.bits < kept.last?.bits ?? .infinity {
        kept.append(candidate)
      }
      return kept
    }
  }
}

/// Positions that are spread over an array without a period, the same for every array of one size.
private struct Positions {
  private let count: UInt64
  private var state: UInt64 = 0

  init(count: Int) { self.count = UInt64(count) }

  mutating func next() -> Int {
    // Multiples of the golden ratio, modulo 1.
    state &+= 0x9e37_79b9_7f4a_7c15
    return Int(state.multipliedFullWidth(by: count).high)
  }
}
