/// A real number as an unevaluated sum of two `Double`s, with a bound of what the sum is off.
///
/// The exact value lies within ``radius`` of `high + low`, and |low| is at most half a step of `high`. Sums
/// of few digits and products of two `Double`s are exact: whatever an operation drops is known and goes into
/// the radius.
///
/// - SeeAlso: T. Dekker, "A floating-point technique for extending the available precision" (1971); D. Knuth,
///   "The art of computer programming", volume 2, 4.2.2, theorem B, for the exact sum.
public struct PairedNumber: Hashable, Sendable {
  /// The sum rounded to a `Double`.
  public var high: Double
  /// What ``high`` leaves out.
  public var low: Double
  /// The most by which `high + low` may differ from the exact value; not negative, and infinite
  /// when nothing is known.
  public var radius: Double

  @inlinable
  public init(high: Double, low: Double = 0, radius: Double = 0) {
    self.high = high
    self.low = low
    self.radius = radius
  }

  /// Zero, known without an error.
  @inlinable public static var zero: PairedNumber { PairedNumber(high: 0) }

  /// Whether the number is known without an error.
  @inlinable public var isExact: Bool { radius == 0 }
  /// Whether the number is known to be zero.
  @inlinable public var isZero: Bool { high == 0 && radius == 0 }
  /// Whether the number is finite and something is known of it.
  @inlinable public var isFinite: Bool { high.isFinite && radius.isFinite }

  /// At least the magnitude.
  @inlinable public var magnitudeBound: Double {
    (high.magnitude + low.magnitude + radius) * Self.upward
  }

  /// 1 + 2⁻⁵⁰: more than the few roundings of a bound that it makes up for.
  @inlinable static var upward: Double { 0x1.0000000000004p0 }

  /// Products below this may drop digits under the least `Double`.
  @inlinable static var safeProduct: Double { 0x1p-900 }

  @inlinable
  @inline(__always)
  static func exactSum(_ a: Double, _ b: Double) -> (Double, Double) {
    let sum = a + b
    let rest = sum - a
    return (sum, (a - (sum - rest)) + (b - rest))
  }

  /// The exact sum where |a| ≥ |b| or a is 0.
  @inlinable
  @inline(__always)
  static func orderedSum(_ a: Double, _ b: Double) -> (Double, Double) {
    let sum = a + b
    return (sum, b - (sum - a))
  }

  @inlinable
  @inline(__always)
  static func exactProduct(_ a: Double, _ b: Double) -> (Double, Double) {
    let product = a * b
    return (product, (-product).addingProduct(a, b))
  }

  /// The sum. Its radius has those of the operands and what the low parts lose.
  @inlinable
  @inline(__always)
  public static func + (a: PairedNumber, b: PairedNumber) -> PairedNumber {
    let (sum, rest) = exactSum(a.high, b.high)
    let (lows, lost) = exactSum(a.low, b.low)
    let (middle, lostToo) = exactSum(rest, lows)
    let (high, low) = orderedSum(sum, middle)
    return PairedNumber(
      high: high, low: low,
      radius: (a.radius + b.radius + lost.magnitude + lostToo.magnitude) * upward)
  }

  /// The negative, known as well as the number.
  @inlinable
  @inline(__always)
  public static prefix func - (a: PairedNumber) -> PairedNumber {
    PairedNumber(high: -a.high, low: -a.low, radius: a.radius)
  }

  /// The difference, as the sum with the negative.
  @inlinable
  @inline(__always)
  public static func - (a: PairedNumber, b: PairedNumber) -> PairedNumber { a + -b }

  /// The product. Its radius has those of the operands, what the low parts lose, and what
  /// underflows.
  @inlinable
  @inline(__always)
  public static func * (a: PairedNumber, b: PairedNumber) -> PairedNumber {
    let (product, rest) = exactProduct(a.high, b.high)
    var result = PairedNumber(high: product, low: rest)
    if a.low != 0 || b.low != 0 {
      let (left, leftLost) = exactProduct(a.high, b.low)
      let (right, rightLost) = exactProduct(a.low, b.high)
      let (cross, crossLost) = exactSum(left, right)
      let (middle, middleLost) = exactSum(rest, cross)
      (result.high, result.low) = orderedSum(product, middle)
      result.radius =
        leftLost.magnitude + rightLost.magnitude + crossLost.magnitude + middleLost.magnitude
        + (a.low * b.low).magnitude
    }
    if a.radius != 0 || b.radius != 0 {
      result.radius += a.magnitudeBound * b.radius + b.magnitudeBound * a.radius
    }
    if product.magnitude < safeProduct, a.high != 0, b.high != 0 { result.radius += 0x1p-1000 }
    result.radius *= upward
    return result
  }

