import TensorExpressions

extension IndexProduct {
  /// The least and the greatest value of something, both attained or not.
  struct Range {
    let lower: Size
    let upper: Size
  }

  /// Simplifies the windows until nothing changes: digits of a mixed radix are told apart, windows that
  /// others imply are dropped, sums over indices that no slot sees become factors.
  ///
  /// - Returns: false when no point is left, so that the product is zero.
  mutating func simplifyWindows(facts: SizeFacts) -> Bool {
    var changed = true
    var rounds = 0
    while changed, rounds < 32 {
      changed = false
      rounds += 1
      // An axis read at a plain index is the usual case; only an extent of 1 divides its coefficient.
      for window in windows(where: { $0.asIndex == nil || $1.isOne }) {
        switch imposeDigits(of: window, facts: facts) {
        case .empty: return false
        case .solved:
          changed = true
        case .stuck: continue
        }
        break
      }
    }
    guard imposeEqualDigits(facts: facts), !hasEmptyWindow(facts: facts) else { return false }
    dropImpliedWindows(facts: facts)
    countUnseenIndices()
    return true
  }

  /// Whether some window is proved to hold nowhere: `i - n` is not in `0 ..< m` where `i` stays below `n`.
  private func hasEmptyWindow(facts: SizeFacts) -> Bool {
    windows { $0.terms.count == 1 && !$1.isOne && !$0.constant.isZero }.contains { window in
      guard let range = range(of: window.coordinate, facts: facts, excluding: window) else {
        return false
      }
      return facts.isPositive(-range.upper) || facts.isNonnegative(range.lower - window.extent)
    }
  }

  /// Two coordinates in windows of one extent that differ by a multiple of it are equal.
  ///
  /// - Returns: false when they cannot be.
  private mutating func imposeEqualDigits(facts: SizeFacts) -> Bool {
    let all = windows { coordinate, _ in coordinate.terms.count > 1 }
    for (i, a) in all.enumerated() {
      for b in all.dropFirst(i + 1) where a.extent == b.extent && a.coordinate != b.coordinate {
        let difference = a.coordinate - b.coordinate
        guard !difference.terms.isEmpty,
          let constant = difference.constant.exactlyDivided(by: a.extent)
        else { continue }
        let terms = difference.terms.compactMap { term in
          term.coefficient.exactlyDivided(by: a.extent).map {
            Affine.Term(index: term.index, coefficient: $0)
          }
        }
        guard terms.count == difference.terms.count else { continue }
        switch impose(Affine(constant: constant, terms: terms), facts: facts) {
        case .empty: return false
        case .stuck: continue
        case .solved: return simplifyWindows(facts: facts)
        }
      }
    }
    return true
  }

  /// Where a coordinate is `extent·m + r` with `0 ≤ r < extent`, it is in its window exactly when m is 0.
  ///
  /// - Returns: `.stuck` when the window says nothing of the kind.
  private mutating func imposeDigits(of window: Window, facts: SizeFacts) -> Outcome {
    var multiple: [Affine.Term] = []
    var rest: [Affine.Term] = []
    for term in window.coordinate.terms {
      if let quotient = term.coefficient.exactlyDivided(by: window.extent) {
        multiple.append(Affine.Term(index: term.index, coefficient: quotient))
      } else {
        rest.append(term)
      }
    }
    if multiple.isEmpty {
      return window.coordinate.isConstant ? constantOutcome(window, facts) : .stuck
    }
    var constant = window.coordinate.constant
    var multipleConstant = Size.zero
    if let quotient = constant.exactlyDivided(by: window.extent) {
      multipleConstant = quotient
      constant = .zero
    }
    let digit = Affine(constant: constant, terms: rest)
    guard isInside(digit, window.extent, facts: facts, excluding: window) else { return .stuck }
    return impose(Affine(constant: multipleConstant, terms: multiple), facts: facts)
  }

  private func constantOutcome(_ window: Window, _ facts: SizeFacts) -> Outcome {
    let value = window.coordinate.constant
    let isOutside = facts.isPositive(-value) || facts.isNonnegative(value - window.extent)
    return isOutside ? .empty : .stuck
  }

  /// Whether a coordinate is proved to lie in `0 ..< extent`.
  func isInside(
    _ coordinate: Affine, _ extent: Size, facts: SizeFacts, excluding excluded: Window
  ) -> Bool {
    guard let range = range(of: coordinate, facts: facts, excluding: excluded) else { return false }
    return facts.isNonnegative(range.lower) && facts.isNonnegative(extent - 1 - range.upper)
  }

