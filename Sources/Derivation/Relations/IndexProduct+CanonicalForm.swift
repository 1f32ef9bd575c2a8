import TensorExpressions

/// A product without its coefficient, in the form that does not depend on how its indices were chosen: two
/// products with one key have the same entries up to their coefficients.
struct ProductKey: Hashable {
  let atoms: [Int]
  let output: [Affine]
  let accesses: [[Affine]]
  let windows: [IndexProduct.Window]

  /// A text by which keys are ordered; equal exactly for equal keys.
  var text: String {
    var text = ""
    for atom in atoms { text += "\(atom)," }
    text += "|"
    append(output, to: &text)
    for access in accesses {
      text += "|"
      append(access, to: &text)
    }
    for window in windows {
      text += "|"
      append([window.coordinate], to: &text)
      append(window.extent, to: &text)
    }
    return text
  }

  private func append(_ coordinates: [Affine], to text: inout String) {
    for coordinate in coordinates {
      for term in coordinate.terms {
        append(term.coefficient, to: &text)
        text += "i\(term.index)+"
      }
      append(coordinate.constant, to: &text)
      text += ","
    }
  }

  /// A number is its own description; most sizes here are numbers.
  private func append(_ size: Size, to text: inout String) {
    if size.terms.isEmpty, !size.isOverflowed {
      text += String(size.constant)
    } else {
      text += size.description
    }
  }
}

extension IndexProduct {
  /// How many orders of equal factors are tried for the least key.
  private static var orderLimit: Int { 720 }

  /// The canonical key; windows must have been simplified.
  ///
  /// The joint map from indices to the coordinates of all slots is brought into Hermite normal form, slot by
  /// slot: the output first, then the factors by atom. Factors of one atom have no order of their own, so
  /// every order is tried, and the least key taken; so is every transposition of symmetric matrices.
  func canonicalized(isSymmetric: (Int) -> Bool, facts: SizeFacts) -> (
    key: ProductKey, product: IndexProduct, arrangements: Int
  ) {
    var best: (key: ProductKey, product: IndexProduct, text: String)?
    let candidates = arrangements(isSymmetric: isSymmetric)
    for arrangement in candidates {
      var product = self
      product.factors = arrangement
      product.reduceToHermiteForm()
      // Coordinates that are plain indices now imply more than before.
      if !product.windows.isEmpty { product.dropImpliedWindows(facts: facts) }
      product.canonicalizeWindows(facts: facts)
      let key = ProductKey(
        atoms: product.factors.map(\.atom), output: product.output,
        accesses: product.factors.map(\.access), windows: product.windows)
      if candidates.count == 1 { return (key, product, 1) }
      let text = key.text
      if best == nil || text < (best?.text ?? "") { best = (key, product, text) }
    }
    guard let best else { preconditionFailure("a product has at least one arrangement") }
    return (best.key, best.product, candidates.count)
  }

