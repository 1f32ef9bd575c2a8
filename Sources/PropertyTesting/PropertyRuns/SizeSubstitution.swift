import Diagnostics
import ExpressionLanguage

/// A file's text with numbers in place of its sizes.
///
/// Most files mean something with their sizes left as names, and then only the `dims` statements change.
/// Where a function needs a number (the length of an LSTM's sequence, a number of groups), every use of a
/// name is replaced.
struct SizeSubstitution {
  let source: SourceText
  let statements: [Statement]
  let sizes: [String: Int]

  init(_ file: SyntaxFile, sizes: [String: Int]) {
    source = file.source
    statements = file.statements
    self.sizes = sizes
  }

  /// The text with `dims` statements that fix the sizes.
  func withFixedDims() -> String { edited { $0.map { "\($0)=\(sizes[$0] ?? 1)" } } }

  /// The text with every use of a size replaced by its number; what is left of `dims` are comments.
  func withNumbers() -> String {
    let fixed = edited { names in names.map { "\($0)=\(sizes[$0] ?? 1)" } }
    var scan = NameScan(fixed, numbers: sizes)
    return scan.replaced()
  }

  /// The text without the claims but one.
  ///
  /// A claim that is left out stands for the true gradient in the lines below it, which it does for the claim
  /// that is kept, too.
  func keeping(claim kept: SourceRange, in text: (SizeSubstitution) -> String) -> String {
    let others = statements.filter { $0.isClaim && $0.range != kept }
    var bytes = source.utf8
    for statement in others.reversed() {
      for place in statement.range.start..<min(statement.range.end, bytes.count)
      where bytes[place] != UInt8(ascii: "\n") {
        bytes[place] = UInt8(ascii: " ")
      }
    }
    let shortened = SourceText(name: source.name, bytes: bytes)
    var diagnostics = DiagnosticList(source: shortened)
    let file = SyntaxFile.parse(shortened, into: &diagnostics)
    return Self.withoutBlankEnds(text(SizeSubstitution(file, sizes: sizes)))
  }

  private func edited(_ write: ([String]) -> [String]) -> String {
    var bytes = source.utf8
    for statement in statements.reversed() {
      guard case .dims(let dims) = statement.kind else { continue }
      let text = "dims " + write(dims.sizes.map(\.name.name)).joined(separator: ", ")
      bytes.replaceSubrange(statement.range.start..<statement.range.end, with: Array(text.utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text without spaces at line ends and without empty lines one after the other.
  private static func withoutBlankEnds(_ text: String) -> String {
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = String(line).withoutTrailingSpaces
      if trimmed.isEmpty, lines.last?.isEmpty ?? true { continue }
      lines.append(trimmed)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Statement {
  var isClaim: Bool {
    switch kind {
    case .check, .assertion: true
    case .dims, .budget, .declaration, .shape, .assignment, .unpacking, .index, .function, .loss,
      .output, .block, .step:
      false
    }
  }
}

/// A scan over a text that replaces names by numbers, outside of strings, comments, attributes, keyword
/// names, calls and `dims` statements.
private struct NameScan {
  private let characters: [Character]
  private let numbers: [String: Int]
  private var position = 0
  private var depth = 0
  private var output = ""

  init(_ text: String, numbers: [String: Int]) {
    characters = Array(text)
    self.numbers = numbers
  }

  mutating func replaced() -> String {
    var startsLine = true
    while position < characters.count {
      let character = characters[position]
      if character == "#" {
        take { $0 != "\n" }
      } else if character == "\"" || character == "'" {
        takeString(character)
      } else if character.isLetter || character == "_" {
        takeName(startsLine: startsLine)
      } else if character.isNumber {
        take { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
      } else {
        if "([{".contains(character) { depth += 1 }
        if ")]}".contains(character) { depth = max(0, depth - 1) }
        output.append(character)
        position += 1
      }
      startsLine = character == "\n" || (startsLine && character == " ")
    }
    return output
  }

  private mutating func take(while condition: (Character) -> Bool) {
    while position < characters.count, condition(characters[position]) {
      output.append(characters[position])
      position += 1
    }
  }

  private mutating func takeString(_ quote: Character) {
    output.append(quote)
    position += 1
    take { $0 != quote && $0 != "\n" }
    if position < characters.count {
      output.append(characters[position])
      position += 1
    }
  }

  private mutating func takeName(startsLine: Bool) {
    let start = position
    while position < characters.count,
      characters[position].isLetter || characters[position].isNumber || characters[position] == "_"
    { position += 1 }
    let name = String(characters[start..<position])
    if startsLine, name == "dims", depth == 0 {
      output += "# " + name
      take { $0 != "\n" }
      return
    }
    let previous = characters[..<start].last { $0 != " " }
    let following = characters[position...].drop { $0 == " " }
    let isKeyword =
      depth > 0 && following.first == "=" && following.dropFirst().first != "="
    let isAttribute = previous == "." && !isRange(before: start)
    let isCall = following.first == "("
    if let number = numbers[name], !isKeyword, !isAttribute, !isCall {
      output += String(number)
    } else {
      output += name
    }
  }

  /// Whether the point before a name is the second of a range's two.
  private func isRange(before start: Int) -> Bool {
    start >= 2 && characters[start - 1] == "." && characters[start - 2] == "."
  }
}
