import Evaluation
import Scalars
import TensorExpressions

/// Whether a tensor is what its declaration says.
struct StructureCheck {
  private let tensor: Tensor<Rational>

  init(_ tensor: Tensor<Rational>) { self.tensor = tensor }

  /// The first word that the tensor does not obey; nil when it obeys all.
  ///
  /// Orthogonal matrices of floating-point numbers are so up to roundings only, and are taken as given.
  func brokenWord(of structure: TensorStructure) -> String? {
    let elements = tensor.elements
    if let axis = structure.oneHotAxis, !isOneHot(axis) { return "one_hot(\(axis))" }
    let words: [(TensorStructure, String, () -> Bool)] = [
      (.positive, "positive", { elements.allSatisfy { $0.signum() > 0 } }),
      (.nonnegative, "nonnegative", { elements.allSatisfy { $0.signum() >= 0 } }),
      (.unitInterval, "unit", { elements.allSatisfy { $0.signum() > 0 && $0 < 1 } }),
      (.mask, "mask", { elements.allSatisfy { $0.isZero || $0.isOne } }),
      (.integer, "integer", { elements.allSatisfy(\.isInteger) }),
      (.symmetric, "symmetric", { isMatrix { m, i, j in m(i, j) == m(j, i) } }),
      (.symmetricEntries, "symmetric(entries)", { isMatrix { m, i, j in m(i, j) == m(j, i) } }),
      (.diagonal, "diagonal", { isMatrix { m, i, j in i == j || m(i, j).isZero } }),
      (.lower, "lower", { isMatrix { m, i, j in i >= j || m(i, j).isZero } }),
      (.simplex, "simplex", { isSimplex }),
      (
        .positiveDefinite, "spd",
        { isMatrix { m, i, j in m(i, j) == m(j, i) } && hasPivots(positive: true) }
      ),
      (.nonsingular, "nonsingular", { hasPivots(positive: false) }),
    ]
    return words.first { structure.contains($0.0) && !$0.2() }?.1
  }

  private func isOneHot(_ axis: Int) -> Bool {
    guard tensor.extents.indices.contains(axis) else { return true }
    var sums: [Int: Rational] = [:]
    let inner = tensor.extents[(axis + 1)...].reduce(1, *)
    for (place, element) in tensor.elements.enumerated() {
      guard element.isZero || element.isOne else { return false }
      let outer = place / (inner * tensor.extents[axis])
      sums[outer * inner + place % inner, default: 0] += element
    }
    return sums.values.allSatisfy(\.isOne)
  }

  private var isSimplex: Bool {
    guard let last = tensor.extents.last else { return true }
    return stride(from: 0, to: tensor.count, by: last).allSatisfy { start in
      let row = tensor.elements[start..<start + last]
      return row.allSatisfy { $0.signum() >= 0 } && row.reduce(Rational(0), +).isOne
    }
  }

  /// Whether every entry of every matrix in the last two axes passes.
  private func isMatrix(_ passes: ((Int, Int) -> Rational, Int, Int) -> Bool) -> Bool {
    matrices.allSatisfy { start, size in
      (0..<size * size).allSatisfy { place in
        passes({ tensor.elements[start + $0 * size + $1] }, place / size, place % size)
      }
    }
  }

  private var matrices: [(start: Int, size: Int)] {
    guard let size = tensor.extents.last, tensor.extents.count >= 2,
      tensor.extents[tensor.extents.count - 2] == size
    else { return [] }
    return stride(from: 0, to: tensor.count, by: size * size).map { ($0, size) }
  }

  /// The largest matrix whose pivots are computed.
  private static let largestElimination = 24

  /// Whether elimination over the rationals finds only pivots that are not zero, or above zero without exchanging rows.
  private func hasPivots(positive: Bool) -> Bool {
    matrices.allSatisfy { start, size in
      if size > Self.largestElimination { return true }
      var rows = (0..<size).map {
        Array(tensor.elements[start + $0 * size..<start + ($0 + 1) * size])
      }
      for column in 0..<size {
        guard
          let pivot = positive ? column : rows[column...].firstIndex(where: { !$0[column].isZero }),
          positive ? rows[pivot][column].signum() > 0 : true
        else { return false }
        rows.swapAt(pivot, column)
        for row in column + 1..<max(size, column + 1) where !rows[row][column].isZero {
          let factor = rows[row][column] / rows[column][column]
          for k in column..<size { rows[row][k] -= factor * rows[column][k] }
        }
      }
      return true
    }
  }
}
