import TensorExpressions

/// A colour for every factor of a product: factors of different colours are told apart by how they are joined to the
/// others, whatever the order of the factors and the numbers of the indices.
///
/// In `B @ B @ X` every factor has a colour of its own, so that no order of the two Bs has to be tried. The
/// colours are refined as often as there are factors: a factor's next one is made of its own and of those at
/// the other ends of its indices. It is for products whose coordinates are plain indices; elsewhere the
/// numbers of a coordinate depend on how the indices were chosen, and all factors have one colour.
///
/// - SeeAlso: B. Weisfeiler and A. Leman, "The reduction of a graph to canonical form" (1968).
struct FactorColours {
  private var colours: [UInt64]

  subscript(_ factor: Int) -> UInt64 { colours[factor] }

  init(of product: IndexProduct, isSymmetric: (Int) -> Bool) {
    colours = Array(repeating: 0, count: product.factors.count)
    let atoms = product.factors.map(\.atom)
    guard Self.readsAnAtomTwoWays(product), Self.isPlain(product) else { return }
    let symmetric = atoms.map(isSymmetric)
    colours = atoms.map { Self.mixed(0, UInt64(truncatingIfNeeded: $0)) }
    for _ in 0..<min(product.factors.count, Self.mostRounds) {
      let ends = Self.ends(of: product, colours, symmetric)
      colours = product.factors.indices.map { f in
        var axes = product.factors[f].access.map { coordinate in
          coordinate.asIndex.flatMap { ends[$0] } ?? 1
        }
        if symmetric[f] { axes.sort() }
        return axes.reduce(colours[f], Self.mixed)
      }
    }
  }

  /// More rounds tell nothing new about any formula that people write.
  private static let mostRounds = 12

  /// Whether there is anything to tell apart: factors of one atom that are read alike as well are a power.
  private static func readsAnAtomTwoWays(_ product: IndexProduct) -> Bool {
    var first: [Int: [Affine]] = [:]
    return product.factors.contains { factor in
      if let access = first[factor.atom] { return access != factor.access }
      first[factor.atom] = factor.access
      return false
    }
  }

  private static func isPlain(_ product: IndexProduct) -> Bool {
    var isPlain = true
    product.forEachWindow { coordinate, _ in
      if coordinate.asIndex == nil, !coordinate.isConstant { isPlain = false }
    }
    return isPlain
  }

  /// For every index the colours of the slots that are read at it, in no order.
  private static func ends(
    of product: IndexProduct, _ colours: [UInt64], _ symmetric: [Bool]
  ) -> [Int: UInt64] {
    var result: [Int: UInt64] = [:]
    func add(_ colour: UInt64, at coordinate: Affine) {
      guard let index = coordinate.asIndex else { return }
      result[index, default: 0] &+= mixed(colour, 3)
    }
    for (axis, coordinate) in product.output.enumerated() {
      add(mixed(5, UInt64(axis)), at: coordinate)
    }
    for window in product.windows {
      let text = window.extent.description.utf8.reduce(7) { mixed($0, UInt64($1)) }
      add(text, at: window.coordinate)
    }
    for (f, factor) in product.factors.enumerated() {
      for (axis, coordinate) in factor.access.enumerated() {
        add(mixed(colours[f], symmetric[f] ? 11 : 13 + UInt64(axis)), at: coordinate)
      }
    }
    return result
  }

  /// A mixing of two numbers that is the same in every run.
  ///
  /// Source: S. Vigna's splitmix64, the finalizer of D. Stafford.
  private static func mixed(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var x = (a ^ (b &* 0x9E37_79B9_7F4A_7C15)) &+ 0x9E37_79B9_7F4A_7C15
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
  }
}
