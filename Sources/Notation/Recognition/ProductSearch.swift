import TensorExpressions

/// Finds how a product of labelled tensors is computed by products of pairs, the most readable way first.
///
/// Each axis of a factor has a label: an index, or a coordinate of several indices such as `2*p + k`, which
/// is an axis like any other until a convolution takes it apart. For every subset of the factors the search
/// keeps the cheapest formula for each order of axes, so that transposes come out where they cost least.
/// Subsets are few: with more than ``exhaustiveCount`` factors, those that multiply entry by entry are taken
/// together first.
///
/// - Complexity: O(3ⁿ) pairs for n ≤ 5 factors; each keeps at most ``layoutLimit`` orders of axes.
final class ProductSearch {
  struct Label {
    let coordinate: Affine
    let extent: Size
  }

  /// A tensor with its axes' labels.
  struct Candidate {
    var formula: Formula
    /// The label of each axis; ``unit`` for an axis of extent 1.
    var layout: [Int]
    var cost: Int
    /// Whether the formula is a chain of matrices that may be joined from the left.
    var isChain = false
    /// The number of entries in each sum, when the formula is one.
    var summedCount: Size?
    /// The labels of several indices at whose places the formula has gathered all that belongs there.
    var gathered = NumberSet()
  }

  /// What is used outside a subset of the factors.
  struct Surroundings {
    var labels = NumberSet()
    var indices = NumberSet()
  }

  static let unit = -1
  static let exhaustiveCount = 5
  static let layoutLimit = 6
  /// The least that a product adds to its factors' costs until it is finished: no way to multiply costs less than 10,
  /// and a transpose that is undone, of a factor, in a sum over windows or in the end, gives back 3.
  static let leastStep = 10 - 4 * 3

  let extents: [Size]
  let facts: ExtentFacts
  let coefficient: Coefficient
  private(set) var labels: [Label] = []
  /// The indices in each label's coordinate.
  private var labelIndices: [[Int]] = []
  /// Whether a coordinate holds several indices.
  private(set) var hasComposites = false
  /// The labels of several indices that number the places of their axis one by one.
  private var wholeAxes = NumberSet()
  private(set) var factors: [Candidate] = []
  private(set) var output: [Int] = []

  /// - Returns: nil when a factor or the output has one label on two axes.
  init?(_ relation: Relation) {
    extents = relation.extents
    facts = relation.facts
    coefficient = relation.coefficient
    var labels: [Label] = []
    func layout(_ access: [Affine], _ shape: [Size]) -> [Int] {
      zip(access, shape).map { coordinate, extent in
        if coordinate.isConstant { return Self.unit }
        let known = labels.indices.first {
          labels[$0].coordinate == coordinate && labels[$0].extent == extent
        }
        if let known { return known }
        labels.append(Label(coordinate: coordinate, extent: extent))
        return labels.count - 1
      }
    }
    for factor in relation.factors {
      let axes = layout(factor.access, factor.shape)
      guard Self.hasDistinctLabels(axes) else { return nil }
      if relation.factors.count > Self.exhaustiveCount,
        let same = factors.firstIndex(where: { $0.layout == axes })
      {
        factors[same].formula = factors[same].formula * factor.formula
        factors[same].cost += 10
      } else {
        factors.append(
          Candidate(
            formula: factor.formula, layout: axes, cost: 0, isChain: factor.isChain))
      }
    }
    output = layout(relation.output, relation.shape)
    guard Self.hasDistinctLabels(output) else { return nil }
    self.labels = labels
    labelIndices = labels.map { $0.coordinate.terms.map(\.index) }
    hasComposites = labelIndices.contains { $0.count > 1 }
    for (label, known) in labels.enumerated()
    where relation.numbersEveryPlace(known.coordinate, known.extent) { wholeAxes.insert(label) }
  }

