import TensorExpressions

/// Products of two tensors.
extension ProductSearch {
  /// The ways to multiply two tensors, axes that nothing outside needs summed where the product itself does that.
  func products(_ a: Candidate, _ b: Candidate, _ around: Surroundings) -> [Candidate] {
    let gathered = a.gathered.union(b.gathered)
    if gathered.isEmpty { return ways(a, b, around) }
    return ways(a, b, around).map { way in
      var way = way
      way.gathered.formUnion(gathered)
      return way
    }
  }

  private func ways(_ a: Candidate, _ b: Candidate, _ around: Surroundings) -> [Candidate] {
    var result: [Candidate] = []
    if hasComposites {
      result = convolutions(a, b, around) + convolutions(b, a, around)
    }
    guard areIndependent(Self.labels(of: a.layout + b.layout)) else { return result }
    let shared = a.layout.filter { $0 != Self.unit && b.layout.contains($0) }
    let closed = shared.filter { label in
      indices(of: label).allSatisfy { !around.indices.contains($0) }
    }
    if closed.isEmpty {
      result += entrywise(a, b) + rowProducts(a, b)
    } else if closed.allSatisfy({ plainIndex($0) != nil }) {
      result += summed(a, b, closed)
      let batch = shared.filter { !closed.contains($0) }
      if closed.count == 1 { result += matrixProducts(a, b, closed[0], batch) }
    } else {
      return result
    }
    let kept = (a.layout + b.layout.filter { !a.layout.contains($0) })
      .filter { $0 != Self.unit && !closed.contains($0) }
    let wanted = output.filter { kept.contains($0) }
    let layouts = wanted != kept && wanted.count == kept.count ? [kept, wanted] : [kept]
    for layout in layouts where !isSettled(layout, atMost: Self.einsumCost([a, b]), by: result) {
      if let general = einsum([a, b], to: layout) { result.append(general) }
    }
    return result
  }

  /// Whether a way that is found already has these axes at no more than some cost.
  ///
  /// Sums over windows depend on the formulas themselves, so that where there are any, costs alone settle nothing.
  private func isSettled(_ layout: [Int], atMost cost: Int, by found: [Candidate]) -> Bool {
    !hasComposites && found.contains { $0.cost <= cost && $0.layout == layout }
  }

  // MARK: Entry by entry

  /// Products entry by entry, one operand broadcast or reshaped to the other; outer products.
  func entrywise(_ a: Candidate, _ b: Candidate) -> [Candidate] {
    var result: [Candidate] = []
    let asTheyAre = broadcastLayout(a.layout, b.layout)
    if let asTheyAre { result.append(multiplied(a, b, asTheyAre)) }
    let own = Self.labels(of: a.layout)
    let other = Self.labels(of: b.layout)
    if other.isSubset(of: own) {
      let target = a.layout.map { other.contains($0) ? $0 : Self.unit }.drop { $0 == Self.unit }
      if asTheyAre != a.layout || b.layout != Array(target), let moved = arranged(b, Array(target))
      {
        result.append(multiplied(a, moved, a.layout))
      }
    }
    if own.isSubset(of: other) {
      let target = b.layout.map { own.contains($0) ? $0 : Self.unit }.drop { $0 == Self.unit }
      if asTheyAre != b.layout || a.layout != Array(target), let moved = arranged(a, Array(target))
      {
        result.append(multiplied(moved, b, b.layout))
      }
    }
    if own.isDisjoint(with: other) {
      if a.layout.count == 1, b.layout.count == 1, !own.isEmpty, !other.isEmpty {
        result.append(outer(a, b))
        result.append(outer(b, a))
      } else {
        result += spread(a, b)
      }
    } else if !other.isSubset(of: own), !own.isSubset(of: other) {
      result += spread(a, b)
    }
    return result
  }

  /// The product entry by entry of two tensors that broadcast to the axes of `layout`.
  func multiplied(_ a: Candidate, _ b: Candidate, _ layout: [Int]) -> Candidate {
    var result = Candidate(
      formula: a.formula * b.formula, layout: layout, cost: a.cost + b.cost + 10)
    result.gathered = a.gathered.union(b.gathered)
    return result
  }

  private func outer(_ a: Candidate, _ b: Candidate) -> Candidate {
    var scale = FormulaProduct(coefficient: .one, scalars: [], entries: [])
    let x = a.formula.withoutScalars(into: &scale)
    let y = b.formula.withoutScalars(into: &scale)
    return Candidate(
      formula: Formula(scale.times(Formula.function("outer", [x, y]).asProduct)),
      layout: a.layout + b.layout, cost: a.cost + b.cost + 11)
  }

  /// The product with the axes of both, `b` given axes of extent 1 where only `a` has any.
  private func spread(_ a: Candidate, _ b: Candidate) -> [Candidate] {
    let mine = a.layout.filter { $0 != Self.unit }
    let added = b.layout.filter { $0 != Self.unit && !mine.contains($0) }
    var layouts = [mine + added]
    let wanted = output.filter { mine.contains($0) || added.contains($0) }
    if wanted.count == mine.count + added.count, wanted != layouts[0] { layouts.append(wanted) }
    var result: [Candidate] = []
    for layout in layouts {
      func target(_ candidate: Candidate) -> [Int] {
        Array(
          layout.map { candidate.layout.contains($0) ? $0 : Self.unit }.drop { $0 == Self.unit })
      }
      guard let x = arranged(a, target(a)), let y = arranged(b, target(b)) else { continue }
      result.append(multiplied(x, y, layout))
    }
    return result
  }

