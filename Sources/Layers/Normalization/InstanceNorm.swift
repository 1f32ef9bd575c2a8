import TensorExpressions

/// Instance normalisation: statistics over space, of every example and channel by itself.
///
/// `x` is `[N, C, …]`; the variance is biased; `gamma` and `beta` have one entry for each channel, nil stands
/// for 1 and 0. Source: D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance normalization" (2016).
public func instanceNorm(
  _ x: TensorExpression, gamma: TensorExpression? = nil, beta: TensorExpression? = nil,
  eps: TensorExpression, layout: SpatialLayout = .channelsFirst,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  guard x.rank >= 3 else {
    throw .rank(function: "instance_norm", expected: "at least 3", found: x.shape)
  }
  return try x.standardized(axes: layout.spatialAxes(rank: x.rank), eps: eps, assumptions)
    .scaledAndShifted(
      gamma, beta, axes: [layout.channelAxis(rank: x.rank)], function: "instance_norm", assumptions)
}

extension CatalogueFunction {
  static let instanceNorm = CatalogueFunction(
    "instance_norm", family: .layers,
    [
      "x", .optional("gamma", 1), .optional("beta", 0), .epsilon, .optional("layout", "NCHW"),
    ],
    samples: [
      "input x: [2, 3, 4]\nparam gamma: [3], beta: [3]\ny = instance_norm(x, gamma, beta)"
    ]
  ) { arguments throws(ShapeError) in
    try Layers.instanceNorm(
      arguments.tensor("x"), gamma: arguments.tensorUnlessOne("gamma"),
      beta: arguments.tensorUnlessZero("beta"), eps: arguments.tensor("eps"),
      layout: arguments.layout(), assuming: arguments.assumptions)
  }
}