  /// The cheapest formula for the whole product, in a shape that broadcasts to the output's.
  func best() -> (piece: Piece, cost: Int)? {
    if factors.isEmpty {
      let isFilled = output.allSatisfy { $0 == Self.unit || labels[$0].coordinate.terms.count == 1 }
      return isFilled ? (Piece(formula: .one, shape: []), 0) : nil
    }
    if let product = entrywiseProduct() { return product }
    if factors.count > Self.exhaustiveCount {
      var joining = PairJoining(factors, in: self)
      while joining.count > Self.exhaustiveCount, joining.joinPair() {}
      factors = joining.remaining
    }
    guard factors.count <= Self.exhaustiveCount else { return wholeEinsum() }
    var table: [[Candidate]] = Array(repeating: [], count: 1 << factors.count)
    for mask in 1..<table.count { table[mask] = candidates(for: mask, table) }
    var finished: [(piece: Piece, cost: Int)] = []
    for candidate in table[table.count - 1] {
      if let done = finish(candidate) { finished.append(done) }
    }
    let best = finished.min { $0.cost < $1.cost }
    let extra = 10 * factors.count
    guard factors.count > 2, best.map({ $0.cost > Self.einsumCost(factors) + extra }) ?? true,
      let einsum = wholeEinsum(), best.map({ $0.cost > einsum.cost + extra }) ?? true
    else { return best }
    return (einsum.piece, einsum.cost + extra)
  }

  /// The product of factors that all have the output's axes in its order: nothing else is as short.
  private func entrywiseProduct() -> (piece: Piece, cost: Int)? {
    guard !hasComposites, factors.count > 1, factors.allSatisfy({ $0.layout == output }) else {
      return nil
    }
    var result = factors[factors.count - 1]
    for factor in factors.dropLast().reversed() { result = multiplied(factor, result, output) }
    return (Piece(formula: result.formula, shape: shape(output)), result.cost)
  }

  private func candidates(for mask: Int, _ table: [[Candidate]]) -> [Candidate] {
    let around = surroundings(
      of: factors.indices.filter { mask & (1 << $0) == 0 }.map { factors[$0] })
    var found: [Candidate] = []
    if mask & (mask - 1) == 0 {
      found = reduced(factors[mask.trailingZeroBitCount], around)
    } else {
      let isWhole = mask == table.count - 1
      // What the whole product costs at most, once some way to it has the output's axes as they are.
      var bound = Int.max
      let lowest = mask & -mask
      var part = lowest
      while part != 0, part != mask {
        if part & lowest != 0 {
          for a in table[part] {
            for b in table[mask ^ part] where a.cost + b.cost + Self.leastStep <= bound {
              let ways = products(a, b, around).flatMap { reduced($0, around) }
              found += ways
              for way in ways where isWhole && way.cost < bound && finish(way)?.cost == way.cost {
                bound = way.cost
              }
            }
          }
        }
        part = (part - mask) & mask
      }
    }
    var best: [Candidate] = []
    for candidate in found {
      if let known = best.firstIndex(where: { $0.layout == candidate.layout }) {
        if best[known].cost > candidate.cost { best[known] = candidate }
      } else {
        best.append(candidate)
      }
    }
    best.sort {
      $0.cost != $1.cost
        ? $0.cost < $1.cost : $0.layout.lexicographicallyPrecedes($1.layout)
    }
    return Array(best.prefix(Self.layoutLimit))
  }

  /// What is used outside of a product: by the output, and by these other factors.
  func surroundings(of others: [Candidate]) -> Surroundings {
    var result = Surroundings()
    for label in output where label != Self.unit { result.labels.insert(label) }
    for factor in others {
      for label in factor.layout where label != Self.unit { result.labels.insert(label) }
    }
    for label in result.labels { result.indices.formUnion(indices(of: label)) }
    return result
  }

