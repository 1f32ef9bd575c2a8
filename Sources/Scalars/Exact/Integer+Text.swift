internal import CGMP

extension Integer: CustomStringConvertible, LosslessStringConvertible {
  /// Decimal digits, with a minus sign for a negative value.
  public var description: String {
    switch storage {
    case .small(let value): return value.description
    case .big:
      return withGMP { value in
        let capacity = Int(__gmpz_sizeinbase(value, 10)) + 2
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
          guard let start = buffer.baseAddress else { return "" }
          __gmpz_get_str(start, 10, value)
          return String(cString: start)
        }
      }
    }
  }

  /// Reads what ``description`` writes; see ``init(parsing:)``.
  public init?(_ description: String) { self.init(parsing: description) }

  /// Reads an optional sign and decimal digits; `nil` for anything else.
  public init?(parsing text: String) {
    var digits = text[...]
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits.removeFirst() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    self.init(decimalDigits: digits, isNegative: isNegative)
  }

  /// Makes an integer from text that is known to be ASCII digits.
  init(decimalDigits digits: some StringProtocol, isNegative: Bool) {
    if let value = Int((isNegative ? "-" : "") + digits) {
      self.init(value)
    } else {
      self.init { result in
        _ = String(digits).withCString { __gmpz_set_str(result, $0, 10) }
        if isNegative { __gmpz_neg(result, result) }
      }
    }
  }

  /// Ten to a power that is not negative.
  static func powerOfTen(_ exponent: Int) -> Integer { Integer(10).power(exponent) }
}
