import TensorExpressions

extension PoolingWindows {
  /// The mean of every window, in which padding counts as zeros.
  ///
  /// ```
  /// y[n, c, p, q] = 1/(K·L) · Σ x[n, c, s·p + k − π, s·q + l − π]
  /// ```
  func average(of x: TensorExpression, function: String) throws(ShapeError) -> TensorExpression {
    let count = Size.product(windows.map(\.kernel))
    guard let weight = Coefficient(count).reciprocal else {
      throw .argument(function: function, name: "kernel", rule: "is at least 1")
    }
    let shape = outputShape(x)
    return x.space.contraction(
      Contraction(
        coefficient: weight, indices: shape + windows.map(\.kernel),
        output: shape.indices.map(Affine.index),
        operands: [Contraction.Operand(x, access(rank: x.rank))]), shape: shape)
  }
}

extension CatalogueFunction {
  static let avgPool1d = averagePooling(
    "avg_pool1d", spatialCount: 1,
    samples: [
      "input x: [2, 3, 7]\ny = avg_pool1d(x, 3, stride=2, padding=1)",
      "input x: [2, 3, 7]\ny = avg_pool1d(x, 2, ceil_mode=True)",
      "input x: [2, 3, 6]\ny = avg_pool1d(x, 3, 2, 1, count_include_pad=False)",
      "input x: [2, 3, 6]\ny = avg_pool1d(x, 3, divisor_override=5)",
    ])

  static let avgPool2d = averagePooling(
    "avg_pool2d", spatialCount: 2,
    samples: [
      "input x: [2, 3, 5, 6]\ny = avg_pool2d(x, 2)",
      "input x: [2, 5, 6, 3]\ny = avg_pool2d(x, (3, 2), stride=(2, 1), layout=\"NHWC\")",
    ])

  static let avgPool3d = averagePooling(
    "avg_pool3d", spatialCount: 3, samples: ["input x: [1, 2, 4, 2, 5]\ny = avg_pool3d(x, 2)"])

  private static func averagePooling(
    _ name: String, spatialCount: Int, samples: [String]
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .pooling,
      [
        "x", "kernel", .optional("stride", Argument.none), .optional("padding", 0),
        .optional("dilation", 1), .optional("layout", "NCHW"), .optional("ceil_mode", false),
        .optional("count_include_pad", true), .optional("divisor_override", Argument.none),
      ], samples: samples
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      let windows = try PoolingWindows(arguments, over: x, spatialCount)
      let divisor: PoolingWindows.Divisor =
        if arguments.isNone("divisor_override") {
          try arguments.flag("count_include_pad") ? .taps : .entries
        } else {
          .number(try arguments.size("divisor_override"))
        }
      return try windows.average(
        of: x, by: divisor, function: name, assuming: arguments.assumptions)
    }
  }
}
