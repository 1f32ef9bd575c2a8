import Scalars
import TensorExpressions

/// Draws of one tensor after the other from one supply of numbers.
struct StructuredDraws {
  var pool: NumberPool

  /// - Parameters:
  ///   - isReflection: whether an orthogonal matrix is to have the determinant −1.
  ///   - hasBorders: whether numbers may lie on the border of their domain.
  mutating func value(
    _ structure: TensorStructure, _ extents: [Int], isReflection: Bool, hasBorders: Bool,
    using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    if let axis = structure.oneHotAxis, extents.indices.contains(axis) {
      return Self.oneHot(axis, extents, structure, using: &generator)
    }
    if structure.contains(.mask) {
      return Self.mask(structure.maskAxis, extents, using: &generator)
    }
    if structure.contains(.simplex), !extents.isEmpty { return simplex(extents, using: &generator) }
    let isSquare = extents.hasSquareEnd
    if structure.contains(.orthogonal), extents.count == 2 {
      return Self.orthogonal(extents, isReflection, using: &generator)
    }
    if structure.contains(.positiveDefinite), isSquare {
      return positiveDefinite(extents, structure, using: &generator)
    }
    var tensor = entries(Self.domain(structure), extents, using: &generator)
    if hasBorders, structure.contains(.nonnegative), !structure.contains(.positive) {
      Self.putZeros(into: &tensor, using: &generator)
    }
    if isSquare { tensor.impose(structure, zero: 0) }
    // A generic matrix is nonsingular but for rare draws, which are drawn again.
    if structure.contains(.nonsingular), isSquare, extents.count == 2 {
      for _ in 0..<16 where !Self.isCertainlyNonsingular(tensor) {
        tensor = entries(Self.domain(structure), extents, using: &generator)
        tensor.impose(structure, zero: 0)
      }
    }
    return tensor
  }

  mutating func direction(
    _ structure: TensorStructure, _ extents: [Int], using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    var tensor = entries(.any, extents, using: &generator)
    if extents.hasSquareEnd {
      tensor.impose(structure, zero: 0)
    }
    return tensor
  }

  /// Zeros in some draws of a tensor, hence never in all: what divides by its entries is to have a value somewhere.
  private static func putZeros(
    into tensor: inout Tensor<Rational>, using generator: inout SeededGenerator
  ) {
    guard Int.random(in: 0..<4, using: &generator) == 0 else { return }
    for place in tensor.elements.indices where Int.random(in: 0..<4, using: &generator) == 0 {
      tensor.elements[place] = 0
    }
  }

  private static func domain(_ structure: TensorStructure) -> NumberPool.Domain {
    if structure.contains(.unitInterval) { return .unit }
    if structure.contains(.integer) {
      if structure.contains(.positive) { return .positiveInteger }
      return structure.isNonnegative ? .naturalNumber : .integer
    }
    return structure.isNonnegative ? .positive : .any
  }

  private mutating func entries(
    _ domain: NumberPool.Domain, _ extents: [Int], using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    var elements: [Rational] = []
    let count = extents.reduce(1, *)
    elements.reserveCapacity(count)
    if domain.isWhole { pool.begin(using: &generator) }
    for _ in 0..<count { elements.append(pool.draw(domain, using: &generator)) }
    return Tensor(extents: extents, elements: elements)
  }

  /// A single 1 along the axis, anywhere: a class may occur as often as it likes, or never. Of an index
  /// tensor two entries have the same class, and some of those that may be ignored are.
  static func oneHot(
    _ axis: Int, _ extents: [Int], _ structure: TensorStructure,
    using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    var tensor = Tensor(extents: extents, repeating: Rational(0))
    var rest = extents
    rest[axis] = 1
    let count = rest.reduce(1, *)
    let isIndex = structure.contains(.index)
    let places = (0..<extents[axis]).filter { $0 != structure.ignoredIndex }
    var first: Int?
    let ignoresMost =
      structure.contains(.ignoring) && Int.random(in: 0..<4, using: &generator) == 0
    let repeated = isIndex && count > 1 ? Int.random(in: 1..<count, using: &generator) : 0
    for position in 0..<count {
      var entry = TensorShape.entry(at: position, in: rest)
      guard let drawn = places.randomElement(using: &generator) else { continue }
      let isIgnored =
        structure.contains(.ignoring)
        && (Int.random(in: 0..<4, using: &generator) == 0 || ignoresMost)
      // The first entry counts, so that a mean over the others has a value.
      if isIgnored, position > 0 { continue }
      entry[axis] = position > 0 && position == repeated ? first ?? drawn : drawn
      first = first ?? drawn
      tensor[entry] = 1
    }
    return tensor
  }

