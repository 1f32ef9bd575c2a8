/// The known name that a misspelt one was likely meant to be.
public enum SpellingSuggestion {
  /// Names longer than this are not compared; nobody mistypes them by a letter.
  private static let longestName = 100

  /// The nearest candidate within a third of the name's length, the first of equally near ones.
  ///
  /// A name of fewer than three characters has no suggestion.
  ///
  /// - Complexity: O(*m*·*n*) for each candidate whose length is near enough.
  public static func closest(to name: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(name)
    guard letters.count <= longestName else { return nil }
    let limit = letters.count / 3
    // `dw` for `dW`: letters of the other case are no distance.
    if let same = candidates.first(where: { $0 != name && $0.lowercased() == name.lowercased() }) {
      return same
    }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates where candidate != name {
      let other = Array(candidate)
      guard abs(other.count - letters.count) <= limit else { continue }
      let distance = editDistance(letters, other)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// The number of insertions, deletions, replacements and exchanges of neighbours between two names.
  ///
  /// This is the restricted Damerau–Levenshtein distance: no letter is edited twice.
  static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        let replaced = previous[j] + (a[i] == b[j] ? 0 : 1)
        var distance = min(previous[j + 1] + 1, current[j] + 1, replaced)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          distance = min(distance, beforePrevious[j - 1] + 1)
        }
        current.append(distance)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[b.count]
  }
}
