import TensorExpressions

/// What a loss makes of the losses of single entries.
public enum Reduction: String, Hashable, Sendable {
  case mean, sum, none

  func applied(to losses: TensorExpression) throws(ShapeError) -> TensorExpression {
    switch self {
    case .mean: try losses.mean()
    case .sum: try losses.sum()
    case .none: losses
    }
  }
}

extension CatalogueFunction {
  /// The losses of single entries as a loss gives them; "batchmean" is the sum over the first extent.
  static let reduced = CatalogueFunction(
    "reduced", family: .reductions, ["losses", .optional("reduction", "mean")],
    samples: [
      "input x: [2, 3]\nloss L = reduced(x**2)",
      "input x: [2, 3]\nloss L = reduced(x**2, \"batchmean\")",
    ]
  ) { arguments throws(ShapeError) in
    let losses = try arguments.tensor("losses")
    if case .text("batchmean") = arguments["reduction"], let batch = losses.shape.first {
      return try losses.sum().scaled(by: Coefficient(batch).reciprocal ?? .one)
    }
    return try arguments.reduction().applied(to: losses)
  }
}
