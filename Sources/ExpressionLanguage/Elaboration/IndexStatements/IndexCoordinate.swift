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

  /// The smallest and the greatest value where the indices run over some ranges; nil where the sign of a coefficient is
  /// open or an index has no range.
  func interval(
    in ranges: [String: IndexInterval], facts: SizeFacts
  ) -> (lower: Size, upper: Size)? {
    var (lower, upper) = (constant, constant)
    for (index, coefficient) in terms {
      guard let range = ranges[index] else { return nil }
      let (low, high) = (range.lower * coefficient, range.upper * coefficient)
      if facts.isNonnegative(coefficient) {
        lower += low
        upper += high
      } else if facts.isNonnegative(-coefficient) {
        lower += high
        upper += low
      } else {
        return nil
      }
    }
    return (lower, upper)
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

  /// Whether a coordinate is proved to lie in `0 ..< extent` all over the box.
  func isInside(_ bound: IndexRangeInference.Bound, facts: SizeFacts) -> Bool {
    let interval = bound.coordinate.interval(in: numbers.mapValues { ranges[$0] }, facts: facts)
    guard let interval else { return false }
    return facts.isNonnegative(interval.lower)
      && facts.isNonnegative(bound.extent - 1 - interval.upper)
  }
}
