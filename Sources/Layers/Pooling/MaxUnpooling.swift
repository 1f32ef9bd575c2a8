import TensorExpressions

extension Extremum {
  /// The places of the entries that are taken, as numbers of the operand's last axes in flat order.
  func flatPlaces(overLast count: Int) -> TensorExpression {
    flatOneHot(
      overLast: count, at: outputExtents.indices.map(Affine.index), in: outputExtents
    ).lastPlaces
  }

  /// Those places as a one-hot tensor, put into a larger one.
  ///
  /// ```
  /// flat[o, a·W + b] += selector[o, w]     where x[…, a, b] is read at w
  /// ```
  ///
  /// - Parameters:
  ///   - entry: where an entry stands, as functions of the extremum's own.
  ///   - target: the extents of all entries.
  func flatOneHot(overLast count: Int, at entry: [Affine], in target: [Size]) -> TensorExpression {
    let space = operand.space
    let extents = Array(operand.shape.suffix(count))
    let own = (outputExtents + windowExtents).indices.map(Affine.index)
    var place = Affine()
    for (coordinate, extent) in zip(access.suffix(count), extents) {
      place = place * extent + coordinate
    }
    return space.contraction(
      Contraction(
        indices: outputExtents + windowExtents, output: entry + [place],
        operands: [.init(space.selector(self), own)]),
      shape: target + [Size.product(extents)])
  }
}

extension CatalogueFunction {
  /// Entries put back at the places that a pooling took them from, zeros elsewhere.
  ///
  /// ```
  /// y[n, c, idx[n, c, p, q]] += x[n, c, p, q]     in flat order over the last axes
  /// ```
  static let maxUnpool1d = unpooling("max_unpool1d", spatialCount: 1)
  static let maxUnpool2d = unpooling("max_unpool2d", spatialCount: 2)
  static let maxUnpool3d = unpooling("max_unpool3d", spatialCount: 3)

  private static func unpooling(_ name: String, spatialCount: Int) -> CatalogueFunction {
    let extents = ["3, 6", "3, 4, 6", "1, 4, 2, 2"][spatialCount - 1]
    let pooling = "max_pool\(spatialCount)d"
    let sample =
      "input x: [2, \(extents)]\ny, i = \(pooling)(x, 2, return_indices=True)\nz = \(name)(y, i, 2)"
    return CatalogueFunction(
      name, family: .pooling,
      [
        "x", "idx", "kernel", .optional("stride", Argument.none), .optional("padding", 0),
        .optional("output_size", Argument.none),
      ], samples: [sample]
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      let indices = try arguments.tensor("idx")
      guard x.rank == spatialCount + 2, indices.shape == x.shape else {
        throw arguments.broken("idx", "has the shape of `x`, with batch and channels")
      }
      let lead = Array(x.shape.prefix(2))
      let extents = try arguments.unpooledExtents(of: Array(x.shape.dropFirst(2)))
      let own = x.shape.indices.map(Affine.index)
      let flat = try arguments.found(
        "idx",
        x.addedUp(
          at: indices, own, output: [own[0], own[1], nil], to: lead + [Size.product(extents)],
          facts: arguments.assumptions.facts))
      return try flat.reshaped(lead + extents, assuming: arguments.assumptions)
    }
  }
}

extension BoundArguments {
  /// What a pooling of that kernel had before it: (p − 1)·s − 2π + k, or what is said.
  fileprivate func unpooledExtents(of pooled: [Size]) throws(ShapeError) -> [Size] {
    if !isNone("output_size") { return try spatial("output_size", pooled.count) }
    let kernel = try spatial("kernel", pooled.count)
    let stride = isNone("stride") ? kernel : try spatial("stride", pooled.count)
    let padding = try spatial("padding", pooled.count)
    return pooled.indices.map { (pooled[$0] - 1) * stride[$0] - padding[$0] * 2 + kernel[$0] }
  }
}