  /// The layout of the broadcast product; nil where two labels meet.
  private func broadcastLayout(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    let x = Array(repeating: Self.unit, count: rank - a.count) + a
    let y = Array(repeating: Self.unit, count: rank - b.count) + b
    var result: [Int] = []
    for (p, q) in zip(x, y) {
      guard p == q || p == Self.unit || q == Self.unit else { return nil }
      result.append(p == Self.unit ? q : p)
    }
    return Self.hasDistinctLabels(result) ? result : nil
  }

  /// `sum(a * b)` over the closed axes; ``reduced(_:_:)`` does the summing.
  private func summed(_ a: Candidate, _ b: Candidate, _ closed: [Int]) -> [Candidate] {
    let own = Self.labels(of: a.layout)
    let other = Self.labels(of: b.layout)
    guard other.isSubset(of: own) || own.isSubset(of: other) else { return [] }
    // A product of vectors is `a @ b`, and one over several axes is best read as a sum.
    return entrywise(a, b)
  }

  // MARK: Matrix products

  /// Products with `@` over one axis, both operands transposed as needed.
  private func matrixProducts(
    _ a: Candidate, _ b: Candidate, _ closed: Int, _ batch: [Int]
  ) -> [Candidate] {
    let x = a.layout.filter { $0 != closed && $0 != Self.unit && !batch.contains($0) }
    let y = b.layout.filter { $0 != closed && $0 != Self.unit && !batch.contains($0) }
    if batch.isEmpty {
      return product(a, b, closed, x, y) + product(b, a, closed, y, x)
        + unitProducts(a, b, closed, x, y) + unitProducts(b, a, closed, y, x)
    }
    guard x.count == 1, y.count == 1 else { return [] }
    var orders = [a.layout.filter(batch.contains), b.layout.filter(batch.contains)]
    if orders[0] == orders[1] { orders.removeLast() }
    var result: [Candidate] = []
    for order in orders {
      for (left, right, rows, columns) in [(a, b, x, y), (b, a, y, x)] {
        guard let p = arranged(left, order + rows + [closed]),
          let q = arranged(right, order + [closed] + columns)
        else { continue }
        result.append(
          Candidate(
            formula: .matrixProduct(p.formula, q.formula, isChain: (true, false)),
            layout: order + rows + columns, cost: p.cost + q.cost + 12))
      }
    }
    return result
  }

  /// `a @ b` where a matrix has one row, `b` one column, or both.
  private func unitProducts(
    _ a: Candidate, _ b: Candidate, _ closed: Int, _ rows: [Int], _ columns: [Int]
  ) -> [Candidate] {
    var result: [Candidate] = []
    guard output.contains(Self.unit) else { return [] }
    let isRow = rows.isEmpty && a.layout.count == 2
    let isColumn = columns.isEmpty && b.layout.count == 2
    if isRow { result += product(a, b, closed, [Self.unit], columns) }
    if isColumn { result += product(a, b, closed, rows, [Self.unit]) }
    if isRow, isColumn { result += product(a, b, closed, [Self.unit], [Self.unit]) }
    return result
  }

  /// A column times a row, matrices both.
  private func rowProducts(_ a: Candidate, _ b: Candidate) -> [Candidate] {
    guard a.layout.count == 2, b.layout.count == 2,
      let x = a.layout.first(where: { $0 != Self.unit }), a.layout.contains(Self.unit),
      let y = b.layout.first(where: { $0 != Self.unit }), b.layout.contains(Self.unit), x != y
    else { return [] }
    return [(a, b, x, y), (b, a, y, x)].compactMap { left, right, row, column in
      guard let p = arranged(left, [row, Self.unit]), let q = arranged(right, [Self.unit, column])
      else { return nil }
      return matrixProduct(p, q, [row, column], 10)
    }
  }

  /// `a @ b` with `a`'s own axes first; `b` is a matrix or a vector.
  private func product(
    _ a: Candidate, _ b: Candidate, _ closed: Int, _ rows: [Int], _ columns: [Int]
  ) -> [Candidate] {
    guard columns.count <= 1, let p = arranged(a, rows + [closed]),
      let q = arranged(b, [closed] + columns)
    else { return [] }
    if rows.isEmpty, columns.count == 1, p.layout.count == 1 {
      // A row vector times a matrix reads better as the matrix's transpose times the vector.
      return [matrixProduct(p, q, columns, 14)]
    }
    // Of two vectors, the plain one stands first: `a @ X @ b`.
    let isTurned = rows.isEmpty && p.formula.isMatrixProduct && !q.formula.isMatrixProduct
    return [matrixProduct(p, q, rows + columns, rows.count > 1 || isTurned ? 11 : 10)]
  }

  private func matrixProduct(
    _ p: Candidate, _ q: Candidate, _ layout: [Int], _ cost: Int
  ) -> Candidate {
    let isMatrix = p.layout.count == 2 && (p.isChain || !p.formula.isMatrixProduct)
    var result = Candidate(
      formula: .matrixProduct(p.formula, q.formula, isChain: (true, q.isChain)), layout: layout,
      cost: p.cost + q.cost + cost)
    result.isChain = isMatrix && layout.count <= 2
    return result
  }
}
