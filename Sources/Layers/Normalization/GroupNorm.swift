import TensorExpressions

/// Group normalisation: statistics over space and the channels of one group, of every example by itself.
///
/// `x` is `[N, C, …]`, and `groups` divides C; the variance is biased; `gamma` and `beta` have one entry for
/// each channel, nil stands for 1 and 0. Source: Y. Wu, K. He, "Group normalization" (2018), section 3.1.
public func groupNorm(
  _ x: TensorExpression, groups: Size, gamma: TensorExpression? = nil,
  beta: TensorExpression? = nil, eps: TensorExpression,
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  guard x.rank >= 2 else {
    throw .rank(function: "group_norm", expected: "at least 2", found: x.shape)
  }
  guard assumptions.isAtLeast(groups, 1),
    let perGroup = assumptions.quotient(x.shape[1], by: groups)
  else { throw .groups(function: "group_norm", channels: x.shape[1], groups: groups) }
  let grouped = try x.reshaped(
    [x.shape[0], groups, perGroup] + x.shape[2...], assuming: assumptions)
  return try grouped.standardized(axes: Array(2..<grouped.rank), eps: eps, assumptions)
    .reshaped(x.shape, assuming: assumptions)
    .scaledAndShifted(gamma, beta, axes: [1], function: "group_norm", assumptions)
}

extension CatalogueFunction {
  static let groupNorm = CatalogueFunction(
    "group_norm", family: .layers,
    ["x", "groups", .optional("gamma", 1), .optional("beta", 0), .epsilon],
    samples: [
      "input x: [2, 6, 4]\nparam gamma: [6], beta: [6]\ny = group_norm(x, 2, gamma, beta)"
    ]
  ) { arguments throws(ShapeError) in
    try Layers.groupNorm(
      arguments.tensor("x"), groups: arguments.size("groups"),
      gamma: arguments.tensorUnlessOne("gamma"), beta: arguments.tensorUnlessZero("beta"),
      eps: arguments.tensor("eps"), assuming: arguments.assumptions)
  }
}
