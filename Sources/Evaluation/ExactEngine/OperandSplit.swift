import CExactKernels

/// An operand taken apart so that few bits hold nearly all of it.
///
/// ```
/// whole = main · 2^shift + rest
/// ```
///
/// where the rest is zero but for few elements: those with bits below `shift`, whose low bits it has,
/// and those whose main part would exceed `limit`, which it has whole. Both parts have the element's
/// sign.
struct OperandSplit {
  /// Where an operand is cut.
  struct Cut: Hashable {
    /// Bits below this one are the rest's.
    var shift: Int
    /// The largest main part, at least 1.
    var limit: UInt64
  }

  /// The rests that a cut leaves.
  struct Rests {
    let cut: Cut
    /// How many elements have one, and how many of those are left out whole.
    let count: Int, outlierCount: Int
    /// The bits of the largest.
    let bits: Int
    private let elements: Int

    init(of whole: ExactPlane, at cut: Cut) {
      let rests = whole.limbs.withUnsafeBufferPointer {
        ek_count_rests($0.baseAddress, Int64($0.count), Int32(cut.shift), cut.limit)
      }
      self.cut = cut
      count = Int(rests.count)
      outlierCount = Int(rests.wholes)
      bits = Int(rests.bits)
      elements = whole.count
    }

    /// The digits in which the kernels multiply the largest.
    var digits: Int { OperandSplit.digits(ofBits: bits) }

    /// At most how many digits there are for each element.
    var terms: Double {
      let low = (count - outlierCount) * min(OperandSplit.digits(ofBits: cut.shift), digits)
      return Double(low + outlierCount * digits) / Double(max(elements, 1))
    }
  }

  let whole: ExactPlane
  let main: ExactPlane
  let rests: Rests

  var cut: Cut { rests.cut }

  /// The most bits of an operand that is split, or multiplied by a rest.
  static let mostBits = 62

  static func digits(ofBits bits: Int) -> Int { (bits + EK_REST_BITS - 1) / EK_REST_BITS }

  /// - Parameters:
  ///   - whole: of one limb and at most ``mostBits`` bits.
  ///   - rests: those of it.
  init(_ whole: ExactPlane, leaving rests: Rests) {
    let cut = rests.cut, count = whole.count
    let main = [Int64](unsafeUninitializedCapacity: count) { buffer, initialized in
      whole.limbs.withUnsafeBufferPointer {
        ek_split_main(
          $0.baseAddress, Int64(count), Int32(cut.shift), cut.limit, buffer.baseAddress)
      }
      initialized = count
    }
    self.whole = whole
    self.main = ExactPlane(
      shape: whole.shape, scale: whole.scale, limbCount: 1, limbs: main,
      bound: Magnitude(cut.limit), boundIsMeasured: true)
    self.rests = rests
  }
}

/// Both operands of a contraction, split.
///
/// ```
/// A·B = (mainA · mainB) · 2^(shiftA + shiftB)  +  restA · B  +  (mainA · 2^shiftA) · restB
/// ```
///
/// The first product is dense, of fewer bits, and the others have a multiplication for each rest and
/// column, or row. They are added modulo 2^64 to the power of the result's limbs, which is exact since
/// the whole product fits in them. On the way there each rest is cut into digits below 2^21, and each
/// word that it is multiplied by, made unsigned by adding 2^62, into halves below 2^32, so that sums
/// of 1024 products stay below 2^63 (`rests.c`).
struct ContractionSplit {
  let left: OperandSplit, right: OperandSplit

  var shift: Int { left.cut.shift + right.cut.shift }

  /// About how many cycles the rests cost.
  func cycles(_ work: ContractionPlan.Work, features: Int32) -> Double {
    RestCost(features: features)
      .cycles(work, left: left.rests.terms, right: right.rests.terms)
  }
}

/// What the products of rests cost, in cycles as measured.
struct RestCost {
  /// For one digit of a rest and one word that it is multiplied by.
  private let product: Double

  init(features: Int32) {
    product = 0.25 * vectorSlowness(features)
  }

  /// - Parameters:
  ///   - left: digits of the left operand's rests for each of its elements, and `right` likewise.
  func cycles(_ work: ContractionPlan.Work, left: Double, right: Double) -> Double {
    // Finding the rests takes a pass, packing the other operand's words one more, and adding the
    // sums one over those rows of the result whose operands have rests. All wait for memory.
    func term(_ digits: Double, _ own: Double, _ other: Double) -> Double {
      guard digits > 0 else { return 0 }
      let touched = min(1, digits * Double(work.depth))
      return digits * work.products * product + 4 * (own + touched * other)
        + 10 * work.resultElements * touched
    }
    return term(left, work.leftElements, work.rightElements)
      + term(right, work.rightElements, work.leftElements)
      + 4 * (work.leftElements + work.rightElements)
  }
}
