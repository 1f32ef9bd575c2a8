/// The words that Python keeps for itself, which are no names here either.
enum ReservedWord {
  /// Whether a word is no name. `del` and `def` are the gradients of values called `el` and `ef`.
  static func isReserved(_ word: String) -> Bool {
    all.contains(word) && word != "def" && word != "del"
  }

  private static let all: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
  ]
}
