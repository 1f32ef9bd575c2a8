/// Products that sum over shared axes, each one contraction.
extension TensorExpression {
  /// The matrix product, with NumPy's rules for `@`.
  ///
  /// ```
  /// Y[…, i, j] = Σₚ A[…, i, p] · B[…, p, j]
  /// ```
  ///
  /// A vector on the left is a row, on the right a column, and its axis is not in the result; leading axes are stacks,
  /// which broadcast.
  ///
  /// - Throws: ``ShapeError/contraction(lhs:lhsAxis:rhs:rhsAxis:)`` when the contracted extents differ.
  public func matmul(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    guard rank >= 1 else { throw .rank(function: "@", expected: "at least 1", found: shape) }
    guard other.rank >= 1 else {
      throw .rank(function: "@", expected: "at least 1", found: other.shape)
    }
    let otherAxis = max(other.rank - 2, 0)
    try contracts(rank - 1, with: other, otherAxis, assumptions)
    let (shared, row, column) = (0, 1, 2)
    let stackRank = max(rank, other.rank, 2) - 2
    let stack = (0..<stackRank).map { 3 + $0 }
    _ = try Self.broadcastShape(
      [Array(shape.dropLast(2)), Array(other.shape.dropLast(2))], assuming: assumptions)
    let left = rank == 1 ? [shared] : stack.suffix(rank - 2) + [row, shared]
    let right = other.rank == 1 ? [shared] : stack.suffix(other.rank - 2) + [shared, column]
    let product = LabelledProduct(
      function: "@", operands: [(self, left), (other, right)],
      output: stack + (rank == 1 ? [] : [row]) + (other.rank == 1 ? [] : [column]))
    return try product.contraction(assuming: assumptions)
  }

  /// NumPy's `dot`: the last axis of the left with the last but one of the right, or its only one.
  public func dot(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    if rank == 0 || other.rank == 0 { return try times(other, assuming: assumptions) }
    return try tensordot(
      other, axes: [rank - 1], [max(other.rank - 2, 0)], assuming: assumptions)
  }

  /// The sum of products over the last axes of both.
  public func inner(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    if rank == 0 || other.rank == 0 { return try times(other, assuming: assumptions) }
    return try tensordot(other, axes: [rank - 1], [other.rank - 1], assuming: assumptions)
  }

  /// The product of every entry of one vector with every entry of the other.
  public func outer(_ other: TensorExpression) throws(ShapeError) -> TensorExpression {
    for vector in [self, other] where vector.rank != 1 {
      throw .rank(function: "outer", expected: "1", found: vector.shape)
    }
    return try tensordot(other, axes: [], [])
  }

  /// The sum of products over pairs of axes; the axes that are left stand in order, this tensor's first.
  public func tensordot(
    _ other: TensorExpression, axes: [Int], _ otherAxes: [Int],
    assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let lhs = try normalizedAxes(axes)
    let rhs = try other.normalizedAxes(otherAxes)
    guard lhs.count == rhs.count else {
      throw .argument(
        function: "tensordot", name: "axes", rule: "names as many axes of one as of the other")
    }
    for (a, b) in zip(lhs, rhs) { try contracts(a, with: other, b, assumptions) }
    let left = Array(0..<rank)
    let right = other.shape.indices.map { axis in
      rhs.firstIndex(of: axis).map { lhs[$0] } ?? rank + axis
    }
    let product = LabelledProduct(
      function: "tensordot", operands: [(self, left), (other, right)],
      output: left.filter { !lhs.contains($0) } + right.filter { $0 >= rank })
    return try product.contraction(assuming: assumptions)
  }

  /// The Kronecker product.
  ///
  /// ```
  /// Y[i·p + k, j·q + l] = A[i, j] · B[k, l]      for B of shape [p, q]
  /// ```
  ///
  /// The shape of lower rank gets leading axes of extent 1, as in NumPy.
  public func kron(_ other: TensorExpression) -> TensorExpression {
    let rank = max(rank, other.rank)
    let a = insertingAxes(Array(0..<(rank - self.rank)))
    let b = other.insertingAxes(Array(0..<(rank - other.rank)))
    return space.contraction(
      Contraction(
        indices: a.shape + b.shape,
        output: (0..<rank).map { .index($0) * b.shape[$0] + .index(rank + $0) },
        operands: [
          Contraction.Operand(a, (0..<rank).map { .index($0) }),
          Contraction.Operand(b, (0..<rank).map { .index(rank + $0) }),
        ]), shape: zip(a.shape, b.shape).map { $0 * $1 })
  }

  /// Throws unless an axis has the extent of another tensor's axis, which it is contracted with.
  private func contracts(
    _ axis: Int, with other: TensorExpression, _ otherAxis: Int, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    guard assumptions.areEqual(shape[axis], other.shape[otherAxis]) else {
      throw .contraction(
        lhs: shape, lhsAxis: axis, rhs: other.shape, rhsAxis: otherAxis)
    }
  }
}