  /// The quotient; its radius is infinite where the divisor may be zero.
  public static func / (a: PairedNumber, b: PairedNumber) -> PairedNumber {
    let least = (b.high.magnitude - b.low.magnitude - b.radius) / upward
    let first = a.high / b.high
    let rest = PairedNumber(high: a.high, low: a.low) - PairedNumber(high: first) * b
    let (high, low) = exactSum(first, rest.high / b.high)
    // What is left after two digits of the quotient, over the least divisor.
    let left =
      PairedNumber(high: a.high, low: a.low, radius: a.radius) - PairedNumber(high: high, low: low)
      * b
    guard least > 0 else { return PairedNumber(high: high, low: low, radius: .infinity) }
    return PairedNumber(
      high: high, low: low,
      radius: left.isZero ? 0 : left.magnitudeBound / least * upward + 0x1p-1000)
  }

  /// The product with a power of two that is a normal number.
  @inlinable
  public func scaled(by power: Double) -> PairedNumber {
    var result = PairedNumber(
      high: high * power, low: low * power, radius: radius * power.magnitude)
    if result.high.magnitude < Self.safeProduct, high != 0 { result.radius += 0x1p-1000 }
    return result
  }

  /// -1, 0 or 1; nil when the radius reaches over zero.
  public var sign: Int? {
    if isZero { return 0 }
    let value = high + low
    return value.magnitude > radius * Self.upward ? (value > 0 ? 1 : -1) : nil
  }
}

extension PairedNumber {
  /// A rational number, exact where it has few digits.
  public init(_ value: Rational) {
    let high = value.doubleValue
    guard let first = Rational(exactly: high) else {
      self.init(high: high, radius: .infinity)
      return
    }
    if first == value {
      self.init(high: high)
      return
    }
    let rest = value - first
    let low = rest.doubleValue
    let isExact = Rational(exactly: low) == rest
    self.init(high: high, low: low, radius: isExact ? 0 : low.magnitude * 0x1p-52 + 0x1p-1000)
  }

  /// high + low as a fraction; nil where that is not a number.
  public var midpoint: Rational? {
    guard let high = Rational(exactly: high), let low = Rational(exactly: low) else { return nil }
    return high + low
  }
}

// MARK: - Rounding

extension BinaryFormat {
  /// The nearest number of the format, ties to even; nil where the radius leaves two of them possible.
  public func rounded(_ value: PairedNumber) -> Double? {
    guard value.isFinite else { return nil }
    if value.isExact { return nearest(value.high, value.low) }
    let radius = value.radius * PairedNumber.upward
    let lower = value + PairedNumber(high: -radius)
    let upper = value + PairedNumber(high: radius)
    let nearest = nearest(lower.high, lower.low)
    return nearest == self.nearest(upper.high, upper.low) ? nearest : nil
  }

  /// The number of the format nearest to high + low.
  private func nearest(_ high: Double, _ low: Double) -> Double {
    let first = rounded(high)
    guard low != 0, first.isFinite else { return first }
    // high lies at most half a step from first; low may take the sum over the middle.
    let towards = low > 0 ? neighbour(first, above: true) : neighbour(first, above: false)
    // Both differences are exact, and so is theirs; the sign of the sum is right.
    let side = ((high - first) - (towards - first) / 2) + low
    if side == 0 { return first.isEven(in: self) ? first : towards }
    let isBeyond = low > 0 ? side > 0 : side < 0
    guard isBeyond else { return first }
    return towards.magnitude > greatest ? (towards < 0 ? -.infinity : .infinity) : towards
  }

  /// The next number of the format.
  func neighbour(_ value: Double, above: Bool) -> Double {
    if self == .binary64 { return above ? value.nextUp : value.nextDown }
    let outward = (value >= 0) == above
    if value == 0 { return above ? .powerOfTwo(leastUnit) : -.powerOfTwo(leastUnit) }
    // Below a power of two the steps are half as long.
    let isPower = value.significandBitPattern == 0 && value.magnitude > leastNormal
    let step = step(at: value.magnitude) / (!outward && isPower ? 2 : 1)
    return above ? value + step : value - step
  }
}

extension Double {
  /// Whether the last digit that a number has in the format is zero.
  fileprivate func isEven(in format: BinaryFormat) -> Bool {
    let digits = self / format.step(at: magnitude)
    return digits.truncatingRemainder(dividingBy: 2) == 0
  }
}
