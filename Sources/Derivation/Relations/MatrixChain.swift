import TensorExpressions

/// A square matrix that is one product over a relation, taken apart into square matrices that are multiplied:
///
/// ```
/// M = coefficient · Π scalars · block₁ @ block₂ @ … @ blockₖ        every block n×n
/// ```
///
/// Since every block is square, M has an inverse exactly when every block has one and the scalars are not 0.
struct MatrixChain {
  let coefficient: Coefficient
  /// Factors without axes.
  let scalars: [IndexProduct.Factor]
  let blocks: [Block]

  /// The factors between two indices of the chain.
  struct Block {
    let factors: [IndexProduct.Factor]
    let row: Int
    let column: Int

    /// Whether the factors depend on one index alone, so that they are the diagonal of a diagonal matrix.
    var isDiagonal: Bool { row == column }

    /// The block as a matrix of its own.
    func product(_ shape: [Size], indexCount: Int) -> IndexProduct {
      IndexProduct(
        coefficient: .one, output: [.index(row), .index(column)], outputShape: shape,
        factors: factors, windows: [], indexCount: indexCount)
    }

    /// Its only factor, when that is a whole matrix, and whether it is read transposed.
    var single: (atom: Int, isTransposed: Bool)? {
      guard factors.count == 1, !isDiagonal, factors[0].access.count == 2 else { return nil }
      return (factors[0].atom, factors[0].access[0] == .index(column))
    }
  }

  /// A factor that links indices, by its place among the factors.
  private struct Link {
    let factor: Int
    let indices: Set<Int>
  }

  /// Nil when the product is not a square matrix, has windows of its own, or reads anything but plain indices.
  init?(_ product: IndexProduct) {
    guard product.windows.isEmpty, product.outputShape.count == 2,
      product.outputShape[0] == product.outputShape[1],
      let start = product.output[0].asIndex, let end = product.output[1].asIndex,
      let extents = product.plainExtents
    else { return nil }
    coefficient = product.coefficient
    scalars = product.factors.filter(\.access.isEmpty)
    let reads = product.factors.map { Set($0.access.compactMap(\.asIndex)) }
    let links = reads.indices.filter { reads[$0].count > 1 }
      .map { Link(factor: $0, indices: reads[$0]) }
    guard Self.isConnected(reads, links, from: start, to: end) else { return nil }
    let size = product.outputShape[0]
    let cuts = extents.keys.filter { $0 != start && $0 != end && extents[$0] == size }
      .compactMap { cut in
        Self.reached(links, from: start, without: cut, avoiding: end).map { (cut, $0) }
      }
      .sorted { ($0.1.count, $0.0) < ($1.1.count, $1.0) }
    var nodes = [start] + cuts.map(\.0)
    var groups = cuts.map(\.1)
    if start != end {
      nodes.append(end)
      groups.append(Set(links.map(\.factor)))
    }
    var blocks: [Block] = []
    var before: Set<Int> = []
    for (position, node) in nodes.enumerated() {
      let own = reads.indices.filter { reads[$0] == [node] }.map { product.factors[$0] }
      if !own.isEmpty { blocks.append(Block(factors: own, row: node, column: node)) }
      guard position < groups.count else { break }
      let group = groups[position].subtracting(before)
      before.formUnion(group)
      let inside = Set(group.flatMap { reads[$0] }).subtracting(nodes)
      let hanging = reads.indices.filter { reads[$0].count == 1 && reads[$0].isSubset(of: inside) }
      let all = group.union(hanging).sorted()
      blocks.append(
        Block(factors: all.map { product.factors[$0] }, row: node, column: nodes[position + 1]))
    }
    self.blocks = blocks
  }

  /// Whether the links lead from one end to the other, and everything but scalars hangs on them.
  private static func isConnected(
    _ reads: [Set<Int>], _ links: [Link], from start: Int, to end: Int
  ) -> Bool {
    if start == end { return links.isEmpty && reads.allSatisfy { $0.isSubset(of: [start]) } }
    guard reached(links, from: start, without: nil, avoiding: nil)?.count == links.count else {
      return false
    }
    let linked = Set(links.flatMap(\.indices))
    return linked.contains(end) && linked.contains(start)
      && reads.allSatisfy { $0.isSubset(of: linked) }
  }

  /// The links that a walk from `start` reaches that never goes through `cut`; nil when it comes to `end`.
  private static func reached(
    _ links: [Link], from start: Int, without cut: Int?, avoiding end: Int?
  ) -> Set<Int>? {
    var indices: Set<Int> = [start]
    var found: Set<Int> = []
    var changed = true
    while changed {
      changed = false
      for link in links
      where !found.contains(link.factor) && !link.indices.isDisjoint(with: indices) {
        found.insert(link.factor)
        indices.formUnion(link.indices.filter { $0 != cut })
        changed = true
      }
    }
    if let end, indices.contains(end) { return nil }
    return found
  }
}
