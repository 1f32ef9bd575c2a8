/// The powers of one residue, from a table, for a base that is raised to many exponents.
///
/// ```
/// gᵘ = Πᵢ (g^(64ⁱ))^(uᵢ)      with the digits uᵢ of u to the base 64
/// ```
///
/// A power takes ten products instead of about ninety.
///
/// - SeeAlso: E. Brickell, D. Gordon, K. McCurley, D. Wilson, "Fast exponentiation with precomputation" (1992).
struct FixedBasePowers: Sendable, Hashable {
  private static let digitBits = 6
  private static let digitCount = 64
  private let reduction: ModularReduction
  /// [i·64 + d] = g^(64ⁱ·d)
  private let table: [UInt64]

  /// - Parameter largestExponent: no exponent is larger.
  init(_ base: UInt64, _ reduction: ModularReduction, largestExponent: UInt64) {
    self.reduction = reduction
    let bits = UInt64.bitWidth - largestExponent.leadingZeroBitCount
    var table: [UInt64] = []
    var digitBase = base
    for _ in 0..<(bits + Self.digitBits - 1) / Self.digitBits {
      var power: UInt64 = 1 % reduction.modulus
      for _ in 0..<Self.digitCount {
        table.append(power)
        power = reduction.multiply(power, digitBase)
      }
      digitBase = power
    }
    self.table = table
  }

  /// gᵘ.
  ///
  /// - Precondition: the exponent has no more bits than the largest one.
  func power(_ exponent: UInt64) -> UInt64 {
    var result: UInt64 = 1 % reduction.modulus
    var rest = exponent
    var start = 0
    while rest > 0 {
      result = reduction.multiply(result, table[start + Int(rest % UInt64(Self.digitCount))])
      rest >>= UInt64(Self.digitBits)
      start += Self.digitCount
    }
    return result
  }
}
