import Scalars
import TensorExpressions

/// What declared structures say of entries that they tie together, as conditions on their products.
struct StructureConditions {
  /// Linear conditions, which bring in further entries.
  private(set) var domain: [CellProgram.Condition] = []
  /// Conditions on those products that occur otherwise.
  private(set) var ties: [CellProgram.Condition] = []

  private let order: Int
  private let forms: [ArgumentForm]

  /// The largest matrix of which anything is said.
  private static let mostOrder = 6

  init(_ structure: TensorStructure, _ extents: [Int], _ forms: [ArgumentForm]) {
    order = extents.last ?? 0
    self.forms = forms
    guard extents.count == 2, extents[0] == extents[1], order <= Self.mostOrder else { return }
    if structure.contains(.positiveDefinite) { addDefinite() }
    if structure.contains(.orthogonal) { addOrthogonal() }
  }

  private func form(_ i: Int, _ j: Int) -> ArgumentForm { forms[i * order + j] }

  /// The largest matrix for which all vectors of entries 0 and ±1 are taken.
  private static let mostSigned = 3

  /// vᵀ·X·v > 0 for vectors v of entries 0 and ±1, and the minors of two rows.
  private mutating func addDefinite() {
    for i in 0..<order {
      addValue(along: (0..<order).map { $0 == i ? 1 : 0 })
      for j in 0..<i {
        addMinor(i, j)
        if order > Self.mostSigned {
          for sign in [1, -1] {
            addValue(along: (0..<order).map { $0 == i ? 1 : $0 == j ? sign : 0 })
          }
        }
      }
    }
    if order > Self.mostSigned {
      addValue(along: Array(repeating: 1, count: order))
      return
    }
    var vectors: [[Int]] = [[]]
    for _ in 0..<order { vectors = vectors.flatMap { v in [0, 1, -1].map { v + [$0] } } }
    // Those of one entry are there already, and opposite ones say the same.
    for v in vectors where v.filter({ $0 != 0 }).count > 1 && v.first(where: { $0 != 0 }) == 1 {
      addValue(along: v)
    }
  }

  private mutating func addValue(along v: [Int]) {
    var sum = ArgumentForm(constant: 0)
    for i in v.indices where v[i] != 0 {
      for j in v.indices where v[j] != 0 {
        sum = sum + form(i, j).scaled(by: Rational(v[i] * v[j]))
      }
    }
    domain.append(.init(form: sum, relation: .above))
  }

  private mutating func addMinor(_ i: Int, _ j: Int) {
    guard let product = form(i, i).multiplied(by: form(j, j)),
      let square = form(i, j).multiplied(by: form(i, j))
    else { return }
    ties.append(.init(form: product - square, relation: .above))
  }

  /// Above the square roots of 1, 2 and 3: what the entries of a row sum to in magnitude.
  private static let lengths = [Rational(1), Rational(99, 70), Rational(7, 4)]

  /// Rows and columns have the length 1 and are orthogonal to each other.
  private mutating func addOrthogonal() {
    for line in 0..<order {
      addLengths((0..<order).map { form(line, $0) })
      addLengths((0..<order).map { form($0, line) })
      for other in 0...line {
        addProducts((0..<order).map { (form(line, $0), form(other, $0)) }, line == other ? 1 : 0)
        addProducts((0..<order).map { (form($0, line), form($0, other)) }, line == other ? 1 : 0)
      }
    }
  }

  private mutating func addProducts(
    _ pairs: [(ArgumentForm, ArgumentForm)], _ value: Rational
  ) {
    var sum = ArgumentForm(constant: -value)
    for (a, b) in pairs {
      guard let product = a.multiplied(by: b) else { return }
      sum = sum + product
    }
    ties.append(.init(form: sum, relation: .equal))
  }

  /// ±a ± b ± c is at most √3, for up to three entries of a line.
  private mutating func addLengths(_ line: [ArgumentForm]) {
    for subset in 1..<(1 << line.count) where subset.nonzeroBitCount <= Self.lengths.count {
      let entries = line.indices.filter { subset >> $0 & 1 == 1 }.map { line[$0] }
      for signs in 0..<(1 << entries.count) {
        let sum = entries.indices.reduce(
          ArgumentForm(constant: Self.lengths[entries.count - 1])
        ) { sum, place in
          signs >> place & 1 == 1 ? sum + entries[place] : sum - entries[place]
        }
        ties.append(.init(form: sum, relation: .atLeast))
      }
    }
  }
}
