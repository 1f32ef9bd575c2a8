/// A binary floating-point format: how many digits a number keeps, and how large it may be.
///
/// | format | precision *p* | least normal | greatest |
/// |--------|---------------|--------------|----------|
/// | `fp64` | 53 | 2⁻¹⁰²² | below 2¹⁰²⁴ |
/// | `fp32` | 24 | 2⁻¹²⁶ | below 2¹²⁸ |
/// | `fp16` | 11 | 2⁻¹⁴ | 65504 |
/// | `bf16` | 8 | 2⁻¹²⁶ | below 2¹²⁸ |
///
/// Every finite number of every format is exact as a `Double`.
///
/// - SeeAlso: IEEE 754-2019, table 3.5; bfloat16 is binary32 without the last 16 digits.
public enum BinaryFormat: String, CaseIterable, Hashable, Sendable {
  /// Double precision of IEEE 754.
  case binary64 = "fp64"
  /// Single precision of IEEE 754.
  case binary32 = "fp32"
  /// Half precision of IEEE 754.
  case binary16 = "fp16"
  /// The upper half of single precision.
  case bfloat16 = "bf16"

  /// The digits of a significand, the leading one included.
  public var precision: Int {
    switch self {
    case .binary64: 53
    case .binary32: 24
    case .binary16: 11
    case .bfloat16: 8
    }
  }

  /// The exponent of the least normal number.
  public var leastExponent: Int {
    switch self {
    case .binary64: -1022
    case .binary32, .bfloat16: -126
    case .binary16: -14
    }
  }

  /// The exponent of the greatest number.
  public var greatestExponent: Int { 1 - leastExponent }

  /// How many bytes a number of the format takes in memory.
  public var byteCount: Int {
    switch self {
    case .binary64: 8
    case .binary32: 4
    case .binary16, .bfloat16: 2
    }
  }

  /// The unit roundoff u = 2⁻ᵖ: rounding to nearest changes a normal number by a factor 1 + δ with |δ| ≤ u.
  public var roundoff: Double { .powerOfTwo(-precision) }

  /// The exponent of the distance between subnormal numbers.
  public var leastUnit: Int { leastExponent - precision + 1 }

  /// The least positive number that has all digits of the format.
  public var leastNormal: Double { .powerOfTwo(leastExponent) }

  /// The greatest finite number.
  public var greatest: Double {
    (2 - .powerOfTwo(1 - precision)) * .powerOfTwo(greatestExponent)
  }

  /// The exponent of the last digit that a number of this size has in the format.
  private func unit(of magnitude: Double) -> Int {
    guard magnitude.isFinite, magnitude > 0 else { return leastUnit }
    return max(Int(magnitude.exponent), leastExponent) - precision + 1
  }

  /// The distance between neighbours at a number of this size, the one above it for a power of two.
  public func step(at magnitude: Double) -> Double { .powerOfTwo(unit(of: magnitude)) }

  /// The nearest number of the format, ties to even; infinite beyond the greatest one by half a step or more.
  public func rounded(_ value: Double) -> Double {
    if self == .binary64 || !value.isFinite || value == 0 { return value }
    let unit = unit(of: value.magnitude)
    // Both scalings are exact: the quotient has a size between 1 and 2ᵖ.
    let digits = value.scaled(-unit).rounded(.toNearestOrEven)
    let result = digits.scaled(unit)
    return result.magnitude > greatest ? (value < 0 ? -.infinity : .infinity) : result
  }

  /// Whether a number is in the format.
  public func holds(_ value: Double) -> Bool { rounded(value) == value }
}

extension Double {
  /// 2ⁿ: zero and infinity where that leaves the range of `Double`.
  @inlinable
  public static func powerOfTwo(_ exponent: Int) -> Double {
    if exponent > 1023 { return .infinity }
    if exponent >= -1022 { return Double(sign: .plus, exponent: exponent, significand: 1) }
    return exponent >= -1074 ? Double(bitPattern: 1 << UInt64(exponent + 1074)) : 0
  }

  /// The product with a power of two, rounded only where it leaves the range of normal numbers.
  func scaled(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: self)
  }

  /// The exponent of the lowest digit that is not zero.
  ///
  /// - Precondition: the number is finite and not zero.
  @inlinable
  var lowestUnit: Int { Int(exponent) - significandWidth }
}

// MARK: - Bits

extension BinaryFormat {
  /// The number with some bits, the sign in the highest of ``byteCount`` bytes.
  public func value(ofBits bits: UInt64) -> Double {
    switch self {
    case .binary64: Double(bitPattern: bits)
    case .binary32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .bfloat16: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16))
    case .binary16: Self.half(UInt16(truncatingIfNeeded: bits))
    }
  }

  private static func half(_ bits: UInt16) -> Double {
    let exponent = Int(bits >> 10) & 31
    let fraction = Double(bits & 1023)
    let magnitude: Double =
      switch exponent {
      case 31: fraction == 0 ? .infinity : .nan
      case 0: fraction * .powerOfTwo(-24)
      default: (1024 + fraction) * .powerOfTwo(exponent - 25)
      }
    return bits >> 15 == 1 ? -magnitude : magnitude
  }

  /// The bits of the nearest number of the format.
  public func bits(of value: Double) -> UInt64 {
    let value = rounded(value)
    switch self {
    case .binary64: return value.bitPattern
    case .binary32: return UInt64(Float(value).bitPattern)
    case .bfloat16: return UInt64(Float(value).bitPattern >> 16)
    case .binary16: return UInt64(Self.halfBits(value))
    }
  }

  private static func halfBits(_ value: Double) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 1 << 15 : 0
    if value.isNaN { return sign | 0x7E00 }
    if value.isInfinite { return sign | 0x7C00 }
    let magnitude = value.magnitude
    if magnitude < .powerOfTwo(-14) { return sign | UInt16(magnitude.scaled(24)) }
    let exponent = Int(magnitude.exponent)
    return sign | UInt16(exponent + 15) << 10 | (UInt16(magnitude.scaled(10 - exponent)) & 1023)
  }
}
