/// A random source that repeats: equal seeds give equal draws on every machine.
///
/// It is SplitMix64, whose state is a counter, so that neighbouring seeds give unrelated streams.
///
/// - SeeAlso: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014),
///   figure 17.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable {
  @usableFromInline var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// A source for one of several independent streams of a seed.
  public init(seed: UInt64, stream: UInt64) {
    state = Self.mixed(seed &+ Self.increment) ^ Self.mixed(stream &* Self.increment &+ 1)
  }

  /// The next word: the counter advances by one increment, and its bits are spread.
  @inlinable
  public mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.mixed(state)
  }

  /// 2⁶⁴ divided by the golden ratio, made odd.
  @usableFromInline static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Spreads every bit of a word over the whole word; a bijection.
  @inlinable
  public static func mixed(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }
}

extension SeededGenerator {
  /// A small fraction that no formula treats specially: never 0 or ±1, and never an integer.
  ///
  /// Numerator and denominator are at most `bound` in absolute value.
  ///
  /// - Precondition: the bound is at least 3, so that there is something to draw.
  public mutating func genericRational(bound: Int = 12, isNegativeAllowed: Bool = true) -> Rational
  {
    precondition(bound >= 3, "no generic fraction has so small a bound")
    while true {
      let value = Rational(
        Int.random(in: 1...bound, using: &self), Int.random(in: 2...bound, using: &self))
      guard !value.isInteger else { continue }
      return isNegativeAllowed && Bool.random(using: &self) ? -value : value
    }
  }

  /// A small integer that no formula treats specially: never 0 or ±1.
  ///
  /// - Precondition: the bound is at least 2.
  public mutating func genericInteger(bound: Int = 9) -> Rational {
    precondition(bound >= 2, "no generic integer has so small a bound")
    let value = Int.random(in: 2...bound, using: &self)
    return Rational(Bool.random(using: &self) ? -value : value)
  }
}
