import TensorExpressions

/// Laws between factors that share an index: what they become when nothing else depends on it.
extension IndexProduct {
  /// How often an index occurs in coordinates of a factor.
  private func count(of index: Int, in factor: Factor) -> Int {
    factor.access.count { $0.mentions(index) }
  }

  /// Whether an index occurs in the output or in a listed window.
  private func isBoundElsewhere(_ index: Int) -> Bool {
    output.contains { $0.mentions(index) } || windows.contains { $0.coordinate.mentions(index) }
  }

  /// The product summed over an axis of a factor whose entries sum to 1 there; nil when the sum does not run over
  /// that axis alone.
  func summingToOne(_ position: Int, axis: Int) -> IndexProduct? {
    let factor = factors[position]
    let free = factor.access[axis].terms.first { term in
      abs(term.coefficient.asInt ?? 0) == 1 && !isBoundElsewhere(term.index)
        && factors.indices.allSatisfy {
          count(of: term.index, in: factors[$0]) == ($0 == position ? 1 : 0)
        }
    }
    guard free != nil else { return nil }
    var result = self
    result.factors.remove(at: position)
    for other in factor.access.indices where other != axis {
      result.windows.append(
        Window(coordinate: factor.access[other], extent: factor.shape[other]))
    }
    return result
  }

  /// The product with the coordinates of two factors along `axis` equal, for factors of which no two entries along that
  /// axis are both different from 0; nil when they are equal already, or read at places that may differ.
  func unifyingOneHot(_ i: Int, _ j: Int, axis: Int, facts: SizeFacts) -> [IndexProduct]? {
    let (a, b) = (factors[i], factors[j])
    guard a.atom == b.atom, a.access[axis] != b.access[axis] else { return nil }
    for other in a.access.indices where other != axis && a.access[other] != b.access[other] {
      return nil
    }
    return imposing(a.access[axis] - b.access[axis], facts: facts)
  }

  /// The product where an equation holds; nil when it cannot be solved.
  private func imposing(_ equation: Affine, facts: SizeFacts) -> [IndexProduct]? {
    var result = self
    switch result.impose(equation, facts: facts) {
    case .solved: return [result]
    case .empty: return []
    case .stuck: return nil
    }
  }

  /// Σᵥ A[…v…]·B[…v…] = δ between the other coordinates, for matrices of which that is known; nil when the sum does
  /// not run over these two factors alone.
  func joining(_ i: Int, axis p: Int, with j: Int, axis q: Int, facts: SizeFacts) -> [IndexProduct]?
  {
    guard let ends = endsOfSum(i, axis: p, with: j, axis: q) else { return nil }
    return removing([i, j], keeping: ends)
      .imposing(ends[0].coordinate - ends[1].coordinate, facts: facts)
  }

  /// Σᵥ A[…v…]·B[…v…] = Σ of some terms between the other coordinates, for matrices of which that is known; nil when
  /// the sum does not run over these two factors alone.
  func joining(
    _ i: Int, axis p: Int, with j: Int, axis q: Int, to terms: [IndexProduct], facts: SizeFacts
  ) -> [IndexProduct]? {
    guard let ends = endsOfSum(i, axis: p, with: j, axis: q) else { return nil }
    var result: [IndexProduct] = []
    for term in terms {
      var product = removing([i, j], keeping: ends)
      product.factors.append(
        Factor(atom: -1, shape: ends.map(\.extent), access: ends.map(\.coordinate)))
      switch product.compose(term, at: product.factors.count - 1, facts: facts) {
      case .solved: result.append(product)
      case .empty: break
      case .stuck: return nil
      }
    }
    return result
  }

  /// The other coordinates of two matrices that are summed over an axis of each, on which nothing else depends.
  private func endsOfSum(_ i: Int, axis p: Int, with j: Int, axis q: Int) -> [Window]? {
    guard i != j, let index = factors[i].access[p].asIndex, factors[j].access[q].asIndex == index,
      !isBoundElsewhere(index),
      factors.indices.allSatisfy({
        count(of: index, in: factors[$0]) == ($0 == i || $0 == j ? 1 : 0)
      })
    else { return nil }
    return [
      Window(coordinate: factors[i].access[1 - p], extent: factors[i].shape[1 - p]),
      Window(coordinate: factors[j].access[1 - q], extent: factors[j].shape[1 - q]),
    ]
  }

  /// The product without some factors and with further windows.
  private func removing(_ positions: Set<Int>, keeping ends: [Window]) -> IndexProduct {
    var result = self
    result.factors = factors.indices.filter { !positions.contains($0) }.map { factors[$0] }
    result.windows += ends
    return result
  }
}

extension IndexProduct {
  /// The extent of every index; nil when a coordinate is not a plain index, or two axes read at one index differ in
  /// extent.
  var plainExtents: [Int: Size]? {
    var result: [Int: Size] = [:]
    for window in allWindows {
      guard let index = window.coordinate.asIndex,
        result.updateValue(window.extent, forKey: index) ?? window.extent == window.extent
      else { return nil }
    }
    return result
  }

  /// A matrix found beside its inverse: Σᵥ S[a,v]·S⁻¹[v,b] or Σᵥ S⁻¹[b,v]·S[v,a].
  struct Neighbour {
    /// The factors that are the matrix, the inverse not among them.
    fileprivate let factors: Set<Int>
    fileprivate let inverse: Int
    /// The index v.
    fileprivate let inner: Int
    /// The coordinate a.
    fileprivate let outer: Affine
    /// The coordinate b.
    fileprivate let other: Affine
    /// Whether the matrix stands left of its inverse.
    fileprivate let isLeft: Bool
  }

