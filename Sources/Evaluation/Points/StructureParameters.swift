import Scalars
import TensorExpressions

/// A rational parametrisation of a structure that ties entries together, in any arithmetic.
package enum StructureParameters: Sendable {
  /// Orthonormal rows or columns, as a product of so many reflections.
  case orthogonal(extents: [Int], reflections: Int)
  /// L·Lᵀ for a lower triangular L.
  case definite(size: Int)

  /// - Parameter isReflection: whether an orthogonal matrix is to have the determinant −1.
  package init?(_ structure: TensorStructure, _ extents: [Int], isReflection: Bool) {
    guard extents.count == 2 else { return nil }
    if structure == .orthogonal {
      let size = extents.max() ?? 1
      self = .orthogonal(
        extents: extents, reflections: StructuredDraws.reflections(size, isReflection))
    } else if structure.subtracting([.symmetric, .nonsingular]) == .positiveDefinite,
      extents[0] == extents[1]
    {
      self = .definite(size: extents[0])
    } else {
      return nil
    }
  }

  /// How many numbers it takes.
  package var count: Int {
    switch self {
    case .orthogonal(let extents, let reflections): (extents.max() ?? 1) * reflections
    case .definite(let size): size * (size + 1) / 2
    }
  }

  /// The entries for some numbers; nil where they give none.
  package func entries<A: ScalarArithmetic>(
    in arithmetic: A, _ parameters: [A.Element]
  ) -> [A.Element]? {
    switch self {
    case .orthogonal(let extents, let reflections):
      let size = extents.max() ?? 1
      var next = 0
      return StructuredDraws.orthogonal(arithmetic, size, reflections: reflections) {
        defer { next += size }
        return Array(parameters[next..<next + size])
      }?.corner(extents).elements
    case .definite(let size):
      func factor(_ i: Int, _ j: Int) -> A.Element {
        j <= i ? parameters[i * (i + 1) / 2 + j] : arithmetic.zero
      }
      if (0..<size).contains(where: { arithmetic.isZero(factor($0, $0)) }) { return nil }
      return (0..<size * size).map { place in
        (0..<size).reduce(arithmetic.zero) { sum, k in
          arithmetic.add(sum, arithmetic.multiply(factor(place / size, k), factor(place % size, k)))
        }
      }
    }
  }
}
