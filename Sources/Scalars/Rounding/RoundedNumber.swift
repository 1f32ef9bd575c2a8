/// A number together with how far off its computation in a floating-point format may be.
///
/// A number is either finished, or a sum that may still grow: what its terms' roundings make is known, and
/// what adding them up makes is known once all of them are there, since terms may be added in any order.
public struct RoundedNumber: Hashable, Sendable {
  /// The exact value.
  public var value: PairedNumber
  /// What is computed differs from the value by at most this, not counting the additions below.
  public var error: Double
  /// At least Σ|terms| of what is computed; |value| + error for a finished number.
  public var magnitude: Double
  /// How many additions the sum takes so far; 0 for a finished number.
  public var additions: Int32
  /// Every term is a whole multiple of 2ⁿ for this n. It means something only while ``error`` is 0.
  public var unit: Int32

  /// The unit of zero, which is a multiple of everything.
  @usableFromInline static var anyUnit: Int32 { 1 << 20 }

  @inlinable
  init(
    value: PairedNumber, error: Double, magnitude: Double, additions: Int32 = 0, unit: Int32
  ) {
    self.value = value
    self.error = error
    self.magnitude = magnitude
    self.additions = additions
    self.unit = unit
  }

  /// A finite `Double` that nothing has rounded.
  public init(exactly value: Double) {
    let unit = value == 0 ? Self.anyUnit : Int32(value.lowestUnit)
    self.init(
      value: PairedNumber(high: value), error: 0, magnitude: value.magnitude, unit: unit)
  }

  /// Whether the number is zero and computed as zero.
  @inlinable public var isZero: Bool { magnitude == 0 && value.isZero }

  /// ±2ⁿ, computed without an error.
  @inlinable var isPowerOfTwo: Bool {
    error == 0 && additions == 0 && value.low == 0 && value.radius == 0
      && value.high.significandBitPattern == 0 && value.high.isNormal
  }
}
