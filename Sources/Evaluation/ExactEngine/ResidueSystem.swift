import CExactKernels

/// Pairwise coprime moduli, and the constants that take integers apart and put them together.
///
/// Sources: the Chinese remainder theorem in the form that needs no modular product at the end
/// (D. Bernstein and J. Sorenson, "Modular exponentiation via the explicit Chinese remainder
/// theorem", 2007, theorem 2.1).
struct ResidueSystem {
  /// The largest modulus: 16-bit kernels sum 512 products of residues up to 2047.
  static func largestModulus(residueBits: Int) -> UInt64 { residueBits == 8 ? 256 : 4095 }

  /// With more moduli the digit sums of the recombination would pass 2^51.
  static let mostModuli = 128

  let moduli: [UInt64]
  let product: Magnitude

  /// The first moduli, from the largest down, whose product holds every integer of magnitude at most
  /// `bound`, with room for a rounded quotient.
  ///
  /// - Returns: nil when there are not enough of them.
  init?(residueBits: Int, bound: Magnitude) {
    // |x| / M <= bound / (2 bound (1 + 2^-16)) < 1/2 - 2^-18
    let slack = bound.words.isEmpty ? Magnitude.one : bound.multiplied(by: (1 << 17) + 2)
    let target = slack + .powerOfTwo(17)
    var moduli: [UInt64] = []
    var product = Magnitude.one
    var candidate = Self.largestModulus(residueBits: residueBits)
    while product.shiftedLeft(by: 16) < target {
      guard candidate > 16, moduli.count < Self.mostModuli else { return nil }
      if moduli.allSatisfy({ greatestCommonDivisor($0, candidate) == 1 }) {
        moduli.append(candidate)
        product = product.multiplied(by: candidate)
      }
      candidate -= 1
    }
    self.moduli = moduli
    self.product = product
  }

  /// The table that the kernels read.
  var table: [ek_modulus] {
    moduli.map { ek_modulus(modulus: Double($0), inverse: 1 / Double($0)) }
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
  func recombination(digits count: Int) -> (weights: [Double], product: [Double]) {
    func digits(_ value: Magnitude) -> [Double] {
      (0..<count).map { Double(UInt32(truncatingIfNeeded: value.word($0 / 2) >> ($0 % 2 * 32))) }
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
