import Scalars

/// Reductions made of others.
extension TensorExpression {
  /// The mean square distance from the mean; the divisor is the count less the correction.
  ///
  /// ```
  /// var(x) = Σ (x − mean(x))² / (n − correction)
  /// ```
  public func variance(
    axes: [Int]? = nil, correction: Size = 0, keepingAxes: Bool = false,
    assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let count = Size.product(try normalizedAxes(axes).map { shape[$0] })
    guard assumptions.isAtLeast(count - correction, 1),
      let weight = Coefficient(count - correction).reciprocal
    else {
      throw .argument(
        function: "var", name: "correction", rule: "is less than the number of entries, \(count)")
    }
    let deviation = try minus(try mean(axes: axes, keepingAxes: true))
    return try deviation.squared.weightedSum(
      weight, axes: axes, keepingAxes: keepingAxes)
  }

  /// The square root of the variance.
  public func standardDeviation(
    axes: [Int]? = nil, correction: Size = 0, keepingAxes: Bool = false,
    assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    sqrt(
      try variance(
        axes: axes, correction: correction, keepingAxes: keepingAxes, assuming: assumptions))
  }

  /// log Σ exp(x), without the shift by the maximum that floating point needs: arithmetic is exact.
  public func logSumExp(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    log(try exp(self).sum(axes: axes, keepingAxes: keepingAxes))
  }

  /// The sum of absolute values.
  public func norm1(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    try abs(self).sum(axes: axes, keepingAxes: keepingAxes)
  }

  /// The root of the sum of squares, whatever the rank.
  public func norm2(axes: [Int]? = nil, keepingAxes: Bool = false) throws(ShapeError)
    -> TensorExpression
  {
    sqrt(try squared.sum(axes: axes, keepingAxes: keepingAxes))
  }

  private func weightedSum(
    _ weight: Coefficient, axes: [Int]?, keepingAxes: Bool
  ) throws(ShapeError) -> TensorExpression {
    let sum = try sum(axes: axes, keepingAxes: keepingAxes)
    guard let contraction = sum.asContraction, sum != self else { return sum.scaled(by: weight) }
    return space.contraction(contraction.scaled(by: weight), shape: sum.shape)
  }
}
