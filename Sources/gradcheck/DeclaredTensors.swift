/// The tensors that `--vars 'A: [m, n], x: [n]'` declares for statements of the command line: every name in a shape is
/// a size.
struct DeclaredTensors {
  /// As it is written, a list of names with shapes.
  let text: String

  /// A `dims` and an `input` line, each ended.
  var lines: String {
    let dims = sizes.isEmpty ? "" : "dims \(sizes.joined(separator: ", "))\n"
    return dims + "input \(text)\n"
  }

  /// The names inside brackets, in the order in which they are met.
  private var sizes: [String] {
    var found: [String] = []
    var depth = 0
    var word = ""
    for character in text + " " {
      if character.isLetter || character == "_" || (!word.isEmpty && character.isNumber) {
        word.append(character)
        continue
      }
      if depth > 0, !word.isEmpty, !found.contains(word) { found.append(word) }
      word = ""
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
    }
    return found
  }

  /// Statements in which an expression that stands alone is what is computed: `y = …`.
  static func named(_ statements: String) -> String {
    statements.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      isExpression(line) ? "y = \(line)" : String(line)
    }.joined(separator: "\n")
  }

  /// Whether a line defines, claims and declares nothing.
  private static func isExpression(_ line: Substring) -> Bool {
    let trimmed = line.drop { $0 == " " }
    guard let first = trimmed.first, first != "#" else { return false }
    let words = [
      "dims", "input", "param", "const", "def", "loss", "output", "check", "assert", "budget",
    ]
    if words.contains(where: { trimmed.hasPrefix($0 + " ") }) { return false }
    var depth = 0
    var previous: Character = " "
    for (character, next) in zip(trimmed, trimmed.dropFirst() + " ") {
      if character == "(" || character == "[" { depth += 1 }
      if character == ")" || character == "]" { depth -= 1 }
      if depth == 0, character == "=", next != "=", !"=<>!".contains(previous) { return false }
      if depth == 0, character == ":" { return false }
      previous = character
    }
    return true
  }
}
