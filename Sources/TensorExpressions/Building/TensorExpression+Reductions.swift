import Scalars

/// Reductions over axes; nil means all of them. With `keepingAxes` a reduced axis stays with extent 1.
extension TensorExpression {
  /// The sum over axes, negative ones counted from the end.
  ///
  /// - Throws: ``ShapeError`` for an axis that the tensor does not have.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    reduced(over: try normalizedAxes(axes), keepingAxes: keepingAxes, coefficient: .one)
  }

  /// The sum over axes divided by how many entries each sum has.
  ///
  /// - Throws: ``ShapeError`` for an axis that the tensor does not have, and
  ///   ``ShapeError/emptyExtent(function:axis:extent:)`` when there is nothing to take the mean of.
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    let reduced = try normalizedAxes(axes)
    return self.reduced(
      over: reduced, keepingAxes: keepingAxes,
      coefficient: try reciprocalCount(of: reduced, function: "mean"))
  }

  /// The sum over every axis.
  public var total: TensorExpression {
    reduced(over: Array(shape.indices), keepingAxes: false, coefficient: .one)
  }

  /// The sum over axes counted from the front, times a number.
  private func reduced(
    over axes: [Int], keepingAxes: Bool, coefficient: Coefficient
  ) -> TensorExpression {
    if axes.isEmpty { return scaled(by: coefficient) }
    let kept = shape.indices.filter { !axes.contains($0) }
    let order = kept + axes.sorted()
    var access = Array(repeating: Affine.constant(.zero), count: rank)
    for (index, axis) in order.enumerated() { access[axis] = .index(index) }
    let output =
      keepingAxes
      ? shape.indices.map { axes.contains($0) ? .constant(.zero) : access[$0] }
      : kept.map { access[$0] }
    return space.contraction(
      Contraction(
        coefficient: coefficient, indices: order.map { shape[$0] }, output: output,
        operands: [Contraction.Operand(self, access)]),
      shape: keepingAxes
        ? shape.indices.map { axes.contains($0) ? .one : shape[$0] } : kept.map { shape[$0] })
  }

  /// One over the number of entries along axes.
  func reciprocalCount(of axes: [Int], function: String) throws(ShapeError) -> Coefficient {
    let count = Size.product(axes.map { shape[$0] })
    guard !count.isOverflowed, let reciprocal = Coefficient(count).reciprocal else {
      throw .emptyExtent(function: function, axis: axes.first ?? 0, extent: count)
    }
    return reciprocal
  }

  /// The largest entry along axes. Over everything a tie shares the derivative equally, along axes the first takes it.
  public func maximum(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    try extremum(.maximum, axes: axes, keepingAxes: keepingAxes)
  }

  /// The smallest entry along axes; ties as in ``maximum(axes:keepingAxes:)``.
  public func minimum(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    try extremum(.minimum, axes: axes, keepingAxes: keepingAxes)
  }

  private func extremum(
    _ kind: Extremum.Kind, axes: [Int]?, keepingAxes: Bool
  ) throws(ShapeError) -> TensorExpression {
    let node = try axisExtremum(kind, axes: axes)
    let value = space.extremum(node)
    return keepingAxes ? value.insertingAxes(try normalizedAxes(axes)) : value
  }

  /// The node of a maximum or minimum along axes: its windows are those axes.
  public func axisExtremum(
    _ kind: Extremum.Kind, axes: [Int]?
  ) throws(ShapeError) -> Extremum {
    let reduced = try normalizedAxes(axes).sorted()
    let kept = shape.indices.filter { !reduced.contains($0) }
    for axis in reduced where shape[axis].isZero {
      throw .emptyExtent(
        function: kind == .maximum ? "max" : "min", axis: axis, extent: shape[axis])
    }
    var access = Array(repeating: Affine.constant(.zero), count: rank)
    for (index, axis) in (kept + reduced).enumerated() { access[axis] = .index(index) }
    return Extremum(
      kind: kind, ties: axes == nil ? .shared : .first, operand: self,
      outputExtents: kept.map { shape[$0] }, windowExtents: reduced.map { shape[$0] },
      access: access)
  }

  /// The product of the entries along axes, whose extents must be numbers: one contraction with as many operands.
  public func product(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    let reduced = try normalizedAxes(axes).sorted()
    var places: [[Int]] = [[]]
    for axis in reduced {
      guard let extent = shape[axis].asInt else {
        throw .undecided(function: "prod", name: "the extent of axis \(axis)", size: shape[axis])
      }
      guard extent >= 0, extent <= Self.longestEntryProduct / max(places.count, 1) else {
        throw .argument(
          function: "prod", name: "axis",
          rule: "takes at most \(Self.longestEntryProduct) entries together")
      }
      places = places.flatMap { place in (0..<extent).map { place + [$0] } }
    }
    let kept = shape.indices.filter { !reduced.contains($0) }
    let target = kept.map { shape[$0] }
    let operands = places.map { place in
      Contraction.Operand(
        self,
        shape.indices.map { axis in
          if let position = reduced.firstIndex(of: axis) { return .constant(Size(place[position])) }
          return .index(kept.firstIndex(of: axis) ?? 0)
        })
    }
    let value = space.contraction(
      Contraction(indices: target, output: target.indices.map(Affine.index), operands: operands),
      shape: target)
    return keepingAxes ? value.insertingAxes(reduced) : value
  }

  private static let longestEntryProduct = 64
}
