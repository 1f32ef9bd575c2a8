import Diagnostics

/// Cuts a source text into tokens.
///
/// Line ends inside brackets have no token. Where a line inside open brackets begins, without
/// indentation, with a statement's first words, the brackets are taken as forgotten and the statement
/// ends, so that one missing bracket does not swallow the file.
///
/// - Complexity: O(*n*) in the number of bytes.
struct Lexer {
  let bytes: [UInt8]
  var position = 0
  private(set) var tokens: [Token] = []
  private var bracketDepth = 0
  /// The offset at which the current physical line begins.
  private var lineStart = 0

  init(_ source: SourceText) {
    bytes = source.utf8
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      position = 3
      lineStart = 3
    }
  }

  /// All tokens; the last two are a newline and the end of the file.
  static func tokens(of source: SourceText) -> [Token] {
    var lexer = Lexer(source)
    while lexer.position < lexer.bytes.count { lexer.lexNext() }
    lexer.appendNewline()
    lexer.append(.endOfFile, from: lexer.position)
    return lexer.tokens
  }

  func byte(at index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
  var current: UInt8 { byte(at: position) }

  mutating func append(_ kind: TokenKind, from start: Int) {
    tokens.append(Token(kind, start: start, end: position, startsLine: start == lineStart))
  }

  /// Ends the statement, if there is one.
  private mutating func appendNewline() {
    guard let last = tokens.last, last.kind != .newline else { return }
    append(.newline, from: position)
  }

  private mutating func lexNext() {
    let start = position
    switch current {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0C: position += 1
    case UInt8(ascii: "#"): skipComment()
    case 0x0A, 0x0D: lexLineEnd()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): lexNumber()
    case UInt8(ascii: ".") where isDigit(byte(at: start + 1)): lexNumber()
    case UInt8(ascii: "\""): lexString()
    case UInt8(ascii: "'"):
      if followsOperand {
        position += 1
        append(.foreign(.prime), from: start)
      } else {
        lexString()
      }
    case UInt8(ascii: "\\") where isLastOnLine(start + 1):
      position += 1
      append(.malformed(.trailingBackslash), from: start)
      skipToLineEnd()
      skipLineTerminator()
    default:
      if nameLength(at: start, first: true) > 0 { lexName() } else { lexSymbol() }
    }
  }

  // MARK: Lines

  private mutating func lexLineEnd() {
    if bracketDepth == 0 { appendNewline() }
    skipLineTerminator()
    if bracketDepth > 0, statementBegins {
      bracketDepth = 0
      appendNewline()
    }
  }

  private mutating func skipLineTerminator() {
    if current == 0x0D, byte(at: position + 1) == 0x0A { position += 1 }
    if position < bytes.count { position += 1 }
    lineStart = position
  }

  private mutating func skipComment() {
    while position < bytes.count, current != 0x0A, current != 0x0D { position += 1 }
  }

  private mutating func skipToLineEnd() { skipComment() }

  private func isLastOnLine(_ index: Int) -> Bool {
    var index = index
    while byte(at: index) == UInt8(ascii: " ") || byte(at: index) == UInt8(ascii: "\t") {
      index += 1
    }
    return index >= bytes.count || bytes[index] == 0x0A || bytes[index] == 0x0D
  }

  /// Whether a statement's keyword and a name stand here.
  private var statementBegins: Bool {
    var end = position
    while end < position + 8, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte(at: end)) {
      end += 1
    }
    guard byte(at: end) == UInt8(ascii: " "), end < bytes.count,
      StatementKeyword(rawValue: String(decoding: bytes[position..<end], as: UTF8.self)) != nil
    else { return false }
    return nameLength(at: end + 1, first: true) > 0
  }

  // MARK: Names and symbols

  private mutating func lexName() {
    let start = position
    position += nameLength(at: position, first: true)
    while true {
      let length = nameLength(at: position, first: false)
      if length == 0 { break }
      position += length
    }
    append(.name, from: start)
  }

  /// The bytes of the character here if it may stand in a name, as in Python; otherwise 0.
  func nameLength(at index: Int, first: Bool) -> Int {
    let byte = byte(at: index)
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      return 1
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return first ? 0 : 1
    case 0x80...:
      let (scalar, length) = scalar(at: index)
      // The raised T and H are letters to Unicode, and transposes to whoever writes them.
      if scalar == "ᵀ" || scalar == "ᴴ" { return 0 }
      let fits = first ? scalar.properties.isXIDStart : scalar.properties.isXIDContinue
      return fits ? length : 0
    default: return 0
    }
  }

  /// The scalar at an offset of valid UTF-8, with its number of bytes.
  private func scalar(at index: Int) -> (Unicode.Scalar, Int) {
    var value = UInt32(bytes[index])
    let length = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : value >= 0xC0 ? 2 : 1
    if length > 1 { value &= 0xFF >> UInt32(length + 1) }
    for offset in 1..<max(length, 1) {
      value = value << 6 | UInt32(byte(at: index + offset) & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  private mutating func lexSymbol() {
    let start = position
    let known = symbolLength(at: start)
    let foreign = foreignSpelling(at: start)
    if let foreign, foreign.length > (known?.length ?? 0) {
      position += foreign.length
      append(.foreign(foreign.meaning), from: start)
    } else if let known {
      position += known.length
      append(.symbol(known.symbol), from: start)
      if known.symbol.opens { bracketDepth += 1 }
      if known.symbol.closes { bracketDepth = max(0, bracketDepth - 1) }
    } else {
      position += current >= 0x80 ? scalar(at: start).1 : 1
      append(.foreign(.unknown), from: start)
    }
  }

  private func symbolLength(at index: Int) -> (symbol: Symbol, length: Int)? {
    // A NUL would vanish in the key.
    if byte(at: index) == 0 { return nil }
    var key: UInt32 = 0
    var longest: (symbol: Symbol, length: Int)?
    for length in 1...3 {
      key = key << 8 | UInt32(byte(at: index + length - 1))
      if let symbol = Self.symbols[key] { longest = (symbol, length) }
    }
    return longest
  }

  private func foreignSpelling(at index: Int) -> (meaning: ForeignSpelling, length: Int)? {
    for row in ForeignSpelling.byFirstByte[bytes[index]] ?? []
    where bytes[index...].starts(with: row.bytes) {
      // `x <-1` compares with a negative number.
      if row.bytes == Array("<-".utf8) { continue }
      return (row.meaning, row.bytes.count)
    }
    return nil
  }

  /// The symbols by their bytes, the first byte highest.
  private static let symbols: [UInt32: Symbol] = Dictionary(
    uniqueKeysWithValues: Symbol.allCases.map { symbol in
      (symbol.rawValue.utf8.reduce(0) { $0 << 8 | UInt32($1) }, symbol)
    })

  /// Whether the byte before ends an operand, so that an apostrophe here means a transpose.
  private var followsOperand: Bool {
    guard let last = tokens.last, last.range.end == position else { return false }
    switch last.kind {
    case .name, .number, .symbol(.rightParenthesis), .symbol(.rightBracket), .foreign(.prime):
      return true
    default: return false
    }
  }

  func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
