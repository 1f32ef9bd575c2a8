import Scalars

/// What a tensor of whole numbers says: an affine function of its own indices and of the places that one-hot
/// tensors have their ones at, or of rounded numbers.
///
/// ```
/// x[o] = base(o) + Σ cⱼ · place of the 1 of hotⱼ[aⱼ(o), ·] + Σ cₖ · ⌊uₖ[aₖ(o)]⌋
/// ```
public struct IndexForm {
  /// A multiple of the places that a one-hot tensor names.
  public struct Place {
    /// The one-hot tensor.
    public let hot: TensorExpression
    /// Where it is read, its axes of places left out.
    public var access: [Affine]
    /// One for each axis of places, the last ones of the tensor.
    public var coefficients: [Size]

    /// The extents of the axes of places.
    public var extents: [Size] { Array(hot.shape.suffix(coefficients.count)) }
  }

  /// A multiple of numbers that are rounded down.
  public struct Rounded {
    /// What is rounded.
    public let argument: TensorExpression
    /// Where it is read.
    public var access: [Affine]
    /// What the number is multiplied by.
    public var coefficient: Size
  }

  /// What depends on no data.
  public var base: Affine
  /// The places that are added to it.
  public var places: [Place] = []
  /// The rounded numbers that are added to it.
  public var rounded: [Rounded] = []
  /// Counts of ones that are 1 wherever a lookup has anything to add.
  private var insides: [Place] = []

  private init(base: Affine) { self.base = base }

  /// The form of a tensor; nil for one that is not known to hold whole numbers.
  public init?(_ x: TensorExpression, facts: SizeFacts = SizeFacts()) {
    guard var form = Self.read(x.unnamed, facts), !form.base.constant.isOverflowed
    else { return nil }
    for inside in form.insides {
      let isKnown = form.places.contains { $0.hot === inside.hot && $0.access == inside.access }
      guard isKnown else { return nil }
      form.base = form.base + inside.coefficients[0]
    }
    form.insides = []
    self = form
  }

  private static func read(_ x: TensorExpression, _ facts: SizeFacts) -> IndexForm? {
    switch x.kind {
    case .named(_, let value): return read(value, facts)
    case .sum(let terms):
      var total = IndexForm(base: Affine())
      for term in terms {
        guard let form = read(term, facts) else { return nil }
        total.add(form)
      }
      return total
    case .contraction(let contraction): return read(contraction, x, facts)
    case .elementwise(let function, let operands):
      guard function.primitive == .floor else { return nil }
      var form = IndexForm(base: Affine())
      form.rounded = [
        Rounded(argument: operands[0], access: x.shape.indices.map(Affine.index), coefficient: .one)
      ]
      return form
    case .symbol, .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence: return nil
    }
  }

  private static func read(
    _ c: Contraction, _ x: TensorExpression, _ facts: SizeFacts
  ) -> IndexForm? {
    guard c.coefficient.denominator.isEmpty, let factor = c.coefficient.numerator.asSize else {
      return nil
    }
    if let form = pattern(c, x, factor) { return form }
    guard c.guards.isEmpty else { return nil }
    guard c.hasPlainOutput, Array(c.indices.prefix(x.rank)) == x.shape else {
      return c.coefficient.isOne && c.operands.count == 1 ? moved(c, x, facts) : nil
    }
    switch c.operands.count {
    case 1 where c.indices.count == x.rank: return view(c.operands[0], x, factor, facts)
    case 1: return inside(c, x, factor)
    case 2: return place(c, x, factor)
    default: return nil
    }
  }

  /// A number, or the numbers of an axis.
  private static func pattern(
    _ c: Contraction, _ x: TensorExpression, _ factor: Size
  ) -> IndexForm? {
    guard c.operands.isEmpty else { return nil }
    if c.isPointwise(over: x.shape) { return IndexForm(base: .constant(factor)) }
    let plain = x.space.contraction(
      Contraction(
        indices: c.indices, output: c.output, operands: c.operands, guards: c.guards),
      shape: x.shape)
    return plain.placesCount == nil ? nil : IndexForm(base: Affine.index(0) * factor)
  }

