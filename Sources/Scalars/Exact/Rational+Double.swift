extension Rational {
  /// The exact value of a floating-point number, or `nil` when it is infinite or not a number.
  public init?(exactly value: Double) {
    guard value.isFinite else { return nil }
    if value == 0 {
      self.init(0)
      return
    }
    // value = ± significand · 2^exponent with an odd significand.
    let digits = value.significandWidth
    let scaled = value.significand * Double(sign: .plus, exponent: digits, significand: 1)
    let significand = Int(scaled) * (value.sign == .minus ? -1 : 1)
    let exponent = Int(value.exponent) - digits
    if exponent >= 0 {
      self.init(Integer(significand).shiftedLeft(by: exponent))
    } else if exponent > -63 {
      self.init(lowestTerms: significand, 1 << -exponent)
    } else {
      self.init(
        numerator: Integer(significand), denominator: Integer(1).shiftedLeft(by: -exponent))
    }
  }

  /// The nearest `Double`, ties to even; infinite when the value is too large.
  public var doubleValue: Double {
    let exactWords = -(1 << 53)...(1 << 53)
    if case .small(let numerator, let denominator) = storage, exactWords.contains(numerator),
      exactWords.contains(denominator)
    {
      return Double(numerator) / Double(denominator)
    }
    return correctlyRoundedDouble()
  }

  /// Rounds `|self| · 2^-unit` to an integer, with the unit chosen as the place of the last bit.
  private func correctlyRoundedDouble() -> Double {
    let numerator = numerator.magnitude
    let denominator = denominator
    // The binary exponent of the value is this or one less.
    let exponent = numerator.bitWidth - denominator.bitWidth
    guard exponent <= 1025 else { return signum() < 0 ? -.infinity : .infinity }
    guard exponent >= -1080 else { return signum() < 0 ? -0.0 : 0.0 }
    var unit = max(exponent - 53, -1074)
    var digits = Self.roundedQuotient(numerator, denominator, unit: unit)
    if digits.bitWidth > 53, digits != Integer(1 << 53) {
      unit += 1
      digits = Self.roundedQuotient(numerator, denominator, unit: unit)
    }
    let magnitude = Double.scaled(Double(digits.asInt ?? 0), byPowerOfTwo: unit)
    return signum() < 0 ? -magnitude : magnitude
  }

  /// `numerator / (denominator · 2^unit)`, rounded to the nearest integer, ties to even.
  static func roundedQuotient(
    _ numerator: Integer, _ denominator: Integer, unit: Int
  ) -> Integer {
    let above = unit < 0 ? numerator.shiftedLeft(by: -unit) : numerator
    let below = unit > 0 ? denominator.shiftedLeft(by: unit) : denominator
    return roundedQuotient(above, below)
  }

  /// The quotient of two integers, the second positive, rounded to the nearest integer, ties to
  /// even.
  static func roundedQuotient(_ numerator: Integer, _ denominator: Integer) -> Integer {
    let (quotient, remainder) = numerator.quotientAndRemainder(floored: denominator)
    let twice = remainder + remainder
    if twice > denominator || (twice == denominator && quotient.isOdd) { return quotient + 1 }
    return quotient
  }
}

extension Double {
  /// The product with a power of two, exact unless it leaves the range of `Double`.
  static func scaled(_ value: Double, byPowerOfTwo exponent: Int) -> Double {
    // In two steps, since 2^-1074 · 2^1023 is far below the largest factor that may be needed.
    let half = exponent / 2
    return value * Double(sign: .plus, exponent: half, significand: 1)
      * Double(sign: .plus, exponent: exponent - half, significand: 1)
  }
}
