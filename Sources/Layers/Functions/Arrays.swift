import Scalars
import TensorExpressions

/// What NumPy's and PyTorch's arrays do beside mathematics: axes of extent 1, filled tensors, repetitions, parts.
extension CatalogueFunction {
  static let unsqueeze = CatalogueFunction(
    "unsqueeze", aliases: ["expand_dims"], family: .shape, ["x", "axis"],
    samples: ["input x: [2, 3]\ny = unsqueeze(x, 1) * x", "input x: [2, 3]\ny = x.unsqueeze(-1)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let axis = try arguments.integer("axis")
    let rank = x.rank + 1
    guard axis >= -rank, axis < rank else { throw .axis(axis, shape: x.shape) }
    let place = axis < 0 ? axis + rank : axis
    return x.placed(onAxes: (0..<rank).filter { $0 != place }, of: rank)
  }

  static let squeeze = CatalogueFunction(
    "squeeze", family: .shape, ["x", .optional("axis", Argument.none)],
    samples: [
      "input x: [2, 1, 3]\ny = squeeze(x, 1)", "input x: [1, 2, 1]\ny = squeeze(x)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let named = try arguments.axes().map { axes throws(ShapeError) in try x.normalizedAxes(axes) }
    for axis in named ?? [] where !x.shape[axis].isOne {
      throw arguments.broken(
        "axis", "names axes of extent 1, and axis \(axis) has \(x.shape[axis])")
    }
    let dropped = named ?? x.shape.indices.filter { x.shape[$0].isOne }
    return try x.sum(axes: dropped)
  }

  static let zerosLike = filledLike("zeros_like") { x in x.filled(0) }
  static let onesLike = filledLike("ones_like") { x in x.filled(1) }

  static let full = CatalogueFunction(
    "full", family: .matrices, ["shape", "fill_value"],
    samples: ["input x: [2, 3]\ny = full((2, 3), 5) * x"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("fill_value").broadcast(
      to: arguments.shape("shape"), assuming: arguments.assumptions)
  }

  static let fullLike = CatalogueFunction(
    "full_like", family: .matrices, ["x", "fill_value"],
    samples: ["input x: [2, 3]\ny = full_like(x, 5) * x"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("fill_value").broadcast(
      to: arguments.tensor("x").shape, assuming: arguments.assumptions)
  }

  /// Side by side: along the columns, and vectors one after the other.
  static let hstack = CatalogueFunction(
    "hstack", family: .shape, ["list"],
    samples: ["input x: [2, 3], y: [2, 1]\nz = hstack([x, y])", "input x: [2]\nz = hstack([x, x])"]
  ) { arguments throws(ShapeError) in
    let parts = try arguments.tensors("list")
    return try TensorExpression.concatenated(
      parts, axis: (parts.first?.rank ?? 0) > 1 ? 1 : 0, assuming: arguments.assumptions)
  }

  /// One below the other: along the rows, and vectors as rows.
  static let vstack = CatalogueFunction(
    "vstack", family: .shape, ["list"],
    samples: ["input x: [2, 3], y: [1, 3]\nz = vstack([x, y])", "input x: [2]\nz = vstack([x, x])"]
  ) { arguments throws(ShapeError) in
    let parts = try arguments.tensors("list")
    return (parts.first?.rank ?? 0) > 1
      ? try TensorExpression.concatenated(parts, axis: 0, assuming: arguments.assumptions)
      : try TensorExpression.stacked(parts, assuming: arguments.assumptions)
  }

  /// The whole tensor repeated along its axes, in front of which further ones may stand.
  static let tile = repetition("tile", sample: "input x: [2, 3]\ny = tile(x, (2, 1))")

  /// PyTorch's `x.repeat(2, 1)`.
  static let pytorchRepeat = repetition(
    "repeat", framework: .pytorch, sample: "input x: [2, 3]\ny = torch.repeat(x, 2, 1)")

  /// Every entry repeated in its place, along an axis or in flat order.
  static let repeatInterleave = interleaving(
    "repeat_interleave", sample: "input x: [2, 3]\ny = repeat_interleave(x, 2, axis=1)")

  /// NumPy's `np.repeat(x, 2, axis=0)`.
  static let numpyRepeat = interleaving(
    "repeat", framework: .numpy, sample: "input x: [2, 3]\ny = np.repeat(x, 2, axis=0)")

  /// Sums of the entries up to each place along an axis, in flat order without one.
  ///
  /// ```
  /// s[t] += x[t − u]     for u in 0 ..< T
  /// ```
  static let cumsum = CatalogueFunction(
    "cumsum", family: .reductions, ["x", .optional("axis", Argument.none)],
    samples: ["input x: [2, 3]\ny = cumsum(x, axis=1)", "input x: [2, 3]\ny = cumsum(x)"]
  ) { arguments throws(ShapeError) in
    var x = try arguments.tensor("x")
    if arguments.isNone("axis") { x = try x.flattened() }
    let axis = arguments.isNone("axis") ? 0 : try x.normalizedAxis(arguments.integer("axis"))
    let plain = x.shape.indices.map(Affine.index)
    var access = plain
    access[axis] = .index(axis) - .index(x.rank)
    return x.space.contraction(
      Contraction(
        indices: x.shape + [x.shape[axis]], output: plain,
        operands: [Contraction.Operand(x, access)]),
      shape: x.shape)
  }

  /// Axes of extent 1 repeated to a shape, in which −1 keeps an axis; further axes may stand in front.
  static let expand = CatalogueFunction(
    "expand", family: .shape, ["x", .variadic("shape")],
    samples: ["input x: [3, 1]\ny = x.expand(2, -1, 4)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let open = try arguments.openShape("shape")
    let lead = open.count - x.rank
    guard lead >= 0 else { throw arguments.broken("shape", "has an entry for each axis") }
    var target: [Size] = []
    for (place, extent) in open.enumerated() {
      guard let extent = extent ?? (place >= lead ? x.shape[place - lead] : nil) else {
        throw arguments.broken("shape", "has -1 only for axes that are there")
      }
      target.append(extent)
    }
    return try x.broadcast(to: target, assuming: arguments.assumptions)
  }

  private static func filledLike(
    _ name: String, _ value: @escaping @Sendable (TensorExpression) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .matrices, ["x"], samples: ["input x: [2, 3]\ny = \(name)(x) + x"]
    ) { arguments throws(ShapeError) in value(try arguments.tensor("x")) }
  }

  private static func repetition(
    _ name: String, framework: Framework? = nil, sample: String
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .shape, ["x", .variadic("counts")], framework: framework, samples: [sample]
    ) { arguments throws(ShapeError) in
      var x = try arguments.tensor("x")
      var counts = try arguments.shape("counts")
      let rank = Swift.max(x.rank, counts.count)
      x = x.placed(onAxes: Array((rank - x.rank)..<rank), of: rank)
      counts = Array(repeating: .one, count: rank - counts.count) + counts
      return try x.repeated(counts, inPlace: false)
    }
  }

  private static func interleaving(
    _ name: String, framework: Framework? = nil, sample: String
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .shape, ["x", "repeats", .optional("axis", Argument.none)],
      framework: framework, samples: [sample]
    ) { arguments throws(ShapeError) in
      var x = try arguments.tensor("x")
      if arguments.isNone("axis") { x = try x.flattened() }
      let axis = arguments.isNone("axis") ? 0 : try x.normalizedAxis(arguments.integer("axis"))
      let count = try arguments.extent("repeats")
      return try x.repeated(x.shape.indices.map { $0 == axis ? count : .one }, inPlace: true)
    }
  }
}

extension TensorExpression {
  /// The tensor with its axes repeated: entry by entry, or as a whole.
  ///
  /// ```
  /// y[c·i + r] = x[i]   in place,     y[r·n + i] = x[i]   as a whole,     for r in 0 ..< c
  /// ```
  func repeated(_ counts: [Size], inPlace: Bool) throws(ShapeError) -> TensorExpression {
    let plain = shape.indices.map(Affine.index)
    let output = shape.indices.map { axis -> Affine in
      let turn = Affine.index(rank + axis)
      return inPlace
        ? plain[axis] * counts[axis] + turn : turn * shape[axis] + plain[axis]
    }
    return space.contraction(
      Contraction(
        indices: shape + counts, output: output, operands: [Contraction.Operand(self, plain)]),
      shape: zip(shape, counts).map { $0 * $1 })
  }
}
