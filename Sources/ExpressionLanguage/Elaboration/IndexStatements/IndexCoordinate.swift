import TensorExpressions

/// A coordinate of an access while its indices still have names: a constant plus multiples of indices.
struct IndexCoordinate: Hashable {
  var constant: Size
  /// Without zero coefficients.
  var terms: [String: Size]

  init(constant: Size, terms: [String: Size] = [:]) {
    self.constant = constant
    self.terms = terms.filter { !$0.value.isZero }
  }

  static func index(_ name: String) -> IndexCoordinate {
    IndexCoordinate(constant: .zero, terms: [name: .one])
  }

  var isConstant: Bool { terms.isEmpty }
  var isOverflowed: Bool {
    constant.isOverflowed || terms.values.contains { $0.isOverflowed }
  }

  static func + (a: IndexCoordinate, b: IndexCoordinate) -> IndexCoordinate {
    IndexCoordinate(
      constant: a.constant + b.constant, terms: a.terms.merging(b.terms) { $0 + $1 })
  }

  static func * (a: IndexCoordinate, factor: Size) -> IndexCoordinate {
    IndexCoordinate(constant: a.constant * factor, terms: a.terms.mapValues { $0 * factor })
  }

  /// The coordinate in terms of a box: index `name` is `range.lower` plus the box's index of that number.
  func affine(in box: IndexBox) -> Affine {
    var result = Affine(constant: constant)
    for (name, coefficient) in terms.sorted(by: { $0.key < $1.key }) {
      guard let number = box.numbers[name] else { continue }
      let range = box.ranges[number]
      result = result + (Affine.index(number) + range.lower) * coefficient
    }
    return result
  }
}

/// The range of one index: `lower`, and as many values as `count` says.
struct IndexInterval: Hashable {
  let lower: Size
  let count: Size

  init(lower: Size, count: Size) {
    self.lower = lower
    self.count = count
  }

  init(from lower: Size, through upper: Size) {
    self.init(lower: lower, count: upper - lower + 1)
  }

  var upper: Size { lower + count - 1 }
}

/// The indices of a statement in order, each with its range.
struct IndexBox {
  let numbers: [String: Int]
  let ranges: [IndexInterval]

  init(_ indices: [(name: String, range: IndexInterval)]) {
    numbers = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($1.name, $0) })
    ranges = indices.map(\.range)
  }

  var extents: [Size] { ranges.map(\.count) }
}
