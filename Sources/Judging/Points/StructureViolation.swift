import Evaluation
import Scalars
import TensorExpressions

/// How a tensor's values break what its declaration says of them.
public struct StructureViolation: Hashable, Sendable {
  /// The word of the declaration.
  public let word: String
  /// What is not so, to be read after the tensor's name: `is -2 at [1]`.
  public let sentence: String

  /// The first word that the values break; nil where they keep to all, and where the shape is not what a word
  /// needs, which is refused elsewhere.
  package init?(of structure: TensorStructure, in tensor: Tensor<Rational>) {
    // Numbers of an index tensor are looked at once the number of classes is known.
    if structure.contains(.index) { return nil }
    for word in structure.words {
      guard let sentence = Self.sentence(word, structure, tensor) else { continue }
      self.word = word
      self.sentence = sentence
      return
    }
    return nil
  }

  /// A number of an index tensor that is no class.
  init(index extent: Size, _ ignored: Int?, in tensor: Tensor<Rational>, at place: Int) {
    word = ignored.map { "index(\(extent), ignore=\($0))" } ?? "index(\(extent))"
    sentence =
      "is \(tensor.elements[place])"
      + Self.at(TensorShape.entry(at: place, in: tensor.extents))
  }

  private static func sentence(
    _ word: String, _ structure: TensorStructure, _ tensor: Tensor<Rational>
  ) -> String? {
    switch word {
    case "positive": entry(of: tensor) { $0.signum() > 0 }
    case "nonnegative": entry(of: tensor) { $0.signum() >= 0 }
    case "unit": entry(of: tensor) { $0.signum() > 0 && $0 < 1 }
    case "mask": entry(of: tensor) { $0 == 0 || $0 == 1 }
    case "integer": entry(of: tensor, \.isInteger)
    case "simplex":
      entry(of: tensor) { $0.signum() >= 0 }
        ?? sums(of: tensor, along: tensor.extents.count - 1) { $0 == 1 }
    case "symmetric", "symmetric(entries)": SquareMatrix(tensor)?.asymmetry
    case "diagonal": SquareMatrix(tensor)?.entryOff { $0 == $1 }
    case "lower": SquareMatrix(tensor)?.entryOff { $0 >= $1 }
    case "orthogonal": SquareMatrix(tensor).flatMap { $0.isOrthogonal ? nil : "is not orthogonal" }
    case "nonsingular": SquareMatrix(tensor).flatMap { $0.pivots == nil ? "is singular" : nil }
    case "spd":
      SquareMatrix(tensor).flatMap { $0.asymmetry ?? ($0.isDefinite ? nil : "is not definite") }
    default:
      structure.oneHotAxis.flatMap { axis in
        entry(of: tensor) { $0 == 0 || $0 == 1 } ?? sums(of: tensor, along: axis) { $0 == 1 }
      }
        ?? structure.maskAxis.flatMap { axis in
          entry(of: tensor) { $0 == 0 || $0 == 1 } ?? sums(of: tensor, along: axis) { $0 >= 1 }
        }
    }
  }

  /// The first entry that is not as it should be.
  private static func entry(
    of tensor: Tensor<Rational>, _ isRight: (Rational) -> Bool
  ) -> String? {
    tensor.elements.firstIndex { !isRight($0) }.map { place in
      "is \(tensor.elements[place])" + at(TensorShape.entry(at: place, in: tensor.extents))
    }
  }

  /// The first sum along an axis that is not as it should be.
  private static func sums(
    of tensor: Tensor<Rational>, along axis: Int, _ isRight: (Rational) -> Bool
  ) -> String? {
    guard tensor.extents.indices.contains(axis) else { return nil }
    var sums: [[Int]: Rational] = [:]
    for (place, value) in tensor.elements.enumerated() {
      var entry = TensorShape.entry(at: place, in: tensor.extents)
      entry.remove(at: axis)
      sums[entry, default: 0] += value
    }
    let wrong = sums.filter { !isRight($0.value) }.min { $0.key.lexicographicallyPrecedes($1.key) }
    return wrong.map { "sums to \($0.value) along axis \(axis)" + at($0.key) }
  }

  fileprivate static func at(_ entry: [Int]) -> String {
    entry.isEmpty ? "" : " at [\(entry.map(String.init).joined(separator: ", "))]"
  }
}

/// A square matrix of exact numbers.
private struct SquareMatrix {
  let order: Int
  let rows: [[Rational]]

  init?(_ tensor: Tensor<Rational>) {
    guard tensor.extents.count == 2, tensor.extents[0] == tensor.extents[1] else { return nil }
    order = tensor.extents[0]
    rows = (0..<tensor.extents[0]).map { row in
      Array(tensor.elements[row * tensor.extents[0]..<(row + 1) * tensor.extents[0]])
    }
  }

  private var places: [(Int, Int)] { (0..<order).flatMap { i in (0..<order).map { (i, $0) } } }

  /// The first entry that differs from the one across the diagonal.
  var asymmetry: String? {
    places.first { rows[$0.0][$0.1] != rows[$0.1][$0.0] }.map { i, j in
      "is \(rows[i][j])\(StructureViolation.at([i, j])) and \(rows[j][i])"
        + StructureViolation.at([j, i])
    }
  }

  /// The first entry outside of some places that is not zero.
  func entryOff(_ isInside: (Int, Int) -> Bool) -> String? {
    places.first { !isInside($0.0, $0.1) && !rows[$0.0][$0.1].isZero }.map { i, j in
      "is \(rows[i][j])\(StructureViolation.at([i, j]))"
    }
  }

  var isOrthogonal: Bool {
    places.allSatisfy { i, j in
      zip(rows[i], rows[j]).reduce(Rational(0)) { $0 + $1.0 * $1.1 } == (i == j ? 1 : 0)
    }
  }

  /// The pivots of elimination with row exchanges, and whether one was made; nil for a singular matrix.
  var pivots: (values: [Rational], exchanged: Bool)? {
    var rows = rows
    var pivots: [Rational] = []
    var exchanged = false
    for column in 0..<order {
      guard let row = (column..<order).first(where: { !rows[$0][column].isZero }) else {
        return nil
      }
      if row != column {
        rows.swapAt(row, column)
        exchanged = true
      }
      let pivot = rows[column][column]
      pivots.append(pivot)
      for below in column + 1..<max(order, column + 1) where !rows[below][column].isZero {
        let factor = rows[below][column] / pivot
        for k in column..<order { rows[below][k] -= factor * rows[column][k] }
      }
    }
    return (pivots, exchanged)
  }

  /// Whether all pivots are positive, which those of a symmetric matrix are just when it is positive definite.
  var isDefinite: Bool {
    guard let (values, exchanged) = pivots else { return false }
    return !exchanged && values.allSatisfy { $0.signum() > 0 }
  }
}