  /// The labels of axes that are not ``unit``.
  static func labels(of layout: [Int]) -> NumberSet {
    var result = NumberSet()
    for label in layout where label != unit { result.insert(label) }
    return result
  }

  static func hasDistinctLabels(_ layout: [Int]) -> Bool {
    labels(of: layout).count == layout.count { $0 != unit }
  }

  func indices(of label: Int) -> [Int] { labelIndices[label] }

  func extent(of label: Int) -> Size { label == Self.unit ? .one : labels[label].extent }

  func shape(_ layout: [Int]) -> [Size] { layout.map { extent(of: $0) } }

  func plainIndex(_ label: Int) -> Int? {
    label == Self.unit ? nil : labels[label].coordinate.asIndex
  }

  func plainLabel(of index: Int) -> Int? {
    labels.firstIndex { $0.coordinate.asIndex == index }
  }

  // MARK: Finishing

  /// The candidate in the output's order of axes; nil when an axis of the output is missing that is not repeated.
  private func finish(_ candidate: Candidate) -> (piece: Piece, cost: Int)? {
    let present = Self.labels(of: candidate.layout)
    var inside = NumberSet()
    for label in present { inside.formUnion(indices(of: label)) }
    for label in output where label != Self.unit && !present.contains(label) {
      // A repeated axis is an index of its own.
      guard plainIndex(label) != nil, indices(of: label).allSatisfy({ !inside.contains($0) })
      else { return nil }
    }
    guard present.allSatisfy({ isTakenOnce($0, in: candidate) }) else { return nil }
    let wanted = output.map { present.contains($0) ? $0 : Self.unit }
    guard candidate.layout.allSatisfy({ $0 == Self.unit || wanted.contains($0) }) else {
      return nil
    }
    var result = withMean(candidate)
    if !broadcasts(result.layout, to: wanted) {
      guard let arranged = arranged(result, Array(wanted.drop { $0 == Self.unit })) else {
        return nil
      }
      result = arranged
    }
    let piece = Piece(
      formula: result.formula, shape: shape(result.layout), isChain: result.isChain)
    // Axes of extent 1 that are left out take a reshape to put back.
    let missing = output.prefix(output.count - result.layout.count)
    return (piece, result.cost + (missing.contains(Self.unit) ? 2 : 0))
  }

  /// Whether the places of an axis have got all that the sum over its indices adds there: a convolution has done so, or
  /// the indices number the places one by one and no other axis of the output depends on them.
  private func isTakenOnce(_ label: Int, in candidate: Candidate) -> Bool {
    if indices(of: label).count < 2 || candidate.gathered.contains(label) { return true }
    return wholeAxes.contains(label)
      && output.allSatisfy { other in
        other == label || other == Self.unit
          || !indices(of: other).contains(where: indices(of: label).contains)
      }
  }

  private func broadcasts(_ layout: [Int], to wanted: [Int]) -> Bool {
    guard layout.count <= wanted.count else { return false }
    return Array(repeating: Self.unit, count: wanted.count - layout.count) + layout == wanted
  }

  /// A sum over all of its count is a mean.
  private func withMean(_ candidate: Candidate) -> Candidate {
    guard let count = candidate.summedCount, !count.isOne,
      case .reduction(var reduction, let x) = candidate.formula, reduction.kind == .sum,
      coefficient.asRational?.isInteger != true,
      let factor = (coefficient * Coefficient(count)).asRational, factor.isInteger
    else { return candidate }
    var result = candidate
    reduction.kind = .mean
    result.formula = Formula.number(Coefficient(count)) * .reduction(reduction, x)
    return result
  }

  /// The product under one einsum subscript; nil when a coordinate holds several indices.
  private func wholeEinsum() -> (piece: Piece, cost: Int)? {
    let kept = output.filter { label in
      label != Self.unit && factors.contains { $0.layout.contains(label) }
    }
    guard let candidate = einsum(factors, to: kept) else { return nil }
    return finish(candidate)
  }
}