  /// The factors sorted by atom and colour, in every order of those that are equal in both, and both orientations of
  /// symmetric ones.
  private func arrangements(isSymmetric: (Int) -> Bool) -> [[Factor]] {
    let colours = FactorColours(of: self, isSymmetric: isSymmetric)
    let order = factors.indices.sorted { a, b in
      (factors[a].atom, colours[a]) < (factors[b].atom, colours[b])
    }
    let sorted = order.map { factors[$0] }
    var result: [[Factor]] = [[]]
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].atom == sorted[start].atom,
        colours[order[end]] == colours[order[start]]
      {
        end += 1
      }
      let group = Array(sorted[start..<end])
      // Factors that are read alike as well are one factor several times: their order says nothing.
      let isPower = group.allSatisfy { $0.access == group[0].access }
      var orders =
        !isPower && result.count <= Self.orderLimit
        ? permutations(group, limit: Self.orderLimit) : [group]
      if isSymmetric(sorted[start].atom), group.count <= 4 {
        orders = orders.flatMap(orientations)
      }
      if result.count * orders.count > Self.orderLimit { orders = [group] }
      result = result.flatMap { prefix in orders.map { prefix + $0 } }
      start = end
    }
    return result
  }

  private func orientations(_ group: [Factor]) -> [[Factor]] {
    var result: [[Factor]] = [[]]
    for factor in group {
      var turned = factor
      turned.access = factor.access.reversed()
      result = result.flatMap { [$0 + [factor], $0 + [turned]] }
    }
    return result
  }

  private func permutations(_ items: [Factor], limit: Int) -> [[Factor]] {
    guard items.count > 1, (1...items.count).productIfAtMost(limit) != nil else { return [items] }
    var result: [[Factor]] = [[]]
    for item in items {
      result = result.flatMap { order in
        (0...order.count).map { position in
          var next = order
          next.insert(item, at: position)
          return next
        }
      }
    }
    return result
  }

  /// Brings the joint access map into Hermite normal form and numbers the indices by first use.
  private mutating func reduceToHermiteForm() {
    var pivots = NumberSet()
    var order: [Int] = []
    let rows = 1 + factors.count
    for slot in 0..<rows {
      let count = slot == 0 ? output.count : factors[slot - 1].access.count
      for axis in 0..<count {
        guard let pivot = reduceRow(slot, axis, pivots: pivots) else { continue }
        pivots.insert(pivot)
        order.append(pivot)
      }
    }
    for window in windows {
      for term in window.coordinate.terms where pivots.insert(term.index) {
        order.append(term.index)
      }
    }
    func renumbered(_ affine: Affine) -> Affine {
      affine.renumbered { order.firstIndex(of: $0) ?? $0 }
    }
    output = output.map(renumbered)
    for i in factors.indices { factors[i].access = factors[i].access.map(renumbered) }
    for i in windows.indices { windows[i].coordinate = renumbered(windows[i].coordinate) }
    indexCount = order.count
  }

  /// Makes one row's free part a single pivot, and what stands before it as small as that allows.
  ///
  /// - Returns: the new pivot's index, nil when no free index occurs in the row.
  private mutating func reduceRow(_ slot: Int, _ axis: Int, pivots: NumberSet) -> Int? {
    for _ in 0..<64 {
      let row = coordinate(slot, axis)
      if let index = row.asIndex { return pivots.contains(index) ? nil : index }
      let free = row.terms.filter { !pivots.contains($0.index) }
      guard let last = free.last else { return nil }
      if let unit = free.first(where: { abs($0.coefficient.asInt ?? 0) == 1 }) {
        // The coordinate itself becomes the index.
        let rest = Affine(
          constant: row.constant, terms: row.terms.filter { $0.index != unit.index })
        let value = Affine.index(unit.index) - rest
        substitute(unit.index, unit.coefficient.isOne ? value : value * Size(-1))
        return unit.index
      }
      if free.count == 1 { return reducePivot(last, row: row) }
      guard let step = Self.freeStep(free) else { return last.index }
      substitute(step.0, step.1)
    }
    return coordinate(slot, axis).terms.last?.index
  }

  /// The coordinate of an axis of a slot: slot 0 is the output, the others are the factors.
  private func coordinate(_ slot: Int, _ axis: Int) -> Affine {
    slot == 0 ? output[axis] : factors[slot - 1].access[axis]
  }

  /// With a single free index of coefficient g: positive, and the rest of the row modulo g.
  private mutating func reducePivot(_ pivot: Affine.Term, row: Affine) -> Int {
    var replacement = Affine.index(pivot.index)
    if let g = pivot.coefficient.asInt {
      let rest = Affine(constant: row.constant, terms: row.terms.filter { $0.index != pivot.index })
      let quotient = Affine(
        constant: rest.constant.flooredParts(g),
        terms: rest.terms.map {
          Affine.Term(index: $0.index, coefficient: $0.coefficient.flooredParts(g))
        })
      replacement = replacement - quotient
      if g < 0 {
        // v → −v first, so that the pivot is positive.
        substitute(pivot.index, Affine.index(pivot.index) * Size(-1))
        let flipped = Affine(
          constant: rest.constant.flooredParts(-g),
          terms: rest.terms.map {
            Affine.Term(index: $0.index, coefficient: $0.coefficient.flooredParts(-g))
          })
        replacement = Affine.index(pivot.index) - flipped
      }
    } else if let lead = pivot.coefficient.allLeading, lead < 0 {
      replacement = Affine.index(pivot.index) * Size(-1)
    }
    substitute(pivot.index, replacement)
    return pivot.index
  }

  /// A step of Euclid's algorithm among free indices; nil when coefficients are symbols.
  private static func freeStep(_ free: [Affine.Term]) -> (Int, Affine)? {
    let numbers = free.compactMap { term in term.coefficient.asInt.map { (term.index, $0) } }
    guard numbers.count >= 2, let smallest = numbers.min(by: { abs($0.1) < abs($1.1) }) else {
      return nil
    }
    var terms = [Affine.Term(index: smallest.0, coefficient: .one)]
    for (index, value) in numbers where index != smallest.0 {
      terms.append(
        Affine.Term(index: index, coefficient: Size(-floored(value, smallest.1))))
    }
    return (smallest.0, Affine(terms: terms))
  }

  private mutating func canonicalizeWindows(facts: SizeFacts) {
    windows = windows.map(\.oriented)
    if windows.count > 1 {
      windows.sort { a, b in
        let x = a.coordinate.terms.map { "\($0.index)·\($0.coefficient)" }.joined()
        let y = b.coordinate.terms.map { "\($0.index)·\($0.coefficient)" }.joined()
        return (x, a.coordinate.constant.description, a.extent.description)
          < (y, b.coordinate.constant.description, b.extent.description)
      }
    }
  }
}

extension Size {
  /// Every coefficient over `d`, rounded down: what can be taken out of a size modulo d, term by term.
  func flooredParts(_ d: Int) -> Size {
    var result = Size(IndexProduct.floored(constant, d))
    for term in terms {
      let quotient = IndexProduct.floored(term.coefficient, d)
      if quotient != 0,
        let part = (self - withoutTerm(term)).exactlyDivided(by: Size(term.coefficient))
      {
        result += part * Size(quotient)
      }
    }
    return result
  }

  /// The size without one of its terms.
  private func withoutTerm(_ term: Term) -> Size {
    var rest = Size(constant)
    for other in terms where other != term { rest += Size(monomialOf: other) }
    return rest
  }

  private init(monomialOf term: Term) {
    var product = Size(term.coefficient)
    for factor in term.monomial.factors {
      product *= Size(factor.atom).power(factor.exponent)
    }
    self = product
  }
}

extension ClosedRange<Int> {
  /// The product of the range's numbers; nil when it is above `limit`.
  fileprivate func productIfAtMost(_ limit: Int) -> Int? {
    var product = 1
    for number in self {
      product *= number
      if product > limit { return nil }
    }
    return product
  }
}
