import Scalars

/// What a contraction computes, whichever way it was written: its relation, its operands and its coefficient.
///
/// ```
/// x[n,c,p+k] · dy[n,o,p]   at o, c, k     and     dy[a,b,q] · x[a,d,q+i]   at b, d, i
/// ```
///
/// Operands stand by their numbers, indices by where they occur. What these do not tell apart keeps the order in which
/// it came: some equal contractions have different keys, and no different ones have equal keys.
struct ContractionKey: Hashable {
  private let relation: ConcreteContraction
  private let operands: [Int]
  private let coefficient: Rational

  /// - Parameter operands: a number for each operand; the same number stands for the same value.
  init(_ contraction: ConcreteContraction, operands: [Int], coefficient: Rational) {
    let places = operands.indices.sorted { (operands[$0], $0) < (operands[$1], $1) }
    var relation = contraction
    relation.operands = places.map { contraction.operands[$0] }
    relation.guards = contraction.guards.filter { !$0.isAlwaysInside(contraction.extents) }
    self.relation = relation.withOrderedIndices
    self.operands = places.map { operands[$0] }
    self.coefficient = coefficient
  }
}

extension ConcreteContraction {
  /// The same relation over the indices that have more than one value, in an order that depends on where they occur.
  fileprivate var withOrderedIndices: ConcreteContraction {
    let slots = output + operands.flatMap { $0 }
    let occurrences = extents.indices.map { index in
      [extents[index]] + slots.map { $0.coefficients[index] }
    }
    let order = extents.indices.filter { extents[$0] != 1 }.sorted { a, b in
      occurrences[a] == occurrences[b]
        ? a < b : occurrences[a].lexicographicallyPrecedes(occurrences[b])
    }
    func renumbered(_ coordinate: Coordinate) -> Coordinate {
      Coordinate(
        constant: coordinate.constant, coefficients: order.map { coordinate.coefficients[$0] },
        extent: coordinate.extent)
    }
    func words(_ coordinate: Coordinate) -> [Int] {
      [coordinate.extent, coordinate.constant] + coordinate.coefficients
    }
    return ConcreteContraction(
      extents: order.map { extents[$0] }, output: output.map(renumbered),
      operands: operands.map { $0.map(renumbered) },
      guards: guards.map(renumbered).sorted { words($0).lexicographicallyPrecedes(words($1)) })
  }
}
