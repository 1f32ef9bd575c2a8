internal import CGMP
internal import CMPFR

extension Interval: CustomStringConvertible {
  /// Both bounds to a few digits, as `[1.4142, 1.4143]`; they are rounded to nearest.
  public var description: String {
    let (low, _) = Self.decimal(lower, digits: 6)
    let (high, _) = Self.decimal(upper, digits: 6)
    return "[\(low), \(high)]"
  }

  /// The enclosed value in decimal, to a number of significant digits.
  ///
  /// When `certain`, the text is the value correctly rounded, whichever element of the interval it
  /// is: every digit is right, the last one too. Otherwise the text is that of a bound and the
  /// precision has to be raised.
  ///
  /// - Precondition: at least one digit is asked for.
  public func midpointDecimal(digits: Int) -> (text: String, certain: Bool) {
    precondition(digits >= 1, "a number written with no digits")
    let (low, isLowExact) = Self.decimal(lower, digits: digits)
    let (high, isHighExact) = Self.decimal(upper, digits: digits)
    if isPoint, isLowExact, isBounded {
      return (Self.withoutTrailingZeros(low), true)
    }
    // Rounding is monotone: what both bounds round to, everything between them does.
    let isCertain = isBounded && low == high && !(low == "0" && !(isLowExact && isHighExact))
    return (lower.sign < 0 && upper.sign > 0 ? "0" : low, isCertain)
  }

  /// A bound in decimal, rounded to nearest, and whether the text is its exact value.
  private static func decimal(
    _ number: MPFRPointer, digits: Int
  ) -> (text: String, isExact: Bool) {
    if !number.isFinite { return (number.sign < 0 ? "-inf" : "inf", true) }
    if number.isZero { return ("0", true) }
    let nearest = digitString(number, digits: digits, MPFR_RNDN)
    let isExact =
      digitString(number, digits: digits, MPFR_RNDD)
      == digitString(
        number, digits: digits, MPFR_RNDU)
    let text = Rational.placePoint(in: nearest.digits, exponent: nearest.exponent - 1)
    return ((number.sign < 0 ? "-" : "") + text, isExact)
  }

  private struct Digits: Equatable {
    var digits: String
    /// The value is 0.ddd · 10^exponent.
    var exponent: Int
  }

  private static func digitString(
    _ number: MPFRPointer, digits: Int, _ rounding: mpfr_rnd_t
  ) -> Digits {
    var exponent: mpfr_exp_t = 0
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: digits + 8) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      mpfr_get_str(start, &exponent, 10, digits, number, rounding)
      return String(cString: start)
    }
    return Digits(digits: String(text.drop { $0 == "-" }), exponent: Int(exponent))
  }

  /// Drops the zeros that end a fraction, or the digits before an exponent.
  private static func withoutTrailingZeros(_ text: String) -> String {
    let mark = text.firstIndex(of: "e") ?? text.endIndex
    var mantissa = text[..<mark]
    guard mantissa.contains(".") else { return text }
    while mantissa.last == "0" { mantissa.removeLast() }
    if mantissa.last == "." { mantissa.removeLast() }
    return String(mantissa) + text[mark...]
  }
}
