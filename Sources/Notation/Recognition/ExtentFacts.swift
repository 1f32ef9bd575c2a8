import TensorExpressions

/// What is known of the sizes in a relation: every extent in it is at least 1.
///
/// A question that cannot be decided is answered with false.
struct ExtentFacts: Sendable {
  private let facts: SizeFacts
  private let positives: [Size]

  init(positives: [Size]) {
    self.positives = positives.reduce(into: []) { found, size in
      if !size.isConstant, !found.contains(size) { found.append(size) }
    }
    facts = SizeFacts(positives: self.positives)
  }

  func isNonnegative(_ size: Size) -> Bool {
    if let value = size.asInt { return value >= 0 }
    if facts.isNonnegative(size) { return true }
    // What is at least an extent less 1 is at least 0, floor divisions included.
    return positives.contains { positive in
      let rest = size - positive + 1
      return rest.asInt.map { $0 >= 0 } ?? (rest.terms.count < size.terms.count)
        && facts.isNonnegative(rest)
    }
  }

  func isPositive(_ size: Size) -> Bool { isNonnegative(size - 1) }
  func isAtMost(_ a: Size, _ b: Size) -> Bool { a == b || isNonnegative(b - a) }
}
