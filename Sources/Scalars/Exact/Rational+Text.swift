extension Rational: CustomStringConvertible, LosslessStringConvertible {
  /// `p/q`, or `p` for an integer.
  public var description: String {
    isInteger ? numerator.description : "\(numerator)/\(denominator)"
  }

  /// Reads what ``description`` writes, and more; see ``init(parsing:)``.
  public init?(_ description: String) { self.init(parsing: description) }

  /// The largest power of ten that a written number may ask for.
  static let largestDecimalExponent = 10_000

  /// Reads an integer, a fraction of integers, or a decimal number, exactly.
  ///
  /// Accepted: `-3`, `1/3`, `0.25`, `.5`, `1e-5`, `2.5E3`. Refused with `nil`: anything else, a
  /// zero denominator, and a decimal exponent beyond ±10 000, which no value of ours means and
  /// which would fill the memory.
  public init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: self.init(parsingDecimal: parts[0])
    case 2:
      guard let numerator = Integer(parsing: String(parts[0])),
        let denominator = Integer(parsing: String(parts[1])), !denominator.isZero
      else { return nil }
      self.init(numerator: numerator, denominator: denominator)
    default: return nil
    }
  }

  private init?(parsingDecimal text: Substring) {
    var mantissa = text
    var exponent = 0
    if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      mantissa = text[..<mark]
      guard let written = Self.decimalExponent(text[text.index(after: mark)...]) else {
        return nil
      }
      exponent = written
    }
    let isNegative = mantissa.first == "-"
    if isNegative || mantissa.first == "+" { mantissa.removeFirst() }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    let digits = parts.joined()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    let whole = Integer(decimalDigits: digits, isNegative: isNegative)
    let scale = exponent - (parts.count == 2 ? parts[1].utf8.count : 0)
    if scale >= 0 {
      self.init(whole * .powerOfTen(scale))
    } else {
      self.init(numerator: whole, denominator: .powerOfTen(-scale))
    }
  }

  /// The signed digits after the `e`, when they name an exponent that is not absurd.
  private static func decimalExponent(_ text: Substring) -> Int? {
    guard let value = Integer(parsing: String(text))?.asInt,
      (-largestDecimalExponent...largestDecimalExponent).contains(value)
    else { return nil }
    return value
  }

  /// The value to a number of significant decimal digits, correctly rounded, ties to even.
  ///
  /// Values of ordinary size are written plainly (`0.33333`), others with an exponent
  /// (`3.3333e-12`). Zeros at the end of the fraction are left out only where the text is the exact
  /// value, so that `1.0000` says that it was rounded and `1` that it was not. The text can be read
  /// back by ``init(parsing:)``.
  ///
  /// - Precondition: at least one digit is asked for.
  public func decimalString(digits: Int) -> String {
    precondition(digits >= 1, "a number written with no digits")
    if isZero { return "0" }
    let (significand, exponent) = decimalSignificand(digits: digits)
    let scale = Rational(10).power(exponent - digits + 1)
    var text = Array(significand.description.utf8)
    if Rational(significand) * scale == magnitude {
      while text.count > 1, text.last == UInt8(ascii: "0") { text.removeLast() }
    }
    let sign = signum() < 0 ? "-" : ""
    return sign + Self.placePoint(in: String(decoding: text, as: UTF8.self), exponent: exponent)
  }

  /// The integer of exactly that many digits, and the power of ten of its first digit.
  private func decimalSignificand(digits: Int) -> (significand: Integer, exponent: Int) {
    let numerator = numerator.magnitude
    let denominator = denominator
    // log₁₀ 2 ≈ 0.30103; the estimate may be off by a little, which the loop repairs.
    let bits = numerator.bitWidth - denominator.bitWidth
    var exponent = Int((Double(bits) * 0.301_029_995_663_981_2).rounded(.down))
    while true {
      let scale = digits - 1 - exponent
      let quotient = Self.roundedQuotient(
        scale > 0 ? numerator * .powerOfTen(scale) : numerator,
        scale < 0 ? denominator * .powerOfTen(-scale) : denominator)
      if quotient < .powerOfTen(digits - 1) {
        exponent -= 1
      } else if quotient >= .powerOfTen(digits) {
        exponent += 1
      } else {
        return (quotient, exponent)
      }
    }
  }

  /// Writes `d.ddd · 10^exponent`, plainly when that is short.
  static func placePoint(in digits: String, exponent: Int) -> String {
    let first = digits.startIndex
    switch exponent {
    case -5..<0:
      return "0." + String(repeating: "0", count: -exponent - 1) + digits
    case 0..<max(21, digits.count):
      guard digits.count > exponent + 1 else {
        return digits + String(repeating: "0", count: exponent + 1 - digits.count)
      }
      let point = digits.index(first, offsetBy: exponent + 1)
      return digits[..<point] + "." + digits[point...]
    default:
      let fraction = digits.dropFirst()
      return digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e\(exponent)"
    }
  }
}
