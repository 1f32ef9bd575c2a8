import TensorExpressions

/// Reductions: `axis` an integer, a tuple, or all axes; `keepdims` keeps them with extent 1.
extension CatalogueFunction {
  static let sum = reduction("sum") { x, axes, keeping throws(ShapeError) in
    try x.sum(axes: axes, keepingAxes: keeping)
  }

  static let mean = reduction("mean") { x, axes, keeping throws(ShapeError) in
    try x.mean(axes: axes, keepingAxes: keeping)
  }

  static let max = reduction("max", aliases: ["amax"]) { x, axes, keeping throws(ShapeError) in
    try x.maximum(axes: axes, keepingAxes: keeping)
  }

  static let min = reduction("min", aliases: ["amin"]) { x, axes, keeping throws(ShapeError) in
    try x.minimum(axes: axes, keepingAxes: keeping)
  }

  static let prod = reduction("prod") { x, axes, keeping throws(ShapeError) in
    let reduced = try x.normalizedAxes(axes).sorted()
    // Along an axis with a name it is the last of the running products.
    let known = reduced.filter { x.shape[$0].asInt == nil }.reduce(x) { $0.runningProductsLast($1) }
    return try known.product(axes: axes, keepingAxes: keeping)
  }

  static let logsumexp = reduction("logsumexp") { x, axes, keeping throws(ShapeError) in
    try x.logSumExp(axes: axes, keepingAxes: keeping)
  }

  static let norm1 = reduction("norm1") { x, axes, keeping throws(ShapeError) in
    try x.norm1(axes: axes, keepingAxes: keeping)
  }

  static let norm2 = reduction("norm2", aliases: ["norm_fro"]) {
    x, axes, keeping throws(ShapeError) in
    try x.norm2(axes: axes, keepingAxes: keeping)
  }

  /// (Σ |x|^p)^(1/p) along one axis, or the root of the sum of squares over several: other norms of a matrix are
  /// one thing in NumPy and another in PyTorch.
  static let norm = CatalogueFunction(
    "norm", family: .reductions,
    [
      "x", .optional("p", 2), .optional("axis", Argument.none), .optional("keepdims", false),
    ],
    samples: [
      "input x: [2, 3]\ny = norm(x)", "input x: [2, 3]\ny = norm(x, 1, axis=1)",
      "input x: [2, 3]\ny = norm(x, 3, axis=0)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let (axes, keeping) = (try arguments.axes(), try arguments.flag("keepdims"))
    guard let p = arguments["p"].asNumber?.asRational, p.signum() > 0 else {
      throw arguments.broken("p", "is a number above 0")
    }
    guard axes?.count == 1 || x.rank <= 1 || p == 2 else {
      throw arguments.broken(
        "p", "is 2 over several axes; other norms are of vectors, along one axis")
    }
    return try x.norm(p, axes: axes, keepingAxes: keeping)
  }

  static let variance = CatalogueFunction(
    "var", family: .reductions, deviationParameters,
    samples: ["input x: [2, 3, 4]\ny = var(x, axis=1, correction=1)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").variance(
      axes: arguments.axes(), correction: arguments.size("correction"),
      keepingAxes: arguments.flag("keepdims"), assuming: arguments.assumptions)
  }

  static let standardDeviation = CatalogueFunction(
    "std", family: .reductions, deviationParameters,
    samples: ["input x: [2, 3, 4]\ny = std(x, axis=(0, 2), keepdims=True)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").standardDeviation(
      axes: arguments.axes(), correction: arguments.size("correction"),
      keepingAxes: arguments.flag("keepdims"), assuming: arguments.assumptions)
  }

  /// The 0/1 tensor of the entries that `max` takes, its axes those that are kept and then the reduced ones: what the
  /// gradient of `max` is written with.
  static let maxSelector = axisSelector("max_selector", .maximum)

  /// The same for `min`.
  static let minSelector = axisSelector("min_selector", .minimum)

  private static let deviationParameters: [Parameter] = [
    "x", .optional("axis", Argument.none), .optional("correction", 0),
    .optional("keepdims", false),
  ]

  private static func reduction(
    _ name: String, aliases: [String] = [],
    _ body:
      @escaping @Sendable (_ x: TensorExpression, _ axes: [Int]?, _ keeping: Bool)
      throws(ShapeError)
      -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, aliases: aliases, family: .reductions,
      ["x", .optional("axis", Argument.none), .optional("keepdims", false)],
      samples: [
        "input x: [2, 3]\ny = \(name)(x)",
        "input x: [2, 3, 4]\ny = \(name)(x, axis=1)",
        "input x: [2, 3, 4]\ny = \(name)(x, axis=(0, -1), keepdims=True)",
      ]
    ) { arguments throws(ShapeError) in
      try body(arguments.tensor("x"), arguments.axes(), arguments.flag("keepdims"))
    }
  }

  private static func axisSelector(_ name: String, _ kind: Extremum.Kind) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .reductions, ["x", .optional("axis", Argument.none)],
      samples: ["input x: [2, 3, 4]\ny = \(name)(x, axis=1) * x.permute(0, 2, 1)"]
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      return x.space.selector(try x.axisExtremum(kind, axes: arguments.axes()))
    }
  }
}
