/// A relation on the way to a contraction that looks up: what coordinates from index tensors add to
/// its indices and factors.
///
/// A lookup is a contraction with one more operand, the one-hot tensor of the index tensor: the place of its
/// 1 is an index of the relation like any other.
public struct LookupRelation {
  /// The extents of the indices so far.
  public var indices: [Size]
  /// The factors that tie indices to places.
  public var operands: [Contraction.Operand] = []
  private let space: ExpressionSpace

  /// A relation in which nothing is looked up yet.
  ///
  /// - Parameter indices: the extents of the indices that are there before anything is looked up.
  public init(indices: [Size], in space: ExpressionSpace) {
    self.indices = indices
    self.space = space
  }

  /// The coordinate that an index tensor's entries are, and the factors that make it so.
  ///
  /// - Parameters:
  ///   - access: which entry, in terms of the relation's indices.
  ///   - extent: what the coordinate stays inside.
  /// - Returns: nil where numbers that are rounded are no plain part of the coordinate.
  public mutating func coordinate(
    _ form: IndexForm, at access: [Affine], below extent: Size
  ) -> Affine? {
    let change: (Affine) -> Affine = { $0.substituting { access[$0] } }
    var coordinate = change(form.base)
    for place in form.places {
      let own = place.extents.indices.map { Affine.index(indices.count + $0) }
      indices += place.extents
      operands.append(.init(place.hot, place.access.map(change) + own))
      for (index, factor) in zip(own, place.coefficients) {
        coordinate = coordinate + index * factor
      }
    }
    if form.rounded.isEmpty { return coordinate }
    guard form.rounded.count == 1, let rounded = form.rounded.first, rounded.coefficient.isOne
    else { return nil }
    return coordinateRoundedDown(
      rounded.argument, at: rounded.access.map(change), plus: coordinate, below: extent)
  }

  /// The coordinate ⌊u⌋ + c as an index of its own, with the factor that is 1 where it is that number.
  ///
  /// ```
  /// [⌊u⌋ + c = w] = step(w + 1 − u − c) − step(w − u − c)
  /// ```
  public mutating func coordinateRoundedDown(
    _ argument: TensorExpression, at access: [Affine], plus base: Affine, below extent: Size
  ) -> Affine {
    let mentioned = NumberSet((access + [base]).flatMap { $0.terms.map(\.index) })
    let own = Array(mentioned).sorted()
    let renumbered: (Affine) -> Affine = { $0.renumbered { own.firstIndex(of: $0) ?? 0 } }
    let inner = LookupRelation(indices: own.map { indices[$0] }, in: space)
    let hot = inner.factor(
      argument, at: access.map(renumbered), plus: renumbered(base), below: extent)
    indices.append(extent)
    let index = Affine.index(indices.count - 1)
    operands.append(.init(hot, own.map(Affine.index) + [index]))
    return index
  }

  /// For all of the relation's indices and every place below an extent: 1 where ⌊u⌋ + c is that place.
  public func factor(
    _ argument: TensorExpression, at access: [Affine], plus base: Affine, below extent: Size
  ) -> TensorExpression {
    let shape = indices + [extent]
    let value = argument.reindexed(access, to: shape)
    let offset = space.affine(base - .index(indices.count), over: shape)
    return Elementwise.step(1 - value - offset) - Elementwise.step(-value - offset)
  }
}

extension ExpressionSpace {
  /// The values of a coordinate for all indices of a shape.
  public func affine(_ coordinate: Affine, over shape: [Size]) -> TensorExpression {
    var terms: [TensorExpression] = []
    if !coordinate.constant.isZero { terms.append(filled(Coefficient(coordinate.constant), shape)) }
    for term in coordinate.terms {
      let numbers = places(shape[term.index]).reindexed([.index(term.index)], to: shape)
      terms.append(numbers.scaled(by: Coefficient(term.coefficient)))
    }
    return sum(terms, shape: shape)
  }
}

extension TensorExpression {
  /// The entries at whole numbers along some axes, as NumPy's indexing by arrays that stand beside each other.
  ///
  /// - Parameters:
  ///   - places: by axis, index tensors that broadcast with each other, or nil for a whole axis.
  /// - Returns: nil where a tensor is not known to hold whole numbers, or holds rounded ones in a
  /// way that cannot be looked up.
  public func lookedUp(
    _ places: [TensorExpression?], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression? {
    let arrays = places.compactMap { $0 }
    let block = try TensorExpression.broadcastShape(arrays.map(\.shape), assuming: assumptions)
    guard let first = places.firstIndex(where: { $0 != nil }) else { return self }
    let kept = places.indices.filter { places[$0] == nil }
    let before = kept.filter { $0 < first }
    let after = kept.filter { $0 > first }
    let target = before.map { shape[$0] } + block + after.map { shape[$0] }
    var relation = LookupRelation(indices: target, in: space)
    var access = Array(repeating: Affine(), count: rank)
    for (number, axis) in before.enumerated() { access[axis] = .index(number) }
    for (number, axis) in after.enumerated() {
      access[axis] = .index(before.count + block.count + number)
    }
    let blockAccess = block.indices.map { Affine.index(before.count + $0) }
    for (axis, array) in places.enumerated() {
      guard let array else { continue }
      let whole = try array.broadcast(to: block, assuming: assumptions)
      guard let form = IndexForm(whole, facts: assumptions.facts),
        let coordinate = relation.coordinate(form, at: blockAccess, below: shape[axis])
      else { return nil }
      access[axis] = coordinate
    }
    return space.contraction(
      Contraction(
        indices: relation.indices, output: target.indices.map(Affine.index),
        operands: [.init(self, access)] + relation.operands), shape: target)
  }

  /// The adjoint of a lookup along one axis: entries added at the places that an index tensor names.
  ///
  /// - Parameters:
  ///   - places: an index tensor, read at `access` in terms of this tensor's indices.
  ///   - output: where each entry goes; nil for the coordinate that is looked up.
  ///   - target: the shape of the result.
  public func addedUp(
    at places: TensorExpression, _ access: [Affine], output: [Affine?], to target: [Size],
    facts: SizeFacts
  ) -> TensorExpression? {
    var relation = LookupRelation(indices: shape, in: space)
    guard let form = IndexForm(places, facts: facts),
      let axis = output.firstIndex(where: { $0 == nil }),
      let coordinate = relation.coordinate(form, at: access, below: target[axis])
    else { return nil }
    return space.contraction(
      Contraction(
        indices: relation.indices, output: output.map { $0 ?? coordinate },
        operands: [.init(self, shape.indices.map(Affine.index))] + relation.operands),
      shape: target)
  }

  /// The one-hot tensor of an index tensor, its classes along a last axis.
  ///
  /// ```
  /// y[n, v] += hot[n, w]     where v is the place w
  /// ```
  public func oneHot(
    _ extent: Size, assuming assumptions: ShapeAssumptions = .none
  ) -> TensorExpression? {
    let ones = space.filled(.one, shape)
    return ones.addedUp(
      at: self, shape.indices.map(Affine.index), output: shape.indices.map(Affine.index) + [nil],
      to: shape + [extent], facts: assumptions.facts)
  }
}
