import TensorExpressions

extension TensorExpression {
  /// The tensor with mean 0 and variance 1 along axes, the variance biased and `eps` added to it.
  ///
  /// ```
  /// x̂ = (x − mean(x)) / √(var(x) + eps)
  /// ```
  func standardized(
    axes: [Int], eps: TensorExpression, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    let deviation = try minus(mean(axes: axes, keepingAxes: true))
    let variance = try deviation.squared.mean(axes: axes, keepingAxes: true)
    return try deviation.over(sqrt(variance.plus(eps)), assuming: assumptions)
  }

  /// gamma·x + beta, both laid along `axes` or scalars; nil for 1 and 0.
  func scaledAndShifted(
    _ gamma: TensorExpression?, _ beta: TensorExpression?, axes: [Int], function: String,
    _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    var result = self
    if let gamma {
      let weight = try laid(gamma, along: axes, name: "gamma", function, assumptions)
      result = try result.times(weight, assuming: assumptions)
    }
    if let beta {
      let shift = try laid(beta, along: axes, name: "beta", function, assumptions)
      result = try result.plus(shift, assuming: assumptions)
    }
    return result
  }

  private func laid(
    _ parameter: TensorExpression, along axes: [Int], name: String, _ function: String,
    _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    if parameter.rank == 0 || parameter.rank == rank { return parameter }
    guard parameter.rank == axes.count else {
      throw .rank(function: function, expected: "\(axes.count)", found: parameter.shape)
    }
    for (axis, extent) in zip(axes, parameter.shape) {
      guard assumptions.areEqual(shape[axis], extent) else {
        throw .extent(function: function, what: name, expected: shape[axis], found: extent)
      }
    }
    return parameter.placed(onAxes: axes, of: rank)
  }
}