  /// Entries of another tensor of whole numbers, which must be there: no number is no place.
  private static func view(
    _ operand: Contraction.Operand, _ x: TensorExpression, _ factor: Size, _ facts: SizeFacts
  ) -> IndexForm? {
    for (coordinate, extent) in zip(operand.access, operand.value.shape) {
      guard isInside(coordinate, extent, x.shape, facts) else { return nil }
    }
    guard var form = read(operand.value, facts) else { return nil }
    let change: (Affine) -> Affine = { $0.substituting { operand.access[$0] } }
    form.base = change(form.base) * factor
    for i in form.places.indices {
      form.places[i].access = form.places[i].access.map(change)
      form.places[i].coefficients = form.places[i].coefficients.map { $0 * factor }
    }
    for i in form.insides.indices {
      form.insides[i].access = form.insides[i].access.map(change)
      form.insides[i].coefficients = form.insides[i].coefficients.map { $0 * factor }
    }
    for i in form.rounded.indices {
      form.rounded[i].access = form.rounded[i].access.map(change)
      form.rounded[i].coefficient = form.rounded[i].coefficient * factor
    }
    return form
  }

  /// The places that one one-hot tensor names, in another arrangement: its ones are put where their entries go.
  private static func moved(
    _ c: Contraction, _ x: TensorExpression, _ facts: SizeFacts
  ) -> IndexForm? {
    let operand = c.operands[0]
    guard let inner = read(operand.value, facts), inner.places.count == 1, inner.rounded.isEmpty,
      inner.insides.isEmpty, inner.base == Affine(), inner.places[0].coefficients == [.one],
      operand.access.enumerated().allSatisfy({ $1.asIndex == $0 }),
      c.indices == operand.value.shape
    else { return nil }
    let place = inner.places[0]
    let axis = Affine.index(c.indices.count)
    let hot = x.space.contraction(
      Contraction(
        indices: c.indices + place.extents, output: c.output + [axis],
        operands: [.init(place.hot, place.access + [axis])]),
      shape: x.shape + place.extents)
    guard x.rank > 0, hot.hotAxisCount == 1 else { return nil }
    var form = IndexForm(base: Affine())
    form.places = [
      Place(hot: hot, access: x.shape.indices.map(Affine.index), coefficients: [.one])
    ]
    return form
  }

  /// Whether a coordinate stays inside an extent for all indices of a shape.
  private static func isInside(
    _ coordinate: Affine, _ extent: Size, _ shape: [Size], _ facts: SizeFacts
  ) -> Bool {
    if let index = coordinate.asIndex, shape[index] == extent { return true }
    var (low, high) = (coordinate.constant, coordinate.constant)
    for term in coordinate.terms {
      let reach = (shape[term.index] - 1) * term.coefficient
      if facts.isNonnegative(term.coefficient) {
        high += reach
      } else if facts.isNonnegative(-term.coefficient) {
        low += reach
      } else {
        return false
      }
    }
    return facts.isNonnegative(low) && facts.isAtMost(high + 1, extent)
  }

  /// How many ones a one-hot tensor has along its last axis.
  private static func inside(
    _ c: Contraction, _ x: TensorExpression, _ factor: Size
  ) -> IndexForm? {
    let operand = c.operands[0]
    guard c.indices.count == x.rank + 1, operand.value.hotAxisCount == 1,
      let last = operand.access.last, last.asIndex == x.rank,
      operand.value.shape.last == c.indices[x.rank]
    else { return nil }
    var form = IndexForm(base: Affine())
    form.insides = [
      Place(hot: operand.value, access: Array(operand.access.dropLast()), coefficients: [factor])
    ]
    return form
  }

