import Diagnostics
import Layers
import TensorExpressions

/// A coordinate of an index statement that entries of an index tensor name, `y[n,d] += E[idx[n],d]`: an index
/// of its own, which a one-hot factor ties to the entry.
struct IndexLookup {
  /// The indices that stand for places, with their extents.
  let names: [String]
  let extents: [Size]
  let factor: Factor
  /// What keeps the index tensor's own accesses inside.
  let bounds: [IndexRangeInference.Bound]

  enum Factor {
    /// A one-hot tensor, read at these coordinates and at the places.
    case hot(TensorExpression, [IndexCoordinate])
    /// 1 where a number rounded down, and more, is the place.
    case rounded(TensorExpression, [IndexCoordinate], plus: IndexCoordinate)
  }
}

/// The lookups of one index statement.
struct LookupReading {
  private(set) var lookups: [IndexLookup] = []
  /// By the name that stands for a number rounded down, until it is known what it indexes.
  private(set) var rounded: [String: (argument: TensorExpression, access: [IndexCoordinate])] = [:]
  private var known: [Key: [String]] = [:]

  private struct Key: Hashable {
    let value: TensorExpression
    let access: [IndexCoordinate]
  }

  var bounds: [IndexRangeInference.Bound] { lookups.flatMap(\.bounds) }
  /// The names that no one wrote.
  var names: Set<String> { Set(lookups.flatMap(\.names)) }
  /// Whether it is the only number in a coordinate that is rounded.
  func isRounded(_ coordinate: IndexCoordinate) -> Bool {
    coordinate.terms.keys.contains { rounded[$0] != nil }
  }

  private func freshName() -> String { "\(lookups.count + rounded.count)'" }

  /// The names of the places that a one-hot tensor has at an access.
  mutating func names(
    of hot: TensorExpression, at access: [IndexCoordinate], _ extents: [Size],
    _ bounds: [IndexRangeInference.Bound]
  ) -> [String] {
    let key = Key(value: hot, access: access)
    if let names = known[key] { return names }
    let base = freshName()
    let names = extents.indices.map { "\(base)\($0)" }
    known[key] = names
    lookups.append(
      IndexLookup(names: names, extents: extents, factor: .hot(hot, access), bounds: bounds))
    return names
  }

  mutating func nameOfRounded(
    _ argument: TensorExpression, at access: [IndexCoordinate]
  ) -> String {
    let name = freshName() + "r"
    rounded[name] = (argument, access)
    return name
  }

  /// The index that is a rounded number and more, below an extent.
  mutating func place(
    of coordinate: IndexCoordinate, roundedBy name: String, below extent: Size
  ) -> IndexCoordinate? {
    guard let (argument, access) = rounded[name] else { return nil }
    let bounds = zip(access, argument.shape).map {
      IndexRangeInference.Bound(coordinate: $0, extent: $1)
    }
    var rest = coordinate
    rest.terms[name] = nil
    let own = freshName()
    lookups.append(
      IndexLookup(
        names: [own], extents: [extent], factor: .rounded(argument, access, plus: rest),
        bounds: bounds))
    return .index(own)
  }
}

extension Elaboration {
  /// The coordinate that an entry of an index tensor is; nil where the tensor holds no whole
  /// numbers, which is reported.
  mutating func lookupCoordinate(
    _ value: TensorExpression, at access: [IndexCoordinate], _ range: SourceRange
  ) -> IndexCoordinate? {
    guard let form = IndexForm(value, facts: assumptions.facts), value.rank == access.count else {
      fail(.index(.notAffine(text(range))), range)
      return nil
    }
    let change: (Affine) -> IndexCoordinate = { affine in
      affine.terms.reduce(IndexCoordinate(constant: affine.constant)) {
        $0 + access[$1.index] * $1.coefficient
      }
    }
    var result = change(form.base)
    let own = zip(access, value.shape).map {
      IndexRangeInference.Bound(coordinate: $0, extent: $1)
    }
    for place in form.places {
      let names = lookupReading.names(
        of: place.hot, at: place.access.map(change), place.extents, own)
      for (name, factor) in zip(names, place.coefficients) {
        result = result + IndexCoordinate.index(name) * factor
      }
    }
    for rounded in form.rounded {
      let name = lookupReading.nameOfRounded(rounded.argument, at: rounded.access.map(change))
      result = result + IndexCoordinate.index(name) * rounded.coefficient
    }
    return result
  }

  /// Makes a coordinate that holds a rounded number an index of its own.
  mutating func settled(
    _ coordinate: IndexCoordinate, below extent: Size, _ range: SourceRange
  ) -> IndexCoordinate? {
    let names = coordinate.terms.filter { lookupReading.rounded[$0.key] != nil }
    guard let name = names.first else { return coordinate }
    guard names.count == 1, name.value.isOne,
      let place = lookupReading.place(of: coordinate, roundedBy: name.key, below: extent)
    else {
      fail(.index(.notAffine(text(range))), range)
      return nil
    }
    return place
  }

  /// A term where every lookup of its statement is what it says: outside of it nothing is added.
  func lookingUp(_ term: IndexTerm, in box: IndexBox) -> IndexTerm {
    var result = term
    for lookup in lookupReading.lookups {
      let places = lookup.names.map { IndexTerm.Coordinate.named(.index($0)) }
      switch lookup.factor {
      case .hot(let hot, let access):
        result.factors.append(
          IndexTerm.Factor(value: hot, coordinates: access.map { .named($0) } + places))
      case .rounded(let argument, let access, let offset):
        result.factors.append(
          roundedFactor(argument, access, offset, lookup.extents[0], places, box))
      }
    }
    return result
  }

  private func roundedFactor(
    _ argument: TensorExpression, _ access: [IndexCoordinate], _ offset: IndexCoordinate,
    _ extent: Size, _ places: [IndexTerm.Coordinate], _ box: IndexBox
  ) -> IndexTerm.Factor {
    let mentioned = Set((access + [offset]).flatMap(\.terms.keys))
    let numbers = mentioned.compactMap { box.numbers[$0] }.sorted()
    let names = Dictionary(
      uniqueKeysWithValues: box.numbers.map { ($0.value, $0.key) })
    let own = IndexBox(numbers.map { (name: names[$0] ?? "", range: box.ranges[$0]) })
    let relation = LookupRelation(indices: own.extents, in: space)
    let factor = relation.factor(
      argument, at: access.map { $0.affine(in: own) }, plus: offset.affine(in: own),
      below: extent)
    return IndexTerm.Factor(value: factor, coordinates: numbers.map { .box($0) } + places)
  }
}
