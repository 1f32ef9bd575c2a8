extension TensorExpression {
  /// The axis counted from the front; negative ones count from the end.
  public func normalizedAxis(_ axis: Int) throws(ShapeError) -> Int {
    guard axis >= -rank, axis < rank else { throw .axis(axis, shape: shape) }
    return axis < 0 ? axis + rank : axis
  }

  /// The axes counted from the front, in the order given, all of them for nil.
  public func normalizedAxes(_ axes: [Int]?) throws(ShapeError) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    var result: [Int] = []
    for axis in axes {
      let normalized = try normalizedAxis(axis)
      if result.contains(normalized) { throw .axis(axis, shape: shape) }
      result.append(normalized)
    }
    return result
  }

  /// The tensor whose axis `i` is this one's axis `order[i]`.
  public func permuted(_ order: [Int]) throws(ShapeError) -> TensorExpression {
    let axes = try normalizedAxes(order)
    guard axes.count == rank else {
      throw .argument(function: "permute", name: "axes", rule: "names each of \(rank) axes once")
    }
    var access = Array(repeating: Affine.constant(.zero), count: rank)
    for (position, axis) in axes.enumerated() { access[axis] = .index(position) }
    return reindexed(access, to: axes.map { shape[$0] })
  }

  /// The transpose of a matrix; vectors and scalars are their own.
  public func transposed() throws(ShapeError) -> TensorExpression {
    guard rank <= 2 else { throw .rank(function: "T", expected: "at most 2", found: shape) }
    return rank == 2 ? try permuted([1, 0]) : self
  }

  /// The transpose of every matrix in a stack: the last two axes exchanged.
  public func matrixTransposed() throws(ShapeError) -> TensorExpression {
    guard rank >= 2 else { throw .rank(function: "mT", expected: "at least 2", found: shape) }
    return try permuted(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// The tensor with new axes of extent 1, each at its place in the result, counted from the front.
  public func insertingAxes(_ places: [Int]) -> TensorExpression {
    var target: [Size] = []
    var access: [Affine] = []
    var next = 0
    for place in 0..<(rank + places.count) {
      if places.contains(place) {
        target.append(.one)
      } else {
        access.append(.index(place))
        target.append(shape[next])
        next += 1
      }
    }
    return reindexed(access, to: target)
  }

  /// The tensor with its axes put at the given ones of `rank` axes, the others having extent 1.
  ///
  /// So a bias of channels is laid along the channel axis. `axes` ascend, one for each axis of the tensor.
  public func placed(onAxes axes: [Int], of rank: Int) -> TensorExpression {
    precondition(axes.count == self.rank, "one place for each axis")
    return insertingAxes((0..<rank).filter { !axes.contains($0) })
  }
}
