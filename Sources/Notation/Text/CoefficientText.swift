import Scalars
import TensorExpressions

/// A coefficient as the parts of a product: a sign, a factor before it and a divisor behind it.
struct CoefficientText {
  var isNegative = false
  /// Nil for 1.
  var numerator: String?
  /// A text that binds more strongly than a product; nil for 1.
  var denominator: String?
  /// The factors of the denominator, not yet joined.
  var denominators: [String] = []

  init(_ coefficient: Coefficient) {
    let content = Self.content(coefficient)
    isNegative = content.signum() < 0
    let magnitude = content.magnitude
    var numerators: [String] = []
    if let decimal = Self.decimal(magnitude) {
      if decimal != "1" { numerators.append(decimal) }
    } else {
      if magnitude.numerator != 1 { numerators.append(magnitude.numerator.description) }
      denominators.append(magnitude.denominator.description)
    }
    if let inverse = Coefficient(content).reciprocal,
      let size = (coefficient * inverse).numerator.asSize, !size.isOne
    {
      numerators.append(Self.factor(size))
    }
    for factor in coefficient.denominator {
      let text = factor.size.factorText
      denominators.append(factor.exponent == 1 ? text : "\(text)**\(factor.exponent)")
    }
    numerator = numerators.isEmpty ? nil : numerators.joined(separator: " * ")
    if denominators.count == 1 {
      denominator = denominators[0]
    } else if denominators.count > 1 {
      denominator = "(" + denominators.joined(separator: "*") + ")"
    }
  }

  /// A product of names stands in a product as it is.
  private static func factor(_ size: Size) -> String {
    if size.constant == 0, size.terms.count == 1 {
      let text = size.description
      return text.contains("//") || text.hasPrefix("-") ? "(\(text))" : text
    }
    return size.factorText
  }

  /// The rational that leaves whole coefficients without a common divisor, the first one positive.
  static func content(_ coefficient: Coefficient) -> Rational {
    let values = coefficient.numerator.terms.map(\.coefficient)
    guard let first = values.first else { return 0 }
    var (p, q) = (first.numerator.magnitude, first.denominator)
    for value in values.dropFirst() {
      p = gcd(p, value.numerator.magnitude)
      q = q * value.denominator.quotientAndRemainder(floored: gcd(q, value.denominator)).quotient
    }
    let result = Rational(numerator: p, denominator: q)
    return first.signum() < 0 ? -result : result
  }

  private static func gcd(_ a: Integer, _ b: Integer) -> Integer { Integer.gcd(a, b) }

  /// An integer, or a short decimal where that reads better than a quotient: 0.01 and 1.5, but x / 4.
  private static func decimal(_ value: Rational) -> String? {
    if value.isInteger { return value.description }
    guard let d = value.denominator.asInt else { return Self.finiteDecimal(value, digits: 40) }
    if value.numerator == 1, d < 100 { return nil }
    return finiteDecimal(value, digits: value.numerator == 1 ? 4 : 24)
  }

  /// The exact decimal text, when it has at most that many significant digits.
  static func finiteDecimal(_ value: Rational, digits: Int) -> String? {
    let text = value.decimalString(digits: digits)
    return Rational(parsing: text) == value ? text : nil
  }

  /// The number by itself: exact, `0.01` or `1/3`.
  static func number(_ value: Rational) -> String {
    if value.isInteger { return value.description }
    if let n = value.numerator.asInt, let d = value.denominator.asInt, n.magnitude < 10, d < 10,
      d != 2,
      d != 4, d != 5, d != 8
    {
      return "\(n)/\(d)"
    }
    guard let text = finiteDecimal(value, digits: 24) else { return value.description }
    // 0.00001 is read more easily as 1e-5.
    let digits = text.drop { $0 == "-" || $0 == "0" || $0 == "." }
    guard let point = text.firstIndex(of: "."), digits.count == 1, text.count > 6 else {
      return text
    }
    let exponent = text.distance(from: point, to: text.endIndex) - 1
    return (text.hasPrefix("-") ? "-" : "") + "\(digits)e-\(exponent)"
  }
}
