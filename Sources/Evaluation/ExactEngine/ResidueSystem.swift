import CExactKernels

/// Pairwise coprime moduli, and the constants that take integers apart and put them together.
///
/// Sources: the Chinese remainder theorem in the form that needs no modular product at the end
/// (D. Bernstein and J. Sorenson, "Modular exponentiation via the explicit Chinese remainder
/// theorem", 2007, theorem 2.1).
struct ResidueSystem {
  let moduli: [UInt64]
  let product: Magnitude
  /// The depth after which sums of products of residues must be folded, a whole number of the
  /// kernels' groups.
  let depthLimit: Int

  /// As few moduli as hold every integer of magnitude at most `bound`, with room for a rounded
  /// quotient.
  ///
  /// - Returns: nil when there are not enough of them.
  init?(residueBits: Int, bound: Magnitude) {
    // |x| / M <= bound / (2 bound (1 + 2^-16)) < 1/2 - 2^-18
    let slack = bound.words.isEmpty ? Magnitude.one : bound.multiplied(by: (1 << 17) + 2)
    let target = slack + .powerOfTwo(17)
    func isEnough(_ product: Magnitude) -> Bool { product.shiftedLeft(by: 16) >= target }
    let found =
      residueBits == 8
      ? Self.coprimeBytes(until: isEnough) : Self.shorts(bits: target.bitWidth - 16, isEnough)
    guard let found, Self.recombines(found) else { return nil }
    moduli = found
    product = Self.product(found)
    depthLimit = residueBits == 8 ? EK_QUADS_DEPTH : Self.depthLimit(ofPairs: found)
  }

  private static func product(_ moduli: some Sequence<UInt64>) -> Magnitude {
    moduli.reduce(.one) { $0.multiplied(by: $1) }
  }

  /// Whether the digit sums of the recombination stay below 2^51: residues of at most half a modulus,
  /// and a quotient of at most half their count, times digits below 2^32.
  private static func recombines(_ moduli: [UInt64]) -> Bool {
    moduli.reduce(UInt64(moduli.count / 2 + 1)) { $0 + $1 / 2 } < 1 << 19
  }

  /// The table that the kernels read.
  var table: [ek_modulus] {
    moduli.map {
      let carry = (1 << 16) % $0
      return ek_modulus(
        modulus: Double($0), inverse: 1 / Double($0),
        carry: carry > $0 / 2 ? Int32(carry) - Int32($0) : Int32(carry))
    }
  }

  /// What each half limb of an operand counts for modulo each modulus, balanced around zero.
  ///
  /// With `weighted`, an operand's residues come out multiplied by the inverse of
  /// `product / modulus`, so that those of the result are ready to be recombined.
  func halfLimbWeights(limbs: Int, weighted: Bool) -> [Double] {
    var weights: [Double] = []
    weights.reserveCapacity(moduli.count * limbs * 2)
    for modulus in moduli {
      let cofactor = product.dividedBy(modulus).quotient.dividedBy(modulus).remainder
      var weight = weighted ? inverse(of: cofactor, modulo: modulus) : 1
      for _ in 0..<(2 * limbs) {
        weights.append(weight > modulus / 2 ? Double(weight) - Double(modulus) : Double(weight))
        weight = (weight << 32) % modulus
      }
    }
    return weights
  }

  /// `product / modulus` for each modulus, then `product`, in digits of 32 bits, cut to `count`.
  ///
  /// - Parameter shift: multiplies both, and so what is recombined, by a power of two.
  func recombination(digits count: Int, shift: Int) -> (weights: [Double], product: [Double]) {
    func digits(_ unshifted: Magnitude) -> [Double] {
      let value = unshifted.shiftedLeft(by: shift)
      return (0..<count).map {
        Double(UInt32(truncatingIfNeeded: value.word($0 / 2) >> ($0 % 2 * 32)))
      }
    }
    return (
      moduli.flatMap { digits(product.dividedBy($0).quotient) }, digits(product)
    )
  }

  private func inverse(of value: UInt64, modulo modulus: UInt64) -> UInt64 {
    var (r0, r1) = (Int(modulus), Int(value % modulus))
    var (t0, t1) = (0, 1)
    while r1 != 0 {
      let q = r0 / r1
      (r0, r1) = (r1, r0 - q * r1)
      (t0, t1) = (t1, t0 - q * t1)
    }
    return UInt64(t0 < 0 ? t0 + Int(modulus) : t0)
  }
}
