import TensorExpressions

/// Parts of a tensor along an axis that is given by its number, and axes that are moved.
extension CatalogueFunction {
  /// So many entries along an axis from a place on.
  static let narrow = CatalogueFunction(
    "narrow", family: .shape, ["x", "axis", "start", "length"],
    samples: ["input x: [2, 4]\ny = x.narrow(1, 1, 2)"]
  ) { arguments throws(ShapeError) in
    let start = try arguments.size("start")
    return try arguments.tensor("x").part(
      .slice(from: start, to: start + arguments.size("length"), step: 1), arguments)
  }

  /// PyTorch's `x.select(1, 0)`: the entries at one place of an axis.
  static let pytorchSelect = CatalogueFunction(
    "select", family: .shape, ["x", "axis", "index"], framework: .pytorch,
    samples: ["input x: [2, 4]\ny = torch.select(x, 1, -1)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").part(.index(arguments.size("index")), arguments)
  }

  /// The tensors along an axis, as a tuple.
  static let unbind = CatalogueFunction(
    "unbind", family: .shape, ["x", .optional("axis", 0)],
    samples: ["input x: [2, 3]\np, q = unbind(x)\ny = p * q"],
    .parts { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      guard let count = x.shape[try x.normalizedAxis(arguments.integer("axis"))].asInt else {
        throw arguments.broken("axis", "has a number for its extent")
      }
      var parts: [TensorExpression] = []
      for place in 0..<count { parts.append(try x.part(.index(Size(place)), arguments)) }
      return parts
    })

  /// Differences of neighbours along an axis, n times over.
  static let diff = CatalogueFunction(
    "diff", family: .shape, ["x", .optional("n", 1), .optional("axis", -1)],
    samples: ["input x: [2, 4]\ny = diff(x)", "input x: [4, 3]\ny = diff(x, n=2, axis=0)"]
  ) { arguments throws(ShapeError) in
    var x = try arguments.tensor("x")
    let (count, axis) = (
      try arguments.integer("n"), try x.normalizedAxis(arguments.integer("axis"))
    )
    guard count >= 0, arguments.assumptions.isAtLeast(x.shape[axis] - Size(count), 1) else {
      throw arguments.broken("n", "is less than the extent of the axis")
    }
    for _ in 0..<count {
      let extent = x.shape[axis]
      x = try x.part(.slice(from: 1, to: extent, step: 1), arguments).minus(
        x.part(.slice(from: 0, to: extent - 1, step: 1), arguments),
        assuming: arguments.assumptions)
    }
    return x
  }

  /// An axis, or several, put elsewhere; the others keep their order.
  static let moveAxis = CatalogueFunction(
    "moveaxis", aliases: ["movedim"], family: .shape, ["x", "source", "destination"],
    samples: [
      "input x: [2, 3, 4]\ny = moveaxis(x, 0, -1)",
      "input x: [2, 3, 4]\ny = moveaxis(x, (0, 1), (-1, 0))",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let sources = try x.normalizedAxes(arguments.axes("source"))
    let targets = try x.normalizedAxes(arguments.axes("destination"))
    guard sources.count == targets.count else {
      throw arguments.broken("destination", "has an entry for each of `source`")
    }
    var order = (0..<x.rank).filter { !sources.contains($0) }
    for (target, source) in zip(targets, sources).sorted(by: { $0.0 < $1.0 }) {
      order.insert(source, at: target)
    }
    return try x.permuted(order)
  }

  /// Vectors as columns, and matrices side by side.
  static let columnStack = CatalogueFunction(
    "column_stack", family: .shape, ["list"],
    samples: [
      "input x: [2]\nz = column_stack([x, 2*x])", "input x: [2, 3]\nz = column_stack([x, x])",
    ]
  ) { arguments throws(ShapeError) in
    let parts = try arguments.tensors("list")
    return (parts.first?.rank ?? 0) > 1
      ? try TensorExpression.concatenated(parts, axis: 1, assuming: arguments.assumptions)
      : try TensorExpression.stacked(parts, axis: 1, assuming: arguments.assumptions)
  }

  /// PyTorch's `F.pad`: pairs from the last axis on.
  static let pytorchPad = CatalogueFunction(
    "pad", family: .shape, ["x", "pairs", .optional("mode", "zeros"), .optional("value", 0)],
    framework: .pytorch,
    samples: [
      "input x: [2, 3]\ny = F.pad(x, (1, 0))",
      "input x: [2, 3]\ny = F.pad(x, (1, 0, 0, 2), value=2)",
      "input x: [2, 3]\ny = F.pad(x, (1, 2), mode=\"replicate\")",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let amounts = try arguments.sizes("pairs")
    guard case .list = arguments["pairs"], amounts.count % 2 == 0, amounts.count <= 2 * x.rank
    else {
      throw arguments.broken("pairs", "has two sizes for each of the last axes, the last one first")
    }
    var sides = x.shape.map { _ in PaddingSides(before: 0, after: 0) }
    for place in 0..<(amounts.count / 2) {
      sides[x.rank - 1 - place] = PaddingSides(
        before: amounts[2 * place], after: amounts[2 * place + 1])
    }
    return try arguments.padded(x, sides)
  }
}

extension TensorExpression {
  /// A part along the argument `axis`.
  fileprivate func part(
    _ subscript: AxisSubscript, _ arguments: BoundArguments
  ) throws(ShapeError) -> TensorExpression {
    let axis = try normalizedAxis(arguments.integer("axis"))
    return try subscripted(
      Array(repeating: .all, count: axis) + [`subscript`], assuming: arguments.assumptions)
  }
}

extension BoundArguments {
  /// A tensor with `mode`, or `value`, around it.
  func padded(
    _ x: TensorExpression, _ sides: [PaddingSides]
  ) throws(ShapeError) -> TensorExpression {
    let edges = try edges("mode")
    let amounts = sides.map { ($0.before, $0.after) }
    let padded = try x.padded(amounts, edges: edges, assuming: assumptions)
    guard edges == .zeros, let value = try tensorUnlessZero("value") else { return padded }
    let inside = try x.space.ones(x.shape).padded(amounts, assuming: assumptions)
    let around = try value.broadcast(to: padded.shape, assuming: assumptions)
    return x.space.elementwise(.selectionRow, [inside, padded, around])
  }
}
