/// Words of statements: names, numbers, and what begins like one.
extension StringProtocol {
  /// The word that the text begins with; empty where it begins with something else.
  package var leadingWord: String { String(prefix(while: \.isOfWord)) }

  /// All words, in their order.
  package var words: [String] {
    Substring(self).split(whereSeparator: { !$0.isOfWord }).map(String.init)
  }

  /// The text with some words written anew.
  ///
  /// - Parameter change: what stands for a word; nil for what stays.
  package func renamingWords(_ change: (String) -> String?) -> String {
    var result = ""
    var rest = Substring(self)
    while let sign = rest.first {
      guard sign.isOfWord else {
        result.append(sign)
        rest = rest.dropFirst()
        continue
      }
      let word = rest.leadingWord
      result += change(word) ?? word
      rest = rest.dropFirst(word.count)
    }
    return result
  }
}

extension Character {
  fileprivate var isOfWord: Bool { isLetter || isNumber || self == "_" }
}
