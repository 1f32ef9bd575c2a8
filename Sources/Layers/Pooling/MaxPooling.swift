import TensorExpressions

extension PoolingWindows {
  /// The largest entry of every window; padding takes no part, and of a tie the first entry is taken.
  ///
  /// ```
  /// y[n, c, p, q] = max over k, l of x[n, c, s·p + d·k − π, s·q + d·l − π]
  /// ```
  func maximum(of x: TensorExpression) -> Extremum {
    Extremum(
      kind: .maximum, ties: .first, operand: x, outputExtents: outputShape(x),
      windowExtents: windows.map(\.kernel), access: access(rank: x.rank))
  }
}

extension CatalogueFunction {
  static let maxPool1d = placedPooling(
    "max_pool1d", spatialCount: 1,
    samples: [
      "input x: [2, 3, 7]\ny = max_pool1d(x, 3, stride=2)",
      "input x: [2, 3, 7]\ny = max_pool1d(x, 3, stride=1, padding=2, dilation=2)",
      "input x: [2, 3, 7]\ny = max_pool1d(x, 2, ceil_mode=True)",
    ])

  static let maxPool2d = placedPooling(
    "max_pool2d", spatialCount: 2,
    samples: [
      "input x: [2, 3, 5, 6]\ny = max_pool2d(x, (2, 3))",
      "input x: [2, 5, 6, 3]\ny = max_pool2d(x, 3, stride=2, padding=1, layout=\"NHWC\")",
      "input x: [2, 3, 4, 6]\ny, i = max_pool2d(x, 2, return_indices=True)\nz = max_unpool2d(y, i, 2)",
    ])

  static let maxPool3d = placedPooling(
    "max_pool3d", spatialCount: 3, samples: ["input x: [1, 2, 4, 2, 5]\ny = max_pool3d(x, 2)"])

  /// The 0/1 tensor of the entry that each window of `max_pool1d` takes, its axes the pooling's and then the window's:
  /// what the pooling's gradient is written with.
  static let maxPool1dSelector = maxPooling(
    "max_pool1d_selector", spatialCount: 1,
    samples: ["input x: [2, 3, 7]\ny = max_pool1d_selector(x, 3, stride=2) * 2"]
  ) { x, windows in x.space.selector(windows.maximum(of: x)) }

  /// The same for `max_pool2d`.
  static let maxPool2dSelector = maxPooling(
    "max_pool2d_selector", spatialCount: 2,
    samples: ["input x: [2, 3, 5, 6]\ny = max_pool2d_selector(x, (2, 3)) * 2"]
  ) { x, windows in x.space.selector(windows.maximum(of: x)) }

  /// Pooling that can tell the places of its maxima, in flat order over the spatial axes.
  private static func placedPooling(
    _ name: String, spatialCount: Int, samples: [String]
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .pooling,
      [
        "x", "kernel", .optional("stride", Argument.none), .optional("padding", 0),
        .optional("dilation", 1), .optional("layout", "NCHW"), .optional("ceil_mode", false),
        .optional("return_indices", false),
      ], samples: samples,
      .pair { arguments throws(ShapeError) in
        let x = try arguments.tensor("x")
        let windows = try PoolingWindows(arguments, over: x, spatialCount)
        let largest = windows.maximum(of: x)
        return (x.space.extremum(largest), largest.flatPlaces(overLast: spatialCount))
      })
  }

  private static func maxPooling(
    _ name: String, spatialCount: Int, samples: [String],
    _ body: @escaping @Sendable (TensorExpression, PoolingWindows) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .pooling,
      [
        "x", "kernel", .optional("stride", Argument.none), .optional("padding", 0),
        .optional("dilation", 1), .optional("layout", "NCHW"), .optional("ceil_mode", false),
      ], samples: samples
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      return body(x, try PoolingWindows(arguments, over: x, spatialCount))
    }
  }
}