  /// The places of the ones of a one-hot tensor, along one of its last axes.
  private static func place(
    _ c: Contraction, _ x: TensorExpression, _ factor: Size
  ) -> IndexForm? {
    let numbers = c.operands.firstIndex { $0.value.placesCount != nil }
    guard let numbers, let index = c.operands[numbers].access[0].asIndex, index >= x.rank else {
      return nil
    }
    let hot = c.operands[1 - numbers]
    let count = c.indices.count - x.rank
    let tail = (0..<count).map { Affine.index(x.rank + $0) }
    guard hot.value.hotAxisCount == count, Array(hot.access.suffix(count)) == tail,
      Array(hot.value.shape.suffix(count)) == Array(c.indices.dropFirst(x.rank)),
      hot.access.dropLast(count).allSatisfy({ $0.terms.allSatisfy { $0.index < x.rank } })
    else { return nil }
    var form = IndexForm(base: Affine())
    form.places = [
      Place(
        hot: hot.value, access: Array(hot.access.dropLast(count)),
        coefficients: (0..<count).map { x.rank + $0 == index ? factor : .zero })
    ]
    return form
  }

  private mutating func add(_ other: IndexForm) {
    base = base + other.base
    for place in other.places {
      let same = places.firstIndex { known in
        known.hot === place.hot && known.access == place.access
          && known.coefficients.count == place.coefficients.count
      }
      if let same {
        places[same].coefficients = zip(places[same].coefficients, place.coefficients).map(+)
      } else {
        places.append(place)
      }
    }
    insides += other.insides
    rounded += other.rounded
  }
}

extension TensorExpression {
  /// How many of its last axes have a single 1 among zeros, or zeros only, for each entry of the others: of
  /// the one-hot tensor of an index tensor, of the entry that an extremum takes, and of what such are put
  /// together to. Nil for any other tensor.
  var hotAxisCount: Int? {
    switch unnamed.kind {
    case .symbol(let symbol): symbol.structure.oneHotAxis == rank - 1 ? 1 : nil
    case .selector(let extremum): extremum.ties == .first ? extremum.windowExtents.count : nil
    case .contraction(let c): c.isHotRelation(over: shape) ? 1 : nil
    case .sum(let terms): terms.areHotApart ? 1 : nil
    case .elementwise, .extremum, .inverse, .determinant, .cholesky, .named, .recurrence: nil
    }
  }
}

extension [TensorExpression] {
  /// Whether they are one-hot tensors along the last axis, each with its ones in entries that no other one has.
  fileprivate var areHotApart: Bool {
    let relations = compactMap(\.asContraction)
    guard relations.count == count, allSatisfy({ $0.hotAxisCount == 1 }) else { return false }
    return relations.indices.allSatisfy { i in
      relations[(i + 1)...].allSatisfy { other in
        zip(relations[i].output, other.output).dropLast().contains {
          $0.isConstant && $1.isConstant && $0.constant != $1.constant
            && ($0.constant - $1.constant).asInt != nil
        }
      }
    }
  }
}

extension Contraction {
  /// The operand of which every entry of an output of this shape is just one entry, as places of the other
  /// operands say, which are one-hot tensors in which nothing is ignored; nil where there is none.
  public func lookedUpOperand(over shape: [Size]) -> Int? {
    guard coefficient.isOne, guards.isEmpty, operands.count > 1, hasPlainOutput,
      Array(indices.prefix(shape.count)) == shape,
      let table = operands.indices.first(where: { !operands[$0].value.isHotThroughout })
    else { return nil }
    var places: Set<Int> = []
    for (position, operand) in operands.enumerated() where position != table {
      guard operand.value.isHotThroughout, let place = operand.access.last?.asIndex,
        place >= shape.count, places.insert(place).inserted,
        operand.access.dropLast().allSatisfy({ ($0.asIndex ?? .max) < shape.count })
      else { return nil }
    }
    let read = operands[table].access.compactMap(\.asIndex)
    let isWhole =
      places.count == indices.count - shape.count && read.count == operands[table].access.count
      && places.isSubset(of: read) && Set(read).count == read.count
    let isInside = operands.allSatisfy { operand in
      zip(operand.access, operand.value.shape).allSatisfy { coordinate, extent in
        coordinate.asIndex.map { indices[$0] == extent } ?? false
      }
    }
    return isWhole && isInside ? table : nil
  }
}