  /// Where `pattern`, one term of a matrix, is multiplied with factor `position`, an inverse.
  ///
  /// The pattern's factors must be among this product's, read at indices on which nothing else depends.
  func neighbour(
    of position: Int, matching pattern: IndexProduct, isSymmetric: @escaping (Int) -> Bool
  ) -> Neighbour? {
    guard pattern.windows.isEmpty, !pattern.factors.isEmpty,
      let row = pattern.output[0].asIndex, let column = pattern.output[1].asIndex, row != column,
      pattern.plainExtents != nil
    else { return nil }
    let access = factors[position].access
    var readings = [(access, true), (access, false)]
    if isSymmetric(factors[position].atom) {
      readings += [(access.reversed(), true), (access.reversed(), false)]
    }
    for (access, isLeft) in readings {
      guard let inner = access[isLeft ? 0 : 1].asIndex else { continue }
      var search = PatternSearch(
        pattern: pattern, product: self, excluded: position, isSymmetric: isSymmetric)
      search.binding[isLeft ? column : row] = Affine.index(inner)
      guard search.run(), let outer = search.binding[isLeft ? row : column] else { continue }
      let found = Neighbour(
        factors: search.used, inverse: position, inner: inner, outer: outer,
        other: access[isLeft ? 1 : 0], isLeft: isLeft)
      let isOwn = pattern.usedIndices.allSatisfy { index in
        if index == (isLeft ? row : column) { return true }
        guard let target = search.binding[index]?.asIndex, !isBoundElsewhere(target) else {
          return false
        }
        let expected =
          pattern.factors.reduce(0) { $0 + pattern.count(of: index, in: $1) }
          + (target == inner ? 1 : 0)
        return factors.reduce(0) { $0 + count(of: target, in: $1) } == expected
      }
      if isOwn { return found }
    }
    return nil
  }

  /// The product in which a matrix and its inverse are the identity.
  func replacingByIdentity(_ found: Neighbour, facts: SizeFacts) -> [IndexProduct]? {
    let extent = factors[found.inverse].shape[0]
    return removing(
      found.factors.union([found.inverse]),
      keeping: [
        Window(coordinate: found.outer, extent: extent),
        Window(coordinate: found.other, extent: extent),
      ]
    ).imposing(found.outer - found.other, facts: facts)
  }

  /// The product in which another term stands where a term of the matrix stood; nil when it does not fit there.
  func replacing(_ found: Neighbour, by term: IndexProduct, facts: SizeFacts) -> [IndexProduct]? {
    let extent = factors[found.inverse].shape[0]
    var result = removing(
      found.factors, keeping: [Window(coordinate: found.outer, extent: extent)])
    let inner = Affine.index(found.inner)
    result.factors.append(
      Factor(
        atom: -1, shape: [extent, extent],
        access: found.isLeft ? [found.outer, inner] : [inner, found.outer]))
    switch result.compose(term, at: result.factors.count - 1, facts: facts) {
    case .solved: return [result]
    case .empty: return []
    case .stuck: return nil
    }
  }
}

/// The search for a pattern's factors among those of a product.
private struct PatternSearch {
  let pattern: IndexProduct
  let product: IndexProduct
  let excluded: Int
  let isSymmetric: (Int) -> Bool
  var binding: [Int: Affine] = [:]
  var used: Set<Int> = []
  private var remaining: [Int]
  private var stepsLeft = PatternSearch.mostSteps

  /// How many readings are tried: equal factors fit each other in many ways.
  private static let mostSteps = 20_000

  init(
    pattern: IndexProduct, product: IndexProduct, excluded: Int,
    isSymmetric: @escaping (Int) -> Bool
  ) {
    self.pattern = pattern
    self.product = product
    self.excluded = excluded
    self.isSymmetric = isSymmetric
    remaining = Array(pattern.factors.indices)
  }

  /// Finds places for the factors that have none; what does not lead to a match is undone.
  mutating func run() -> Bool {
    guard let place = remaining.indices.min(by: { freedom(at: $0) < freedom(at: $1) }) else {
      return true
    }
    let position = remaining.remove(at: place)
    defer { remaining.insert(position, at: place) }
    let factor = pattern.factors[position]
    for (candidate, target) in product.factors.enumerated()
    where candidate != excluded && target.atom == factor.atom && !used.contains(candidate) {
      var readings = [target.access]
      if target.access.count == 2, isSymmetric(target.atom) {
        readings.append(target.access.reversed())
      }
      for access in readings {
        stepsLeft -= 1
        if stepsLeft < 0 { return false }
        let saved = binding
        used.insert(candidate)
        if bind(factor.access, to: access), run() { return true }
        used.remove(candidate)
        binding = saved
      }
    }
    return false
  }

  /// How many indices of a factor without a place are open: those that hang on others' have few places.
  private func freedom(at place: Int) -> Int {
    pattern.factors[remaining[place]].access.reduce(0) { open, coordinate in
      open + (coordinate.asIndex.map { binding[$0] == nil } ?? false ? 1 : 0)
    }
  }

  private mutating func bind(_ own: [Affine], to target: [Affine]) -> Bool {
    for (coordinate, theirs) in zip(own, target) {
      guard let index = coordinate.asIndex else { return false }
      if let bound = binding[index] {
        if bound != theirs { return false }
      } else {
        binding[index] = theirs
      }
    }
    return true
  }
}
