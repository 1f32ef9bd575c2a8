/// A number as it is written, with its exact value `significand · 10^exponent`.
///
/// `1e-5` is 1 · 10⁻⁵ and `0.1` is 1 · 10⁻¹; nothing is rounded. Two literals are equal when their
/// text is.
public struct DecimalLiteral: Hashable, Sendable {
  /// The greatest number of digits, and of the exponent's magnitude.
  public static let limit = 100_000

  /// The number as it is written, underscores included.
  public let text: String
  /// Decimal digits without a sign and without zeros in front; `0` for zero.
  public let significand: String
  /// The power of ten that the significand is multiplied with.
  public let exponent: Int
  /// Whether it is written as an integer, without a point and without an exponent.
  public let isInteger: Bool

  /// Reads an unsigned decimal number such as `12`, `1_000`, `.5`, `2.` or `1e-5`.
  ///
  /// Returns nil when it is something else, or longer than ``limit`` allows.
  public init?(_ text: String) {
    var digits: [UInt8] = []
    var fractionDigits = 0
    var written = 0
    var hasPoint = false
    var exponentText: Substring?
    for index in text.utf8.indices {
      let byte = text.utf8[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
        written += 1
        if hasPoint { fractionDigits += 1 }
        continue
      case UInt8(ascii: "_"): continue
      case UInt8(ascii: ".") where !hasPoint:
        hasPoint = true
        continue
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        exponentText = text[text.utf8.index(after: index)...]
      default: return nil
      }
      break
    }
    guard written > 0, digits.count <= Self.limit else { return nil }
    var exponent = -fractionDigits
    if let exponentText {
      guard let shift = Int(exponentText.filter { $0 != "_" }) else { return nil }
      let (sum, overflow) = exponent.addingReportingOverflow(shift)
      guard !overflow else { return nil }
      exponent = sum
    }
    guard exponent.magnitude <= Self.limit else { return nil }
    self.text = text
    significand = digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
    self.exponent = digits.isEmpty ? 0 : exponent
    isInteger = !hasPoint && exponentText == nil
  }

  /// The value, when it is written as an integer that fits.
  public var integerValue: Int? { isInteger ? Int(significand) : nil }
}
