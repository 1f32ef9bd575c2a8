import Diagnostics

extension Lexer {
  /// A decimal number as in Python. In `5..9` the dots belong to the range.
  mutating func lexNumber() {
    let start = position
    var problem: LexicalProblem?
    let isPrefix = "xXbBoO".utf8.contains(byte(at: start + 1))
    if current == UInt8(ascii: "0"), isPrefix { problem = .radixPrefix }
    let integerDigits = skipDigits(&problem)
    var isInteger = true
    if current == UInt8(ascii: "."), byte(at: position + 1) != UInt8(ascii: ".") {
      isInteger = false
      position += 1
      if isDigit(current) { _ = skipDigits(&problem) }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E"), startsExponent {
      isInteger = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      if isDigit(current) {
        _ = skipDigits(&problem)
      } else {
        problem = problem ?? .missingExponent
      }
    }
    if nameLength(at: position, first: true) > 0 {
      while nameLength(at: position, first: false) > 0 {
        position += nameLength(at: position, first: false)
      }
      problem = problem ?? .nameAfterNumber
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if problem == nil, isInteger, integerDigits > 1, current(isZeroAt: start),
      text.contains(where: { $0 != "0" && $0 != "_" })
    {
      problem = .leadingZero
    }
    if problem == nil, DecimalLiteral(text) == nil { problem = .numberTooLong }
    append(problem.map { .malformed($0) } ?? .number, from: start)
  }

  private func current(isZeroAt index: Int) -> Bool { byte(at: index) == UInt8(ascii: "0") }

  /// Whether the `e` here begins an exponent; `2exp` is a product that lacks its sign.
  private var startsExponent: Bool {
    let next = byte(at: position + 1)
    if isDigit(next) { return true }
    if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { return true }
    return nameLength(at: position + 1, first: true) == 0
  }

  /// Skips digits with single underscores between them, and returns how many bytes that were.
  private mutating func skipDigits(_ problem: inout LexicalProblem?) -> Int {
    let start = position
    var previousIsDigit = false
    while isDigit(current) || current == UInt8(ascii: "_") {
      let isUnderscore = current == UInt8(ascii: "_")
      if isUnderscore, !previousIsDigit || !isDigit(byte(at: position + 1)) {
        problem = problem ?? .misplacedUnderscore
      }
      previousIsDigit = !isUnderscore
      position += 1
    }
    return position - start
  }

  /// A string in either quote; it ends on its line.
  mutating func lexString() {
    let start = position
    let quote = current
    var problem: LexicalProblem?
    position += 1
    while position < bytes.count, current != quote, current != 0x0A, current != 0x0D {
      if current == UInt8(ascii: "\\") {
        let next = byte(at: position + 1)
        if Self.escapes[next] == nil { problem = .unknownEscape }
        if next == 0x0A || next == 0x0D || next == 0 { break }
        position += 1
      }
      position += 1
    }
    if position < bytes.count, current == quote {
      position += 1
    } else {
      problem = .unterminatedString
    }
    append(problem.map { .malformed($0) } ?? .string, from: start)
  }

  /// What stands for itself after a backslash.
  static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "'"): UInt8(ascii: "'"),
    UInt8(ascii: "\""): UInt8(ascii: "\""),
  ]

  /// The text that a string token of valid form stands for.
  static func value(ofString literal: String) -> String {
    var value: [UInt8] = []
    var isEscaped = false
    for byte in literal.utf8.dropFirst().dropLast() {
      if byte == UInt8(ascii: "\\"), !isEscaped {
        isEscaped = true
      } else {
        value.append(byte)
        isEscaped = false
      }
    }
    return String(decoding: value, as: UTF8.self)
  }
}
