/// Reduces double words modulo one fixed modulus without a division.
///
/// The modulus is between 2 and 2⁶². For 2⁶¹−1 the two halves of a product are added; for any other
/// modulus the quotient is estimated with a reciprocal made beforehand.
///
/// - SeeAlso: N. Möller, T. Granlund, "Improved division by invariant integers" (2011), algorithm
///   4.
@usableFromInline
struct ModularReduction: Sendable, Hashable {
  @usableFromInline let modulus: UInt64
  @usableFromInline let isMersenne61: Bool
  /// The number of zero bits above the modulus.
  @usableFromInline let shift: UInt64
  /// ⌊(2¹²⁸ − 1) / (modulus · 2^shift)⌋ − 2⁶⁴
  @usableFromInline let reciprocal: UInt64

  @usableFromInline static let mersenne61: UInt64 = (1 << 61) - 1

  init(modulus: UInt64) {
    precondition(modulus >= 2 && modulus <= 1 << 62, "a modulus outside 2...2⁶²")
    self.modulus = modulus
    isMersenne61 = modulus == Self.mersenne61
    shift = UInt64(modulus.leadingZeroBitCount)
    let normalised = modulus << shift
    reciprocal = normalised.dividingFullWidth((~normalised, .max)).quotient
  }

  /// `(high · 2⁶⁴ + low) mod modulus`, for `high < modulus`.
  @inlinable
  func reduce(high: UInt64, low: UInt64) -> UInt64 {
    let divisor = modulus &<< shift
    let top = (high &<< shift) | (low &>> (64 &- shift))
    let bottom = low &<< shift
    let estimate = reciprocal.multipliedFullWidth(by: top)
    let (fraction, carry) = estimate.low.addingReportingOverflow(bottom)
    let quotient = estimate.high &+ top &+ (carry ? 1 : 0) &+ 1
    var remainder = bottom &- quotient &* divisor
    if remainder > fraction { remainder &+= divisor }
    if remainder >= divisor { remainder &-= divisor }
    return remainder &>> shift
  }

  /// `a · b mod modulus`, for two residues.
  @inlinable
  func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    guard isMersenne61 else { return reduce(high: product.high, low: product.low) }
    // 2⁶¹ ≡ 1, so that high·2⁶⁴ + low ≡ (high·8 + ⌊low/2⁶¹⌋) + (low mod 2⁶¹).
    let sum = (product.low & modulus) &+ ((product.high &<< 3) | (product.low &>> 61))
    return sum >= modulus ? sum &- modulus : sum
  }

  @inlinable
  func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let sum = a &+ b
    return sum >= modulus ? sum &- modulus : sum
  }

  @inlinable
  func subtract(_ a: UInt64, _ b: UInt64) -> UInt64 {
    a >= b ? a &- b : a &+ modulus &- b
  }

  @inlinable
  func negate(_ a: UInt64) -> UInt64 { a == 0 ? 0 : modulus &- a }

  func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
    var result: UInt64 = 1 % modulus
    var square = base
    var bits = exponent
    while bits > 0 {
      if bits & 1 == 1 { result = multiply(result, square) }
      square = multiply(square, square)
      bits >>= 1
    }
    return result
  }

  /// The inverse of a residue, or `nil` when it shares a factor with the modulus.
  func inverse(_ a: UInt64) -> UInt64? {
    // Extended Euclid; the coefficients stay below the modulus, which fits a signed word.
    var (r, nextR) = (modulus, a)
    var (t, nextT): (Int64, Int64) = (0, 1)
    while nextR != 0 {
      let quotient = r / nextR
      (r, nextR) = (nextR, r &- quotient &* nextR)
      (t, nextT) = (nextT, t &- Int64(bitPattern: quotient) &* nextT)
    }
    guard r == 1 else { return nil }
    return t < 0 ? UInt64(bitPattern: t &+ Int64(modulus)) : UInt64(t)
  }

  /// Sums products of residues, reducing once for many of them.
  @inlinable
  func dot(
    count: Int, _ a: UnsafePointer<UInt64>, stride aStride: Int, _ b: UnsafePointer<UInt64>,
    stride bStride: Int
  ) -> UInt64 {
    // The sum's high word is kept below the modulus by one subtraction of modulus · 2⁶⁴: a
    // product's high word is below it as well, and twice the modulus fits a word.
    var high: UInt64 = 0
    var low: UInt64 = 0
    for i in 0..<count {
      let product = a[i &* aStride].multipliedFullWidth(by: b[i &* bStride])
      let (sum, carry) = low.addingReportingOverflow(product.low)
      low = sum
      high = high &+ product.high &+ (carry ? 1 : 0)
      if high >= modulus { high &-= modulus }
    }
    return reduce(high: high, low: low)
  }
}
