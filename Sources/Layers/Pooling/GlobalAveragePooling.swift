import TensorExpressions

/// The mean over all spatial axes, `[N, C, H, W]` to `[N, C]`.
public func globalAveragePool(
  _ x: TensorExpression, layout: SpatialLayout = .channelsFirst, keepingAxes: Bool = false
) throws(ShapeError) -> TensorExpression {
  guard x.rank >= 3 else {
    throw .rank(function: "global_avg_pool", expected: "at least 3", found: x.shape)
  }
  return try x.mean(axes: layout.spatialAxes(rank: x.rank), keepingAxes: keepingAxes)
}

extension CatalogueFunction {
  static let globalAvgPool = CatalogueFunction(
    "global_avg_pool", family: .pooling,
    ["x", .optional("keepdims", false), .optional("layout", "NCHW")],
    samples: [
      "input x: [2, 3, 4, 5]\ny = global_avg_pool(x)",
      "input x: [2, 4, 5, 3]\ny = global_avg_pool(x, keepdims=True, layout=\"NHWC\")",
    ]
  ) { arguments throws(ShapeError) in
    try globalAveragePool(
      arguments.tensor("x"), layout: arguments.layout(), keepingAxes: arguments.flag("keepdims"))
  }
}
