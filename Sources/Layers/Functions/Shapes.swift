import TensorExpressions

extension CatalogueFunction {
  static let reshape = CatalogueFunction(
    "reshape", aliases: ["view"], family: .shape, ["x", .variadic("shape")],
    samples: [
      "input x: [2, 6]\ny = x.reshape(4, 3)", "input x: [2, 3, 4]\ny = x.reshape(6, -1)",
      "input x: [6, 4]\ny = x.reshape(8, 3)",
    ]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").reshaped(
      arguments.openShape("shape"), assuming: arguments.assumptions)
  }

  static let permute = CatalogueFunction(
    "permute", family: .shape, ["x", .variadic("axes")],
    samples: ["input x: [2, 3, 4]\ny = x.permute(2, 0, 1)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").permuted(arguments.axes("axes") ?? [])
  }

  /// Two axes exchanged; a tuple or more than two axes give the whole order, none the opposite one.
  static let transpose = CatalogueFunction(
    "transpose", aliases: ["swapaxes"], family: .shape,
    [
      "x", .optional("axis0", Argument.none), .optional("axis1", Argument.none),
      .variadic("further"),
    ],
    samples: [
      "input x: [2, 3, 4]\ny = x.transpose(0, -1)", "input x: [2, 3, 4]\ny = transpose(x)",
      "input x: [2, 3, 4]\ny = x.transpose((1, 2, 0))",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    guard let first = try arguments.axes("axis0") else {
      return try x.permuted((0..<x.rank).reversed())
    }
    guard let second = try arguments.axes("axis1") else { return try x.permuted(first) }
    let further = try arguments.axes("further") ?? []
    guard further.isEmpty, first.count == 1, second.count == 1 else {
      return try x.permuted(first + second + further)
    }
    let (a, b) = (try x.normalizedAxis(first[0]), try x.normalizedAxis(second[0]))
    var order = Array(0..<x.rank)
    order.swapAt(a, b)
    return try x.permuted(order)
  }

  /// PyTorch's `x.t()`.
  static let matrixTranspose = CatalogueFunction(
    "t", family: .shape, ["x"], samples: ["input x: [2, 3]\ny = x.t()"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    guard x.rank <= 2 else { throw .rank(function: "t", expected: "at most 2", found: x.shape) }
    return try x.transposed()
  }

  /// The transpose of a matrix, of a vector itself.
  static let transposed = CatalogueFunction(
    "T", family: .shape, ["x"], isProperty: true,
    samples: ["input x: [2, 3]\ny = x.T"]
  ) { arguments throws(ShapeError) in try arguments.tensor("x").transposed() }

  /// The last two axes exchanged.
  static let matrixTransposed = CatalogueFunction(
    "mT", family: .shape, ["x"], isProperty: true,
    samples: ["input x: [2, 3, 4]\ny = x.mT"]
  ) { arguments throws(ShapeError) in try arguments.tensor("x").matrixTransposed() }

  static let flatten = CatalogueFunction(
    "flatten", aliases: ["ravel"], family: .shape,
    ["x", .optional("start", 0), .optional("end", -1)],
    samples: ["input x: [2, 3, 4]\ny = x.flatten()", "input x: [2, 3, 4]\ny = x.flatten(1)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").flattened(
      from: arguments.integer("start"), through: arguments.integer("end"),
      assuming: arguments.assumptions)
  }

  /// einops' patterns: `rearrange(x, "b (h d) -> b h d", h=2)`; the tensor may also follow the pattern.
  static let rearrange = CatalogueFunction(
    "rearrange", family: .shape, ["x", "pattern", .keywords("extents")],
    samples: [
      "input x: [2, 6]\ny = rearrange(x, \"b (h d) -> b h d\", h=2)",
      "input x: [2, 3, 4, 5]\ny = rearrange(x, \"b c h w -> b (h w) c\")",
    ]
  ) { arguments throws(ShapeError) in
    var (tensor, pattern) = ("x", "pattern")
    if case .text = arguments["x"] { swap(&tensor, &pattern) }
    var extents: [String: Size] = [:]
    for (name, value) in arguments.furtherKeywords {
      guard let size = value.asSize else { throw arguments.broken(name, "is a size") }
      extents[name] = size
    }
    return try arguments.tensor(tensor).rearranged(
      arguments.text(pattern), extents, assuming: arguments.assumptions)
  }

  static let concat = CatalogueFunction(
    "concat", aliases: ["concatenate", "cat"], family: .shape, ["list", .optional("axis", 0)],
    samples: [
      "input x: [2, 3], y: [4, 3]\nz = concat([x, y])",
      "input x: [2, 3], y: [2, 5]\nz = concat([x, y, x], axis=-1)",
    ]
  ) { arguments throws(ShapeError) in
    try TensorExpression.concatenated(
      arguments.tensors("list"), axis: arguments.integer("axis"), assuming: arguments.assumptions)
  }

  static let stack = CatalogueFunction(
    "stack", family: .shape, ["list", .optional("axis", 0)],
    samples: ["input x: [2, 3], y: [2, 3]\nz = stack([x, y, 2*x], axis=1)"]
  ) { arguments throws(ShapeError) in
    try TensorExpression.stacked(
      arguments.tensors("list"), axis: arguments.integer("axis"), assuming: arguments.assumptions)
  }

  /// Zeros, or a value, before and after: one pair for each axis, one pair for all, or one amount for all sides.
  static let pad = CatalogueFunction(
    "pad", family: .shape, ["x", "pairs", .optional("mode", "zeros"), .optional("value", 0)],
    samples: [
      "input x: [2, 3]\ny = pad(x, ((0, 0), (1, 2)), mode=\"reflect\")",
      "input x: [2, 3]\ny = pad(x, ((1, 2), (0, 3)))", "input x: [3]\ny = pad(x, (7, 6))",
      "input x: [3], c: []\ny = pad(x, (1, 2), value=c)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let sides: [PaddingSides]
    if let amount = arguments["pairs"].asSize {
      sides = x.shape.map { _ in PaddingSides(before: amount, after: amount) }
    } else {
      let entries = arguments["pairs"].entries
      let isPair = entries.count == 2 && entries.allSatisfy { $0.asSize != nil }
      let pairs = try arguments.pairs(isPair ? [.list(entries)] : entries, "pairs")
      sides = isPair ? x.shape.map { _ in pairs[0] } : pairs
    }
    return try arguments.padded(x, sides)
  }

  static let flip = CatalogueFunction(
    "flip", family: .shape, ["x", .optional("axis", Argument.none)],
    samples: ["input x: [2, 3]\ny = flip(x)", "input x: [2, 3, 4]\ny = flip(x, axis=(0, 2))"]
  ) { arguments throws(ShapeError) in try arguments.tensor("x").flipped(axes: arguments.axes()) }

  /// Entries moved on, those that leave the end coming in at the start; without an axis in flat order.
  static let roll = CatalogueFunction(
    "roll", family: .shape, ["x", "shift", .optional("axis", Argument.none)],
    samples: [
      "input x: [2, 3]\ny = roll(x, 1, axis=1)",
      "input x: [4, 3]\ny = roll(x, (-1, 2), axis=(0, 1))",
      "input x: [2, 3]\ny = roll(x, 2)",
    ]
  ) { arguments throws(ShapeError) in
    var x = try arguments.tensor("x")
    let shifts = try arguments.sizes("shift")
    guard let axes = try arguments.axes() else {
      guard shifts.count == 1 else { throw arguments.broken("axis", "has an entry for each shift") }
      return try x.flattened().rolled(by: shifts[0], axis: 0, assuming: arguments.assumptions)
        .reshaped(x.shape)
    }
    guard shifts.count == axes.count else {
      throw arguments.broken("axis", "has an entry for each shift")
    }
    for (shift, axis) in zip(shifts, axes) {
      x = try x.rolled(by: shift, axis: axis, assuming: arguments.assumptions)
    }
    return x
  }

  static let broadcastTo = CatalogueFunction(
    "broadcast_to", family: .shape, ["x", .variadic("shape")],
    samples: ["input x: [3, 1]\ny = broadcast_to(x, (2, 3, 4))"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").broadcast(
      to: arguments.shape("shape"), assuming: arguments.assumptions)
  }

  /// PyTorch's im2col: windows as columns, `[N, C, H, W]` to `[N, C*K*L, P*Q]`, for any number of spatial axes.
  static let unfold = CatalogueFunction(
    "unfold", family: .shape,
    [
      "x", "kernel", .optional("dilation", 1), .optional("padding", 0), .optional("stride", 1),
    ],
    samples: [
      "input x: [2, 3, 5, 6]\ny = unfold(x, (3, 2), stride=2)",
      "input x: [2, 3, 7]\ny = unfold(x, 3, dilation=2, padding=1)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    guard x.rank >= 3 else {
      throw .rank(function: "unfold", expected: "at least 3", found: x.shape)
    }
    let count = x.rank - 2
    let kernel = try arguments.spatial("kernel", count)
    let stride = try arguments.spatial("stride", count)
    let dilation = try arguments.spatial("dilation", count)
    let padding = try arguments.padding("padding", count)
    var windows: [SlidingWindow] = []
    for axis in 0..<count {
      let window = SlidingWindow(
        kernel: kernel[axis], stride: stride[axis], dilation: dilation[axis])
      windows.append(
        try padding.window(
          window, spatialAxis: axis, extent: x.shape[axis + 2], function: "unfold",
          arguments.assumptions))
    }
    return try x.unfolded(windows, assuming: arguments.assumptions)
  }
}
