import Scalars
import TensorExpressions

/// Batch normalisation with the statistics of the batch: over all axes but the channels'.
///
/// ```
/// y = gamma · (x − mean(x)) / √(var(x) + eps) + beta
/// ```
///
/// The variance is biased. `gamma` and `beta` have one entry for each channel; nil stands for 1 and 0.
/// Source: S. Ioffe, C. Szegedy, "Batch normalization" (2015), algorithm 1.
public func batchNorm(
  _ x: TensorExpression, gamma: TensorExpression? = nil, beta: TensorExpression? = nil,
  eps: TensorExpression, layout: SpatialLayout = .channelsFirst,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  guard x.rank >= 2 else {
    throw .rank(function: "batch_norm", expected: "at least 2", found: x.shape)
  }
  let channel = layout.channelAxis(rank: x.rank)
  return try x.standardized(
    axes: x.shape.indices.filter { $0 != channel }, eps: eps, assumptions
  )
  .scaledAndShifted(gamma, beta, axes: [channel], function: "batch_norm", assumptions)
}

extension CatalogueFunction {
  static let batchNorm = CatalogueFunction(
    "batch_norm", family: .layers,
    [
      "x", .optional("gamma", 1), .optional("beta", 0), .epsilon, .optional("layout", "NCHW"),
    ],
    samples: [
      "input x: [4, 3]\nparam gamma: [3], beta: [3]\ny = batch_norm(x, gamma, beta)",
      "input x: [2, 3, 2, 4]\nparam gamma: [3]\ny = batch_norm(x, gamma, eps=0.1)",
      "input x: [2, 4, 3]\nparam beta: [3]\ny = batch_norm(x, beta=beta, layout=\"NHWC\")",
    ]
  ) { arguments throws(ShapeError) in
    try Layers.batchNorm(
      arguments.tensor("x"), gamma: arguments.tensorUnlessOne("gamma"),
      beta: arguments.tensorUnlessZero("beta"), eps: arguments.tensor("eps"),
      layout: arguments.layout(), assuming: arguments.assumptions)
  }
}

extension Parameter {
  /// PyTorch's default of what is added to variances.
  static let epsilon = Parameter.optional("eps", number: Rational(1, 100_000))
}