extension Contraction {
  /// The contraction as a lookup in another one: y[o] = Σᵥ hot[o, v]·table[v, o].
  ///
  /// Of the operands one is a one-hot tensor in which nothing is ignored, read at indices of the output and at a summed
  /// one; the table is what the others make without summing over that. Nil where there is none, or more than one.
  ///
  /// - Parameter space: where the table is made.
  public func asLookup(over shape: [Size], in space: ExpressionSpace) -> Contraction? {
    guard guards.isEmpty, operands.count > 2, hasPlainOutput,
      Array(indices.prefix(shape.count)) == shape
    else { return nil }
    let hots = operands.indices.filter { position in
      let (value, access) = (operands[position].value, operands[position].access)
      guard value.isHotThroughout, let place = access.last?.asIndex, place >= shape.count else {
        return false
      }
      return indices[place] == value.shape.last
        && zip(access, value.shape).dropLast().allSatisfy { coordinate, extent in
          coordinate.asIndex.map { $0 < shape.count && indices[$0] == extent } ?? false
        }
    }
    guard hots.count == 1, let place = operands[hots[0]].access.last?.asIndex else { return nil }
    var rest = operands
    rest.remove(at: hots[0])
    let used = Set(rest.flatMap { $0.access.flatMap { $0.terms.map(\.index) } }).union([place])
    let free = (shape.count..<indices.count).filter { !used.contains($0) }
    guard rest.contains(where: { $0.access.contains { $0.mentions(place) } }), free.isEmpty else {
      return nil
    }
    let kept = [place] + used.filter { $0 < shape.count }.sorted()
    let order = kept + used.filter { $0 >= shape.count && $0 != place }.sorted()
    let number = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    let table = space.contraction(
      Contraction(
        coefficient: coefficient, indices: order.map { indices[$0] },
        output: kept.indices.map(Affine.index),
        operands: rest.map { operand in
          Operand(operand.value, operand.access.map { $0.renumbered { number[$0] ?? $0 } })
        }), shape: kept.map { indices[$0] })
    let own = Affine.index(shape.count)
    return Contraction(
      indices: shape + [indices[place]], output: shape.indices.map(Affine.index),
      operands: [
        Operand(
          operands[hots[0]].value, operands[hots[0]].access.dropLast() + [own]),
        Operand(table, [own] + kept.dropFirst().map(Affine.index)),
      ])
  }
}

extension TensorExpression {
  /// Whether each of its fibres along the last axis has a single 1.
  fileprivate var isHotThroughout: Bool {
    if structure.oneHotAxis == rank - 1 { return structure.sumsToOne }
    guard let extremum = unnamed.asExtremum, unnamed.rank == extremum.outputExtents.count + 1 else {
      return false
    }
    return extremum.ties == .first && extremum.windowExtents.count == 1
  }
}

extension Contraction {
  /// Whether the ones of the only operand are put at places along the last axis, each in the entry of its own.
  fileprivate func isHotRelation(over shape: [Size]) -> Bool {
    guard coefficient.isOne, guards.isEmpty, operands.count == 1, !output.isEmpty,
      let count = operands[0].value.hotAxisCount, indices == operands[0].value.shape,
      operands[0].access.enumerated().allSatisfy({ $1.asIndex == $0 })
    else { return false }
    return keepsEntriesApart(output.dropLast(), below: indices.count - count)
  }

  /// Whether coordinates differ for different values of the first indices, which each stand in one of them:
  /// plain, or as the digits of a number.
  private func keepsEntriesApart(_ coordinates: ArraySlice<Affine>, below count: Int) -> Bool {
    var seen: Set<Int> = []
    for coordinate in coordinates where !coordinate.isConstant {
      var unit = Size.one
      for term in coordinate.terms.reversed() {
        guard term.index < count, term.coefficient == unit, seen.insert(term.index).inserted else {
          return false
        }
        unit = unit * indices[term.index]
      }
    }
    return (0..<count).allSatisfy { seen.contains($0) || indices[$0].isOne }
  }
}
