extension Rational {
  /// The most hexadecimal digits, and the largest power of two, that a written number may have.
  private static let hexadecimalLimit = 20_000

  /// Reads a hexadecimal floating-point number as C writes it, exactly: `-0x1.8p3` is −12.
  ///
  /// Refused with nil: anything else, and what is longer than any number that a program writes.
  public init?(hexadecimal text: String) {
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    guard rest.hasPrefix("0x") || rest.hasPrefix("0X") else { return nil }
    let parts = rest.dropFirst(2).split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 == "p" || $0 == "P" })
    let digits = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = digits.count == 2 ? digits[1].count : 0
    let values = digits.joined().map { $0.isASCII ? $0.hexDigitValue : nil }
    guard !values.isEmpty, values.count <= Self.hexadecimalLimit,
      let power = parts.count == 2 ? Int(parts[1]) : 0, power.magnitude <= Self.hexadecimalLimit
    else { return nil }
    var significand = Integer(0)
    for value in values {
      guard let value else { return nil }
      significand = significand.shiftedLeft(by: 4) + Integer(value)
    }
    if isNegative { significand = -significand }
    let exponent = power - 4 * fraction
    self =
      exponent >= 0
      ? Rational(significand.shiftedLeft(by: exponent))
      : Rational(numerator: significand, denominator: Integer(1).shiftedLeft(by: -exponent))
  }
}
