extension Array where Element: Hashable {
  /// The elements without those that stand earlier already.
  package func removingRepetitions() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
