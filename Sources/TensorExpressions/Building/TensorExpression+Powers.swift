import Scalars

extension TensorExpression {
  /// Above this exponent a whole power is a node of its own and not a product of repeated factors.
  private static let longestProduct = 16

  /// The whole power, entry by entry: a product with repeated factors, ones for the exponent 0, the
  /// reciprocal of one for a negative exponent.
  public func power(_ exponent: Int) -> TensorExpression {
    if exponent == 0 { return filled(1) }
    if exponent == 1 { return self }
    if exponent < 0 {
      return exponent == .min ? power(Rational(exponent)) : power(-exponent).reciprocal
    }
    if let value = asConstant, exponent <= Self.longestProduct, let power = value.power(exponent) {
      return space.filled(power, shape)
    }
    if exponent > Self.longestProduct {
      return Elementwise.apply("pow", self, filled(Rational(exponent)))
    }
    return Self.pointwiseProduct(Array(repeating: self, count: exponent))
  }

  /// x² of every entry.
  public var squared: TensorExpression { power(2) }

  /// The rational power, entry by entry; halves go through the square root.
  public func power(_ exponent: Rational) -> TensorExpression {
    if let whole = exponent.asInt, whole != .min { return power(whole) }
    if let twice = (exponent * 2).asInt { return Elementwise.apply("sqrt", self).power(twice) }
    return Elementwise.apply("pow", self, filled(exponent))
  }

  /// The power of operands that broadcast.
  ///
  /// An exponent that is the same number everywhere gives the whole or rational power; any other is x**y =
  /// exp(y·log x), where the base must be positive. A base exp(1) gives exp(y).
  public func power(
    _ exponent: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    if exponent.isZero {
      let pair = try Self.broadcast([self, exponent], assuming: assumptions)
      return pair[0].filled(1)
    }
    if let value = exponent.asConstant {
      let base = try broadcast(
        to: Self.broadcastShape([shape, exponent.shape], assuming: assumptions),
        assuming: assumptions)
      if let number = value.asRational { return base.power(number) }
      return Elementwise.apply("pow", base, base.space.filled(value, base.shape))
    }
    if case .elementwise(let function, let operands) = kind, function.name == "exp",
      operands[0].asConstant?.isOne == true, rank == 0
    {
      return Elementwise.apply("exp", exponent)
    }
    return Elementwise.apply(
      "exp", try exponent.times(Elementwise.apply("log", self), assuming: assumptions))
  }
}
