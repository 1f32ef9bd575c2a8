/// Words and calls in printed code.
enum Identifiers {
  /// The names that occur in some lines.
  static func names(in lines: [String]) -> Set<String> {
    var result: Set<String> = []
    for line in lines {
      for word in line.split(whereSeparator: { !isPart($0) }) { result.insert(String(word)) }
    }
    return result
  }

  /// Whether the name stands before what follows it in one of the lines, by itself.
  static func holds(_ name: String, before follower: String, in lines: [String]) -> Bool {
    lines.contains { line in
      line.split(separator: name + follower, omittingEmptySubsequences: false).dropLast().contains {
        part in
        guard let last = part.last else { return true }
        return !isPart(last) && last != "."
      }
    }
  }

  /// Whether a text is a name.
  static func isName(_ text: String) -> Bool {
    text.allSatisfy(isPart) && !(text.first?.isNumber ?? true)
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
