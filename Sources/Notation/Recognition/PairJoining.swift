import TensorExpressions

/// Joins pairs of factors until an exhaustive search can take the rest: first those of which one's axes are all
/// among the other's, then those that a matrix product joins, the cheapest first.
///
/// What was found of a pair stays true whatever other pairs are joined, since joining leaves what is used outside of
/// the pair as it is. So each pair is looked at once, and only pairs that share a label can be matrix products.
///
/// - Complexity: for a chain of n matrices, O(n) products of pairs; O(n²) comparisons of sets.
struct PairJoining {
  private let search: ProductSearch
  /// Factors by number; nil once joined to another. A product takes the number of its first factor.
  private var factors: [ProductSearch.Candidate?]
  private var labels: [NumberSet]
  private(set) var count: Int
  /// The cheapest matrix product of each pair that has one, by the pair's first factor.
  private var products: [[(other: Int, candidate: ProductSearch.Candidate)]]
  /// The factors that were not yet held against all others.
  private var unseen: [Int]

  init(_ factors: [ProductSearch.Candidate], in search: ProductSearch) {
    self.search = search
    self.factors = factors
    labels = factors.map { ProductSearch.labels(of: $0.layout) }
    count = factors.count
    products = Array(repeating: [], count: factors.count)
    unseen = Array(factors.indices)
  }

  /// The factors that are left, in order.
  var remaining: [ProductSearch.Candidate] { factors.compactMap(\.self) }

  /// Joins one pair; false when there is none.
  mutating func joinPair() -> Bool { joinBroadcastPair() || joinMatrixPair() }

  /// Multiplies two factors of which one's axes are all among the other's.
  private mutating func joinBroadcastPair() -> Bool {
    if unseen.isEmpty { return false }
    let new = NumberSet(unseen)
    for i in factors.indices where factors[i] != nil {
      for j in factors.indices where j != i && (new.contains(i) || new.contains(j)) {
        guard labels[j].isSubset(of: labels[i]), let a = factors[i], let b = factors[j],
          !isMatrixTimesVector(i, j),
          let joined = search.entrywise(a, b).min(by: { $0.cost < $1.cost })
        else { continue }
        replace(i, j, by: joined)
        return true
      }
    }
    for i in unseen { findProducts(of: i) }
    unseen = []
    return false
  }

  /// Whether factor j is a vector along an axis of the matrix i that nothing else has, so that `@` joins them.
  private func isMatrixTimesVector(_ i: Int, _ j: Int) -> Bool {
    guard labels[i].count == 2, labels[j].count == 1 else { return false }
    let isFree = !ProductSearch.labels(of: search.output).contains(where: labels[j].contains)
    return isFree
      && factors.indices.allSatisfy { k in
        k == i || k == j || factors[k] == nil || labels[k].isDisjoint(with: labels[j])
      }
  }

  /// Multiplies the two factors that a matrix product joins at the least cost.
  private mutating func joinMatrixPair() -> Bool {
    func cost(_ candidate: ProductSearch.Candidate) -> Int {
      candidate.cost + 5 * candidate.layout.count
    }
    var best: (i: Int, j: Int, candidate: ProductSearch.Candidate)?
    for (i, found) in products.enumerated() {
      for (j, candidate) in found {
        let isBetter =
          best.map {
            cost(candidate) < cost($0.candidate)
              || $0.i == i && $0.j > j
                && cost(candidate) == cost($0.candidate)
          } ?? true
        if isBetter { best = (i, j, candidate) }
      }
    }
    guard let best else { return false }
    replace(best.i, best.j, by: best.candidate)
    return true
  }

  /// Puts the product of factors i and j in the place of i.
  private mutating func replace(_ i: Int, _ j: Int, by joined: ProductSearch.Candidate) {
    factors[i] = joined
    factors[j] = nil
    labels[i] = ProductSearch.labels(of: joined.layout)
    count -= 1
    products[i] = []
    products[j] = []
    for k in products.indices { products[k].removeAll { $0.other == i || $0.other == j } }
    unseen.removeAll { $0 == j }
    if !unseen.contains(i) { unseen.append(i) }
  }

  /// The matrix products of one factor with every other that shares a label.
  private mutating func findProducts(of i: Int) {
    guard let a = factors[i] else { return }
    for k in factors.indices where k != i && !labels[k].isDisjoint(with: labels[i]) {
      guard let b = factors[k] else { continue }
      let (first, second) = (min(i, k), max(i, k))
      if products[first].contains(where: { $0.other == second }) { continue }
      let around = search.surroundings(
        of: factors.enumerated().compactMap { $0 == i || $0 == k ? nil : $1 })
      let found = search.products(first == i ? a : b, first == i ? b : a, around)
        .filter { $0.formula.isMatrixProduct && $0.layout.count <= 2 }
        .min { $0.cost + 5 * $0.layout.count < $1.cost + 5 * $1.layout.count }
      if let found { products[first].append((second, found)) }
    }
  }
}
