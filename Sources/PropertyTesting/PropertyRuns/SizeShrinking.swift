/// Looks for the smallest sizes at which something still fails.
struct SizeShrinking {
  let draws: SizeDraws
  /// Whether it fails at these sizes; false where they fit no shape.
  let fails: ([String: Int]) -> Bool

  /// Sizes at which it fails, and at no other that are the same but for one smaller.
  func smallest(from sizes: [String: Int]) -> [String: Int] {
    var current = together(from: sizes)
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for name in draws.drawnNames {
        guard let value = current[name] else { continue }
        let lowest = draws.range(of: name).lowerBound
        for smaller in lowest..<max(lowest, value) {
          var candidate = current
          candidate[name] = smaller
          if meetsConditions(candidate), fails(candidate) {
            current = candidate
            hasChanged = true
            break
          }
        }
      }
    }
    return current
  }

  /// All sizes at once at their lowest, where that still fails: most bugs do.
  private func together(from sizes: [String: Int]) -> [String: Int] {
    var lowest = sizes
    for name in draws.drawnNames { lowest[name] = draws.range(of: name).lowerBound }
    return meetsConditions(lowest) && fails(lowest) ? lowest : sizes
  }

  private func meetsConditions(_ sizes: [String: Int]) -> Bool {
    draws.bindings.conditions.allSatisfy { $0.holds(sizes) }
  }
}