  /// Zeros and ones, both of them where there are two entries, and at least one 1 along an axis that is given.
  static func mask(
    _ axis: Int?, _ extents: [Int], using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    var tensor = Tensor(extents: extents, repeating: Rational(0))
    if let axis, extents.indices.contains(axis) {
      tensor = oneHot(axis, extents, [], using: &generator)
    }
    let isFixed = tensor.elements.map(\.isOne)
    for place in tensor.elements.indices where Bool.random(using: &generator) {
      tensor.elements[place] = 1
    }
    guard let first = tensor.elements.first, tensor.elements.allSatisfy({ $0 == first }) else {
      return tensor
    }
    let free = tensor.elements.indices.filter { !isFixed[$0] }
    if tensor.count > 1, let place = free.randomElement(using: &generator) {
      tensor.elements[place] = 1 - first
    }
    return tensor
  }

  /// Positive entries that sum to 1 along the last axis: distinct whole weights over their sum, of which one
  /// is large at times, so that corners are reached as well.
  private func simplex(
    _ extents: [Int], using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    let length = extents[extents.count - 1]
    var elements: [Rational] = []
    for _ in 0..<extents.dropLast().reduce(1, *) {
      var weights = Array(Array(2..<2 * length + 4).shuffled(using: &generator).prefix(length))
      if Int.random(in: 0..<3, using: &generator) == 0 {
        weights[Int.random(in: 0..<length, using: &generator)] =
          (2 * length + 4) * ([1, 4, 16 * length].randomElement(using: &generator) ?? 1)
      }
      let sum = weights.reduce(0, +)
      elements += weights.map { Rational($0, sum) }
    }
    return Tensor(extents: extents, elements: elements)
  }

  /// L·Lᵀ for a generic lower triangular L, whose diagonal is above 1 and the rest of each row short beside it, so that
  /// the matrix is far from singular.
  private mutating func positiveDefinite(
    _ extents: [Int], _ structure: TensorStructure, using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    let size = extents[extents.count - 1]
    // A power of 2, by which numbers stay exact in binary floating point.
    let shortening = Rational(1 << (Int.bitWidth - size.leadingZeroBitCount))
    var factor = entries(.any, extents, using: &generator)
    factor.impose(structure.contains(.diagonal) ? .diagonal : .lower, zero: 0)
    for place in factor.elements.indices {
      let (row, column) = (place / size % size, place % size)
      let entry = factor.elements[place]
      factor.elements[place] = row == column ? 1 + entry.magnitude : entry / shortening
    }
    return factor.timesTranspose(RationalArithmetic())
  }

  /// Orthonormal rows or columns, whichever are fewer: the first of a product of reflections I − 2vvᵀ/vᵀv.
  private static func orthogonal(
    _ extents: [Int], _ isReflection: Bool, using generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    let size = extents.max() ?? 1
    let field = RationalArithmetic()
    // A few are enough for numbers to look at, and keep them short.
    let count = reflections(size, isReflection)
    let matrix = orthogonal(field, size, reflections: count > 4 ? 4 - count % 2 : count) {
      (0..<size).map { _ in Rational(Int.random(in: 1...4, using: &generator)) }
    }
    guard let matrix else { return Tensor(extents: extents, repeating: 0) }
    return matrix.corner(extents)
  }

  /// How many reflections make every orthogonal matrix of a determinant: n of them, or n − 1 (É. Cartan, J. Dieudonné).
  static func reflections(_ size: Int, _ isReflection: Bool) -> Int {
    (size % 2 == 1) == isReflection ? size : size - 1
  }

