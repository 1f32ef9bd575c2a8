extension TensorExpression {
  /// The entries in the same order under another shape; one extent may be left open.
  ///
  /// ```
  /// y[j₀, j₁, …] = x[i₀, i₁, …]    where both have the same place in row-major order
  /// ```
  ///
  /// Where the axes of both shapes factor alike (`[6, H] → [2, 3*H]`), the reshape is one contraction with
  /// accesses such as `a*N + b`; otherwise (`[6, 4] → [8, 3]`) it goes through the flat vector in two.
  ///
  /// - Throws: ``ShapeError/reshape(from:to:)`` when the counts differ or the open extent is not whole.
  public func reshaped(
    _ target: [Size?], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let newShape = try solvedShape(target, assumptions)
    if newShape == shape { return self }
    if let value = asConstant { return space.filled(value, newShape) }
    let relation = ReshapeRelation(from: shape, to: newShape, assumptions)
    if let relation {
      return space.contraction(
        Contraction(
          indices: relation.indices, output: relation.output,
          operands: [Contraction.Operand(self, relation.input)]), shape: newShape)
    }
    let flat = space.contraction(
      Contraction(
        indices: shape, output: [Affine.rowMajor(shape)],
        operands: [Contraction.Operand(self, shape.indices.map(Affine.index))]),
      shape: [Size.product(shape)])
    return flat.reindexed([Affine.rowMajor(newShape)], to: newShape)
  }

  /// The entries in the same order under a shape without an open extent.
  ///
  /// - Throws: ``ShapeError/reshape(from:to:)`` when the counts differ.
  public func reshaped(
    _ target: [Size], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    try reshaped(target.map { Optional($0) }, assuming: assumptions)
  }

  /// The axes from `start` to `end`, both included, made one.
  public func flattened(
    from start: Int = 0, through end: Int = -1, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    if rank == 0 { return try reshaped([Size.one], assuming: assumptions) }
    let first = try normalizedAxis(start)
    let last = try normalizedAxis(end)
    guard first <= last else { throw .axis(end, shape: shape) }
    let merged = Size.product(shape[first...last])
    return try reshaped(
      Array(shape[..<first]) + [merged] + Array(shape[(last + 1)...]), assuming: assumptions)
  }

  /// The target with its open extent solved for, its count compared.
  private func solvedShape(
    _ target: [Size?], _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> [Size] {
    let total = Size.product(shape)
    let known = Size.product(target.compactMap { $0 })
    for case .some(let extent) in target where assumptions.facts.isAtMost(extent, -1) {
      throw .reshape(from: shape, to: target)
    }
    let openCount = target.filter { $0 == nil }.count
    guard openCount <= 1 else {
      throw .argument(function: "reshape", name: "shape", rule: "holds -1 at most once")
    }
    if openCount == 0 {
      guard assumptions.areEqual(total, known) else { throw .reshape(from: shape, to: target) }
      return target.compactMap { $0 }
    }
    guard let open = assumptions.quotient(total, by: known), assumptions.isAtLeast(open, 0) else {
      throw .reshape(from: shape, to: target)
    }
    return target.map { $0 ?? open }
  }
}

extension Affine {
  /// The place in row-major order of the entry whose coordinates are the first indices.
  static func rowMajor(_ shape: [Size]) -> Affine {
    var result = Affine()
    for (axis, extent) in shape.enumerated() { result = result * extent + .index(axis) }
    return result
  }
}

/// A reshape as one index relation: indices for common factors of both shapes, of which the coordinates of
/// either side are made.
private struct ReshapeRelation {
  private(set) var indices: [Size] = []
  private(set) var input: [Affine]
  private(set) var output: [Affine]

  /// Nil where the shapes have no common factors in order.
  init?(from source: [Size], to target: [Size], _ assumptions: ShapeAssumptions) {
    input = Array(repeating: Affine(), count: source.count)
    output = Array(repeating: Affine(), count: target.count)
    // What is left of the axis under way on each side; nil at its start.
    var i = 0
    var j = 0
    var restOfSource: Size?
    var restOfTarget: Size?
    while i < source.count || j < target.count {
      let a = restOfSource ?? (i < source.count ? source[i] : .one)
      let b = restOfTarget ?? (j < target.count ? target[j] : .one)
      if a == b, i < source.count, j < target.count {
        factor(a, i, j)
        (i, j, restOfSource, restOfTarget) = (i + 1, j + 1, nil, nil)
      } else if a.isOne, i < source.count {
        (i, restOfSource) = (i + 1, nil)
      } else if b.isOne, j < target.count {
        if restOfTarget == nil { factor(.one, nil, j) }
        (j, restOfTarget) = (j + 1, nil)
      } else if i == source.count || j == target.count {
        return nil
      } else if let quotient = Self.properQuotient(b, by: a) {
        factor(a, i, j)
        (i, restOfSource, restOfTarget) = (i + 1, nil, quotient)
      } else if let quotient = Self.properQuotient(a, by: b) {
        factor(b, i, j)
        (j, restOfTarget, restOfSource) = (j + 1, nil, quotient)
      } else if let last = Self.run(of: target, from: j, first: b, equalTo: a, assumptions) {
        for axis in j...last { factor(axis == j ? b : target[axis], i, axis) }
        (i, j, restOfSource, restOfTarget) = (i + 1, last + 1, nil, nil)
      } else if let last = Self.run(of: source, from: i, first: a, equalTo: b, assumptions) {
        for axis in i...last { factor(axis == i ? a : source[axis], axis, j) }
        (i, j, restOfSource, restOfTarget) = (last + 1, j + 1, nil, nil)
      } else {
        return nil
      }
    }
  }

  /// Adds an index of that extent as the next digit of both axes.
  private mutating func factor(_ extent: Size, _ sourceAxis: Int?, _ targetAxis: Int?) {
    let index = Affine.index(indices.count)
    indices.append(extent)
    if let sourceAxis { input[sourceAxis] = input[sourceAxis] * extent + index }
    if let targetAxis { output[targetAxis] = output[targetAxis] * extent + index }
  }

  private static func properQuotient(_ a: Size, by b: Size) -> Size? {
    guard !a.isZero, let quotient = a.exactlyDivided(by: b) else { return nil }
    return (quotient.asInt ?? 1) > 0 ? quotient : nil
  }

  /// The last of the axes from `start` on whose extents' product is `whole`, under conditions if need be.
  private static func run(
    of shape: [Size], from start: Int, first: Size, equalTo whole: Size,
    _ assumptions: ShapeAssumptions
  ) -> Int? {
    var product = first
    for axis in (start + 1)..<max(start + 1, shape.count) {
      product *= shape[axis]
      if !product.isConstant || !whole.isConstant, assumptions.areEqual(product, whole) {
        return axis
      }
    }
    return nil
  }
}
