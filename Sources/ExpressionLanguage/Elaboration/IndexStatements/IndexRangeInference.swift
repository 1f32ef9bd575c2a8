import TensorExpressions

/// Finds a finite range for every index of a statement.
///
/// Any range that holds all values for which every access stays inside its tensor will do, since an access outside
/// contributes nothing. An index that stands alone in a coordinate, `p + 1`, has its range from there; then one
/// with a coefficient, `2*p`; then, the others' ranges known, one in a compound coordinate, `2*p + k - 1`.
struct IndexRangeInference {
  /// What bounds indices: a coordinate and the extent that it stays inside.
  struct Bound: Hashable {
    let coordinate: IndexCoordinate
    let extent: Size
  }

  let bounds: [Bound]
  let facts: SizeFacts
  private(set) var ranges: [String: IndexInterval]

  /// - Parameter given: ranges that are stated, which are taken as they are.
  init(_ bounds: [Bound], given: [String: IndexInterval], facts: SizeFacts) {
    self.bounds = bounds
    self.facts = facts
    ranges = given
    inferAlone { $0.isOne || $0 == -1 }
    inferAlone { _ in true }
    while inferCompound() {}
  }

  /// Ranges from coordinates with one index, the shortest where that can be told.
  private mutating func inferAlone(where isWanted: (Size) -> Bool) {
    let known = ranges
    for bound in bounds where bound.coordinate.terms.count == 1 {
      guard let (name, coefficient) = bound.coordinate.terms.first, known[name] == nil,
        isWanted(coefficient)
      else { continue }
      let constant = bound.coordinate.constant
      guard
        let range = solve(coefficient, from: -constant, through: bound.extent - 1 - constant)
      else { continue }
      if let other = ranges[name], !isShorter(range, than: other) { continue }
      ranges[name] = range
    }
  }

  private func isShorter(_ a: IndexInterval, than b: IndexInterval) -> Bool {
    a.count != b.count && facts.isAtMost(a.count, b.count)
  }

  /// Ranges of indices that are the only open one in some coordinate.
  ///
  /// - Returns: whether one was found.
  private mutating func inferCompound() -> Bool {
    for bound in bounds {
      let open = bound.coordinate.terms.filter { ranges[$0.key] == nil }
      guard open.count == 1, let (name, coefficient) = open.first else { continue }
      var others = bound.coordinate
      others.terms[name] = nil
      guard let rest = others.interval(in: ranges, facts: facts) else { continue }
      let range = solve(
        coefficient, from: -rest.upper, through: bound.extent - 1 - rest.lower)
      if let range {
        ranges[name] = range
        return true
      }
    }
    return false
  }

  /// The values of i with `lower ≤ coefficient·i ≤ upper`; nil where the coefficient's sign is open.
  private func solve(
    _ coefficient: Size, from lower: Size, through upper: Size
  ) -> IndexInterval? {
    if facts.isPositive(coefficient) {
      let start = -(-lower).flooredDivision(by: coefficient)
      return IndexInterval(from: start, through: upper.flooredDivision(by: coefficient))
    }
    if facts.isPositive(-coefficient) {
      return solve(-coefficient, from: -upper, through: -lower)
    }
    return nil
  }
}