  /// A product of reflections; nil when a drawn vector has no length in this arithmetic.
  static func orthogonal<A: ScalarArithmetic>(
    _ arithmetic: A, _ size: Int, reflections: Int, vector: () -> [A.Element]
  ) -> Tensor<A.Element>? {
    var matrix = Tensor(extents: [size, size], repeating: arithmetic.zero)
    for i in 0..<size { matrix[[i, i]] = arithmetic.one }
    for _ in 0..<reflections {
      let v = vector()
      let length = v.reduce(arithmetic.zero) { arithmetic.add($0, arithmetic.multiply($1, $1)) }
      let two = arithmetic.add(arithmetic.one, arithmetic.one)
      guard let scale = try? arithmetic.divide(two, length) else { return nil }
      // Q − (2/vᵀv)·v·(vᵀQ)
      for j in 0..<size {
        let product = (0..<size).reduce(arithmetic.zero) {
          arithmetic.add($0, arithmetic.multiply(v[$1], matrix[$1, j]))
        }
        let scaled = arithmetic.multiply(scale, product)
        for i in 0..<size {
          matrix[[i, j]] = arithmetic.subtract(
            matrix[i, j], arithmetic.multiply(v[i], scaled))
        }
      }
    }
    return matrix
  }

  /// Whether the determinant is not zero modulo 2⁶¹ − 1, hence not zero.
  private static func isCertainlyNonsingular(_ matrix: Tensor<Rational>) -> Bool {
    let field = PrimeFieldArithmetic()
    let space = ExpressionSpace()
    let size = Size(matrix.extents[0])
    let node = space.input("X", [size, size])
    guard let residues = try? matrix.converted(to: field),
      let value = try? Elimination(field, residues, node: node).determinant()
    else { return false }
    return value.elements[0] != 0
  }
}

extension [Int] {
  /// Whether the last two extents are equal, so that they are those of square matrices.
  var hasSquareEnd: Bool { count >= 2 && self[count - 1] == self[count - 2] }
}

extension Tensor {
  /// Makes the last two axes symmetric, diagonal or lower triangular, by copying the upper triangle and writing zeros.
  ///
  /// - Precondition: the last two extents are equal.
  mutating func impose(_ structure: TensorStructure, zero: Element) {
    let isSymmetric = structure.isSymmetric
    // What is lower triangular and symmetric is diagonal.
    let isDiagonal =
      structure.contains(.diagonal) || isSymmetric && structure.contains(.lower)
    let isLower = structure.contains(.lower)
    guard isSymmetric || isDiagonal || isLower else { return }
    let size = extents[extents.count - 1]
    for start in stride(from: 0, to: elements.count, by: size * size) {
      for i in 0..<size {
        for j in i + 1..<max(size, i + 1) {
          let (upper, lower) = (start + i * size + j, start + j * size + i)
          if isDiagonal {
            elements[upper] = zero
            elements[lower] = zero
          } else if isSymmetric {
            elements[lower] = elements[upper]
          } else {
            elements[upper] = zero
          }
        }
      }
    }
  }

  /// X·Xᵀ for the last two axes, whose extents are equal.
  func timesTranspose<A: ScalarArithmetic>(_ arithmetic: A) -> Tensor where A.Element == Element {
    let size = extents[extents.count - 1]
    var product = Tensor(extents: extents, repeating: arithmetic.zero)
    for place in elements.indices {
      let (row, column) = (place / size * size, (place / size / size * size + place % size) * size)
      product.elements[place] = (0..<size).reduce(arithmetic.zero) { sum, k in
        arithmetic.add(sum, arithmetic.multiply(elements[row + k], elements[column + k]))
      }
    }
    return product
  }

  /// The first rows and columns of a matrix.
  func corner(_ smaller: [Int]) -> Tensor {
    Tensor(
      extents: smaller,
      elements: (0..<smaller.reduce(1, *)).map { self[TensorShape.entry(at: $0, in: smaller)] })
  }
}
