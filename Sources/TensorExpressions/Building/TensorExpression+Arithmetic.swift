import Scalars

/// Arithmetic entry by entry, of operands that broadcast. Unlike the operators, which take a mismatch for a wrong
/// program, these throw.
extension TensorExpression {
  /// The sum entry by entry.
  ///
  /// - Throws: ``ShapeError`` where the operands do not broadcast.
  public func plus(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let pair = try Self.broadcast([self, other], assuming: assumptions)
    return pair[0] + pair[1]
  }

  /// The difference entry by entry.
  ///
  /// - Throws: ``ShapeError`` where the operands do not broadcast.
  public func minus(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    try plus(-other, assuming: assumptions)
  }

  /// The product entry by entry.
  ///
  /// - Throws: ``ShapeError`` where the operands do not broadcast.
  public func times(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    if rank == 0, let value = asConstant { return other.scaled(by: value) }
    if other.rank == 0, let value = other.asConstant { return scaled(by: value) }
    let pair = try Self.broadcast([self, other], assuming: assumptions)
    return pair[0] * pair[1]
  }

  /// The quotient; the reciprocal is taken before it is repeated.
  public func over(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    try times(other.reciprocal, assuming: assumptions)
  }

  /// A row of the elementwise table applied to operands that broadcast.
  public static func applying(
    _ function: Elementwise, _ operands: [TensorExpression],
    assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    guard operands.count == function.arity else {
      throw .argument(
        function: function.name, name: "operands", rule: "takes \(function.arity) operands")
    }
    let aligned = try broadcast(operands, assuming: assumptions)
    return aligned[0].space.elementwise(function, aligned)
  }

  // MARK: Comparisons: 1 where they hold, 0 elsewhere

  /// 1 where an entry is above the other operand's, else 0.
  ///
  /// - Throws: ``ShapeError`` where the operands do not broadcast.
  public func isGreater(
    than other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    Elementwise.step(try minus(other, assuming: assumptions))
  }

  /// 1 where an entry is not below the other operand's, else 0.
  ///
  /// - Throws: ``ShapeError`` where the operands do not broadcast.
  public func isAtLeast(
    _ other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    1 - (try other.isGreater(than: self, assuming: assumptions))
  }

  /// 1 where two entries are equal, else 0.
  ///
  /// - Throws: ``ShapeError`` where the operands do not broadcast.
  public func isEqual(
    to other: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let pair = try Self.broadcast([self, other], assuming: assumptions)
    return Elementwise.apply("equal", pair[0], pair[1])
  }
}
