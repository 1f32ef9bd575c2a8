import Scalars
import TensorExpressions

/// Draws of the entries of one tensor after the other, every one a number of a format.
///
/// Only sums and comparisons of machine numbers are used, so that equal seeds give equal bytes everywhere.
struct EntryDraws {
  let format: BinaryFormat
  var generator: SeededGenerator
  /// The greatest magnitude of whole numbers; nil for normally distributed ones.
  let range: Int?

  /// A tensor that obeys what is declared of it.
  mutating func tensor(_ structure: TensorStructure, _ extents: [Int]) -> [Double] {
    let count = extents.reduce(1, *)
    if let axis = structure.oneHotAxis, extents.indices.contains(axis) {
      return oneHot(axis, extents)
    }
    if structure.contains(.mask) { return mask(structure.maskAxis, extents) }
    guard let last = extents.last else { return domain(structure, entries(1, structure)) }
    if structure.contains(.simplex) { return (0..<count / last).flatMap { _ in simplex(last) } }
    guard extents.count >= 2, extents[extents.count - 2] == last else {
      if structure.contains(.orthogonal), extents.count == 2 {
        return orthogonal(extents[0], extents[1])
      }
      return domain(structure, entries(count, structure))
    }
    if structure.contains(.orthogonal), extents.count == 2 { return orthogonal(last, last) }
    return (0..<count / (last * last)).flatMap { _ in matrix(structure, last) }
  }

  // MARK: Numbers

  /// A number that is not zero, close to normally distributed: a sum of twelve uniform ones.
  private mutating func normal() -> Double {
    while true {
      var sum = 0
      for _ in 0..<6 {
        let word = generator.next()
        sum += Int(word & 0xFFFF_FFFF) + Int(word >> 32)
      }
      let value = format.rounded(Double(sum - 6 << 32) * 0x1p-32)
      if value != 0 { return value }
    }
  }

  private mutating func wholeNumber(upTo range: Int) -> Double {
    let magnitude = Double(Int.random(in: 1...range, using: &generator))
    return generator.next() & 1 == 0 ? magnitude : -magnitude
  }

  private mutating func entries(_ count: Int, _ structure: TensorStructure) -> [Double] {
    guard let range = range ?? (structure.contains(.integer) ? 9 : nil) else {
      return (0..<count).map { _ in normal() }
    }
    // All different where there are enough, so that no two entries of a window are equal.
    guard count <= 2 * range else { return (0..<count).map { _ in wholeNumber(upTo: range) } }
    let all = Array(-range ... -1) + Array(1...range)
    return all.shuffled(using: &generator).prefix(count).map(Double.init)
  }

  private mutating func domain(_ structure: TensorStructure, _ values: [Double]) -> [Double] {
    if structure.contains(.unitInterval) {
      return values.map { _ in Double(Int.random(in: 1..<64, using: &generator)) / 64 }
    }
    return structure.isNonnegative ? values.map(\.magnitude) : values
  }

  // MARK: Structures

  private mutating func mask(_ axis: Int?, _ extents: [Int]) -> [Double] {
    var values =
      axis.map { extents.indices.contains($0) ? oneHot($0, extents) : [] } ?? []
    if values.isEmpty { values = Array(repeating: 0, count: extents.reduce(1, *)) }
    for place in values.indices where generator.next() & 1 == 1 { values[place] = 1 }
    if values.count > 1, axis == nil, Set(values).count == 1 { values[0] = 1 - values[0] }
    return values
  }

  private mutating func oneHot(_ axis: Int, _ extents: [Int]) -> [Double] {
    let inner = extents[(axis + 1)...].reduce(1, *)
    var values = Array(repeating: 0.0, count: extents.reduce(1, *))
    for outer in 0..<extents[..<axis].reduce(1, *) {
      for place in 0..<inner {
        let taken = Int.random(in: 0..<extents[axis], using: &generator)
        values[(outer * extents[axis] + taken) * inner + place] = 1
      }
    }
    return values
  }

  /// Positive multiples of a power of two whose sum is exactly 1.
  private mutating func simplex(_ count: Int) -> [Double] {
    var total = 8
    while total < 8 * count { total *= 2 }
    var weights = Array(repeating: 1, count: count)
    for _ in 0..<total - count { weights[Int.random(in: 0..<count, using: &generator)] += 1 }
    // A weight with more digits than the format has is evened out.
    let largest = 1 << min(format.precision, 30)
    while let place = weights.firstIndex(where: { $0 > largest }),
      let least = weights.indices.min(by: { weights[$0] < weights[$1] })
    {
      weights[least] += weights[place] - largest
      weights[place] = largest
    }
    return weights.map { Double($0) / Double(total) }
  }

  /// Rows of a signed permutation matrix.
  private mutating func orthogonal(_ rows: Int, _ columns: Int) -> [Double] {
    var values = Array(repeating: 0.0, count: rows * columns)
    let places = Array(0..<max(rows, columns)).shuffled(using: &generator)
    for k in 0..<min(rows, columns) {
      let sign = generator.next() & 1 == 0 ? 1.0 : -1.0
      values[rows <= columns ? k * columns + places[k] : places[k] * columns + k] = sign
    }
    return values
  }

  /// A square matrix: symmetric, diagonal or lower triangular as declared, and with a dominant diagonal where
  /// it must have an inverse.
  private mutating func matrix(_ structure: TensorStructure, _ size: Int) -> [Double] {
    let isInvertible = !structure.isDisjoint(with: [.positiveDefinite, .nonsingular])
    let small = EntryDraws(
      format: format, generator: generator, range: isInvertible ? range.map { min($0, 2) } : range)
    var own = small
    var values = own.domain(structure, own.entries(size * size, structure))
    generator = own.generator
    for i in 0..<size {
      for j in 0..<size where i != j {
        if structure.contains(.diagonal) || (structure.contains(.lower) && j > i) {
          values[i * size + j] = 0
        } else if structure.isSymmetric, j < i {
          values[i * size + j] = values[j * size + i]
        }
      }
    }
    guard isInvertible else { return values }
    for i in 0..<size {
      let others = (0..<size).filter { $0 != i }.reduce(0) { $0 + values[i * size + $1].magnitude }
      let sign =
        structure.contains(.positiveDefinite) || structure.isNonnegative || values[i * size + i] > 0
        ? 1.0 : -1.0
      let diagonal = others + values[i * size + i].magnitude + 1
      values[i * size + i] = sign * format.rounded(range == nil ? diagonal * 1.0625 : diagonal)
    }
    return values
  }
}