  /// Bounds of a coordinate, from the windows of single indices other than `excluded`.
  private func range(
    of coordinate: Affine, facts: SizeFacts, excluding excluded: Window
  ) -> Range? {
    var lower = coordinate.constant
    var upper = coordinate.constant
    if coordinate.isConstant { return Range(lower: lower, upper: upper) }
    let ranges = indexRanges(of: coordinate, excluding: excluded, facts: facts)
    for term in coordinate.terms {
      guard let range = ranges[term.index] else { return nil }
      if facts.isNonnegative(term.coefficient) {
        lower += term.coefficient * range.lower
        upper += term.coefficient * range.upper
      } else if facts.isNonnegative(-term.coefficient) {
        lower += term.coefficient * range.upper
        upper += term.coefficient * range.lower
      } else {
        return nil
      }
    }
    return Range(lower: lower, upper: upper)
  }

  /// For every index of a coordinate that some window bounds by itself, its tightest known range.
  private func indexRanges(
    of coordinate: Affine, excluding excluded: Window, facts: SizeFacts
  ) -> [Int: Range] {
    var result: [Int: Range] = [:]
    var skipped = false
    let bounds = windows { bound, _ in
      bound.terms.count == 1 && coordinate.mentions(bound.terms[0].index)
    }
    for window in bounds {
      // Two equal windows imply each other, so only one copy is left out.
      if !skipped, window == excluded {
        skipped = true
        continue
      }
      let term = window.coordinate.terms[0]
      let range: Range
      switch term.coefficient.asInt {
      case 1:
        range = Range(
          lower: -window.coordinate.constant,
          upper: window.extent - 1 - window.coordinate.constant)
      case -1:
        range = Range(
          lower: window.coordinate.constant - window.extent + 1, upper: window.coordinate.constant)
      default: continue
      }
      if let known = result[term.index] {
        result[term.index] = Range(
          lower: facts.isAtMost(known.lower, range.lower) ? range.lower : known.lower,
          upper: facts.isAtMost(range.upper, known.upper) ? range.upper : known.upper)
      } else {
        result[term.index] = range
      }
    }
    return result
  }

  /// Drops the listed windows that the slots or other windows imply.
  mutating func dropImpliedWindows(facts: SizeFacts) {
    if windows.isEmpty { return }
    // There are few, and most differ in their extents: comparing all takes less than hashing them.
    var seen: [Window] = []
    windows = windows.filter { listed in
      let window = listed.oriented
      if seen.contains(window) || isSlotWindow(window) { return false }
      seen.append(window)
      return true
    }
    var position = 0
    while position < windows.count {
      let window = windows[position]
      if isInside(window.coordinate, window.extent, facts: facts, excluding: window) {
        windows.remove(at: position)
      } else {
        position += 1
      }
    }
  }

  /// Whether an extent of the output or of a factor says what an oriented window does.
  private func isSlotWindow(_ window: Window) -> Bool {
    func isWindow(_ coordinate: Affine) -> Bool {
      coordinate == window.coordinate
        || coordinate.terms.count == window.coordinate.terms.count
          && Window(coordinate: coordinate, extent: window.extent).oriented.coordinate
            == window.coordinate
    }
    for axis in output.indices where outputShape[axis] == window.extent {
      if isWindow(output[axis]) { return true }
    }
    for f in factors.indices {
      for axis in factors[f].access.indices where factors[f].shape[axis] == window.extent {
        if isWindow(factors[f].access[axis]) { return true }
      }
    }
    return false
  }

  /// An index that no slot sees and that one window alone bounds takes `extent` values whatever the others are.
  private mutating func countUnseenIndices() {
    if windows.isEmpty { return }
    let seen = slotIndices
    var position = 0
    while position < windows.count {
      let window = windows[position]
      let countable = window.coordinate.terms.contains { term in
        abs(term.coefficient.asInt ?? 0) == 1 && !seen.contains(term.index)
          && windows.allSatisfy { $0 == window || !$0.coordinate.mentions(term.index) }
      }
      if countable {
        coefficient = coefficient * Coefficient(window.extent)
        windows.remove(at: position)
        position = 0
      } else {
        position += 1
      }
    }
  }
}

extension IndexProduct.Window {
  /// The window or its mirror image `extent − 1 − coordinate`, whichever has a positive first coefficient.
  var oriented: IndexProduct.Window {
    guard let first = coordinate.terms.first, let lead = first.coefficient.allLeading, lead < 0
    else {
      return self
    }
    return IndexProduct.Window(
      coordinate: coordinate * Size(-1) + (extent - 1), extent: extent)
  }
}

extension Size {
  /// The coefficient of the first term.
  var allLeading: Int? { terms.first?.coefficient ?? (constant == 0 ? nil : constant) }
}
