import TensorExpressions

/// A contraction as a statement, `dW[i,o] += x[b,i] * dz[b,o]`.
public struct IndexStatement: Hashable, Sendable {
  let name: String
  let coefficient: Coefficient
  let target: [Affine]
  let shape: [Size]
  let extents: [Size]
  let factors: [IndexFormula]
  let divisors: [IndexFormula]
  /// The indices that are entries of index tensors.
  let places: [IndexPlace]

  init(
    name: String, coefficient: Coefficient, target: [Affine], shape: [Size], extents: [Size],
    factors: [IndexFormula], divisors: [IndexFormula], places: [IndexPlace] = []
  ) {
    self.places = places
    self.name = name
    self.coefficient = coefficient
    self.target = target
    self.shape = shape
    self.extents = extents
    self.factors = factors
    self.divisors = divisors
  }

  /// The statement with indices that no slot holds turned into factors of their extents.
  init(
    name: String, _ contraction: Contraction, factors: [IndexFormula],
    divisors: [IndexFormula] = [], shape: [Size], places: [IndexPlace] = []
  ) {
    self.places = places
    self.name = name
    self.shape = shape
    let parts = IndexFormula.flattened(contraction.coefficient, factors, divisors)
    self.factors = parts.factors
    self.divisors = parts.divisors
    target = contraction.output
    var coefficient = parts.coefficient
    var extents = contraction.indices
    var used = Set(target.flatMap(\.terms).map(\.index))
    for factor in factors + divisors {
      used.formUnion(factor.coordinates.flatMap { $0.coordinate.terms.map(\.index) })
    }
    for place in places {
      used.insert(place.index)
      used.formUnion(place.access.flatMap(\.terms).map(\.index))
    }
    for i in extents.indices where !used.contains(i) && !extents[i].isOne {
      coefficient = coefficient * Coefficient(extents[i])
      extents[i] = .one
    }
    self.coefficient = coefficient
    self.extents = extents
  }

  /// The statement that adds 0 to every entry.
  init(zeros name: String, _ shape: [Size]) {
    self.init(
      name: name, coefficient: .zero,
      target: shape.indices.map { shape[$0].isOne ? .constant(.zero) : .index($0) },
      shape: shape, extents: shape, factors: [], divisors: [])
  }

  /// Every coordinate with its axis's extent.
  var coordinates: [(coordinate: Affine, extent: Size)] {
    Array(zip(target, shape)).map { (coordinate: $0.0, extent: $0.1) }
      + (factors + divisors).flatMap(\.coordinates) + placeCoordinates
  }

  /// The coordinates at which index tensors are read.
  var placeCoordinates: [(coordinate: Affine, extent: Size)] {
    places.flatMap { place in
      zip(place.access, place.shape).map { (coordinate: $0.0, extent: $0.1) }
    }
  }

  /// The statement; indices get names that are different from `usedNames` and every size.
  public func text(usedNames: Set<String>) -> String {
    let names = IndexNames(self, usedNames: usedNames).names
    var text = "\(name)\(Self.access(target, names)) += "
    text += IndexFormula.product(coefficient, factors, divisors, names)
    let ranges = unboundedIndices.map { "\(names[$0]) in range(\(extents[$0]))" }
    if !ranges.isEmpty { text += " for " + ranges.joined(separator: ", ") }
    return text
  }

  static func access(_ coordinates: [Affine], _ names: [String]) -> String {
    coordinates.isEmpty
      ? "" : "[" + coordinates.map { text($0, names) }.joined(separator: ",") + "]"
  }

  /// The indices whose range does not follow from an axis of their own.
  private var unboundedIndices: [Int] {
    let facts = SizeFacts(positives: extents + shape)
    var bounded: Set<Int> = []
    var used: Set<Int> = []
    for (coordinate, extent) in coordinates {
      used.formUnion(coordinate.terms.map(\.index))
      if let index = coordinate.asIndex, facts.isAtMost(extent, extents[index]) {
        bounded.insert(index)
      }
    }
    return used.subtracting(bounded).subtracting(places.map(\.index)).sorted()
  }

  /// A coordinate such as `2*p+k-1`.
  static func text(_ coordinate: Affine, _ names: [String]) -> String {
    var text = ""
    // What is added comes before what is subtracted.
    let terms =
      coordinate.terms.filter { !$0.coefficient.isNegativeText }.sorted {
        rank($0, names) < rank($1, names)
      }
      + coordinate.terms.filter { $0.coefficient.isNegativeText }
    if let first = terms.first, first.coefficient.isNegativeText, !coordinate.constant.isZero {
      text = compact(coordinate.constant)
      for term in terms { append(term, names, to: &text) }
      return text
    }
    for term in terms { append(term, names, to: &text) }
    if !coordinate.constant.isZero || terms.isEmpty {
      let constant = compact(coordinate.constant)
      text += text.isEmpty || constant.hasPrefix("-") ? constant : "+" + constant
    }
    return text
  }

  /// Multiples come first, then the index of windows.
  private static func rank(_ term: Affine.Term, _ names: [String]) -> Int {
    if !term.coefficient.isOne { return 0 }
    return IndexNames.windowNames.contains(names[term.index]) ? 1 : 2
  }

  private static func append(_ term: Affine.Term, _ names: [String], to text: inout String) {
    let isNegative = term.coefficient.isNegativeText
    let magnitude = isNegative ? -term.coefficient : term.coefficient
    if isNegative { text += "-" } else if !text.isEmpty { text += "+" }
    if !magnitude.isOne { text += compact(magnitude.factorText) + "*" }
    text += names[term.index]
  }

  private static func compact(_ size: Size) -> String { compact(size.description) }
  private static func compact(_ text: String) -> String {
    String(text.filter { $0 != " " })
  }
}

extension Size {
  /// Whether the printed size starts with a minus sign.
  var isNegativeText: Bool { description.hasPrefix("-") }
}
