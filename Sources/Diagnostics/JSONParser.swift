/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable {
  /// The rules of JSON that a text can break, and the bounds of what is read.
  public enum Problem: Hashable, Sendable {
    /// More bytes than are read.
    case tooLarge(limit: Int)
    /// Arrays and objects inside each other, beyond the depth that is read.
    case tooDeep(limit: Int)
    /// Something else than what must stand here, which is said in words.
    case unexpected(expected: String)
    /// A backslash with a character that it does not go with.
    case invalidEscape
    /// A control character in a string, or a string that does not end on its line.
    case controlCharacter
    /// A key that its object has already.
    case duplicateKey(String)
    /// A number with a leading zero, a bare point or the like.
    case malformedNumber
    /// More text behind the value.
    case trailingText
  }

  /// The rule that the text breaks.
  public let problem: Problem
  /// Where it is broken; the empty range at the start for a file that is too large.
  public let range: SourceRange

  /// The problem as a diagnostic with the code `json-syntax`.
  public var diagnostic: Diagnostic {
    Diagnostic(code: "json-syntax", message, at: range)
  }

  private var message: String {
    switch problem {
    case .tooLarge(let limit): "a JSON file holds at most \(limit) bytes"
    case .tooDeep(let limit): "JSON values nest at most \(limit) deep"
    case .unexpected(let expected): "expected \(expected)"
    case .invalidEscape: "`\\` begins an escape that JSON does not know"
    case .controlCharacter: "a JSON string holds no control character and ends on its line"
    case .duplicateKey(let key): "the key `\(key)` occurs twice"
    case .malformedNumber: "this is not a JSON number"
    case .trailingText: "a JSON file holds one value"
    }
  }
}

extension JSONValue {
  /// The greatest depth of nesting that is read.
  public static let depthLimit = 128
  /// The greatest number of bytes that is read.
  public static let sizeLimit = 1 << 30

  /// Reads a text that is one JSON value by RFC 8259 and nothing else.
  ///
  /// Keys of an object must differ. A byte-order mark at the start is skipped.
  ///
  /// - Throws: ``JSONError`` at the first place that is wrong.
  /// - Complexity: O(*n*) in the number of bytes.
  public static func parse(_ source: SourceText) throws(JSONError) -> JSONValue {
    guard source.utf8.count <= sizeLimit else {
      throw JSONError(problem: .tooLarge(limit: sizeLimit), range: SourceRange(start: 0, end: 0))
    }
    var parser = JSONParser(bytes: source.utf8)
    return try parser.parseFile()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func parseFile() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    let value = try parseValue(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error(.trailingText) }
    return value
  }

  private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < JSONValue.depthLimit else { throw error(.tooDeep(limit: JSONValue.depthLimit)) }
    skipSpace()
    guard let first = peek else { throw error(.unexpected(expected: "a JSON value")) }
    switch first {
    case UInt8(ascii: "{"): return .object(try parseObject(depth: depth))
    case UInt8(ascii: "["): return .array(try parseArray(depth: depth))
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    default: throw error(.unexpected(expected: "a JSON value"))
    }
  }

  private mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
    var object = JSONObject()
    position += 1
    skipSpace()
    if take("}") { return object }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else {
        throw error(.unexpected(expected: "a key in quotes"))
      }
      let start = position
      let key = try parseString()
      guard object[key] == nil else {
        throw JSONError(
          problem: .duplicateKey(key), range: SourceRange(start: start, end: position))
      }
      skipSpace()
      guard take(":") else { throw error(.unexpected(expected: "`:` after a key")) }
      object[key] = try parseValue(depth: depth + 1)
      skipSpace()
    } while take(",")
    guard take("}") else { throw error(.unexpected(expected: "`,` or `}`")) }
    return object
  }

  private mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    position += 1
    skipSpace()
    if take("]") { return elements }
    repeat {
      elements.append(try parseValue(depth: depth + 1))
      skipSpace()
    } while take(",")
    guard take("]") else { throw error(.unexpected(expected: "`,` or `]`")) }
    return elements
  }

  private mutating func parseWord(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    let expected = String(describing: word)
    guard bytes[position...].starts(with: expected.utf8) else {
      throw error(.unexpected(expected: "a JSON value"))
    }
    position += expected.utf8.count
    return value
  }

  private mutating func parseNumber() throws(JSONError) -> JSONValue {
    let start = position
    _ = take("-")
    if !take("0") { try parseDigits(from: start) }
    if take(".") { try parseDigits(from: start) }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try parseDigits(from: start)
    }
    if let next = peek, Self.isDigit(next) { throw numberError(from: start) }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func parseDigits(from start: Int) throws(JSONError) {
    guard let first = peek, Self.isDigit(first) else { throw numberError(from: start) }
    while let next = peek, Self.isDigit(next) { position += 1 }
  }

  private mutating func parseString() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(try parseEscape()).utf8)
      case 0..<0x20: throw error(.controlCharacter)
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error(.unexpected(expected: "`\"` at the end of a string"))
  }

  private mutating func parseEscape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let byte = peek else { throw escapeError(from: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try parseUnicodeEscape(from: start)
    default: throw escapeError(from: start)
    }
  }

  /// Four hexadecimal digits, and four more where the first four are half of a surrogate pair.
  private mutating func parseUnicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let high = try parseHexadecimal(from: start)
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800..<0xDC00).contains(high), take("\\"), take("u") else {
      throw escapeError(from: start)
    }
    let low = try parseHexadecimal(from: start)
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw escapeError(from: start) }
    return scalar
  }

  private mutating func parseHexadecimal(from start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw escapeError(from: start)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let next = peek, UInt32(next) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private func error(_ problem: JSONError.Problem) -> JSONError {
    JSONError(
      problem: problem,
      range: SourceRange(start: position, end: min(position + 1, bytes.count)))
  }

  private func numberError(from start: Int) -> JSONError {
    JSONError(
      problem: .malformedNumber,
      range: SourceRange(start: start, end: min(position + 1, bytes.count)))
  }

  private func escapeError(from start: Int) -> JSONError {
    JSONError(
      problem: .invalidEscape, range: SourceRange(start: start, end: min(start + 2, bytes.count)))
  }
}
