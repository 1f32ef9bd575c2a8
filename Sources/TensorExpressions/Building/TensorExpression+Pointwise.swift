import Scalars

/// Sums, products and quotients entry by entry, of operands of one shape or of a number and a tensor.
/// Broadcasting of other shapes is in `TensorExpression+Broadcasting.swift`.
extension TensorExpression {
  /// The tensor of this shape with one number in every entry.
  public func filled(_ value: Rational) -> TensorExpression {
    space.filled(Coefficient(value), shape)
  }

  /// The zero of this shape.
  public var zero: TensorExpression { space.zeros(shape) }

  /// The product of this tensor with a number.
  public func scaled(by factor: Coefficient) -> TensorExpression {
    if factor.isOne { return self }
    if factor.isZero { return zero }
    if case .contraction(let c) = kind, c.isPointwise || c.operands.isEmpty {
      return space.contraction(c.scaled(by: factor), shape: shape)
    }
    let access = shape.indices.map(Affine.index)
    return space.contraction(
      Contraction(
        coefficient: factor, indices: shape, output: access,
        operands: [Contraction.Operand(self, access)]), shape: shape)
  }

  /// The product of tensors of one shape, entry by entry.
  ///
  /// Factors that are such products themselves are taken together into one contraction, unless it would be longer than
  /// anyone writes: squaring a square again and again must not double its length each time.
  static func pointwiseProduct(_ factors: [TensorExpression]) -> TensorExpression {
    let shape = factors[0].shape
    precondition(factors.allSatisfy { $0.shape == shape }, "factors have one shape")
    let access = shape.indices.map(Affine.index)
    var coefficient = Coefficient.one
    var operands: [Contraction.Operand] = []
    for factor in factors {
      if case .contraction(let c) = factor.kind, c.isPointwise, c.indices == shape,
        operands.count + c.operands.count <= longestFlatProduct
      {
        coefficient = coefficient * c.coefficient
        operands += c.operands
      } else {
        operands.append(Contraction.Operand(factor, access))
      }
    }
    return factors[0].space.contraction(
      Contraction(coefficient: coefficient, indices: shape, output: access, operands: operands),
      shape: shape)
  }

  /// The greatest number of factors that are taken together.
  private static let longestFlatProduct = 64

  /// 1/x, entry by entry.
  public var reciprocal: TensorExpression {
    if let value = asConstant, let inverse = value.reciprocal {
      return space.filled(inverse, shape)
    }
    return Elementwise.apply("reciprocal", self)
  }

  /// The sum entry by entry.
  ///
  /// - Precondition: the operands broadcast, whatever the sizes are.
  public static func + (a: TensorExpression, b: TensorExpression) -> TensorExpression {
    let (x, y) = aligned(a, b)
    return x.space.sum([x, y], shape: x.shape)
  }

  /// The difference entry by entry.
  ///
  /// - Precondition: the operands broadcast, whatever the sizes are.
  public static func - (a: TensorExpression, b: TensorExpression) -> TensorExpression { a + -b }

  /// The negative of every entry; that of a sum is the sum of its terms' negatives.
  public static prefix func - (a: TensorExpression) -> TensorExpression {
    if case .sum(let terms) = a.kind { return a.space.sum(terms.map { -$0 }, shape: a.shape) }
    return a.scaled(by: .minusOne)
  }

  /// The product entry by entry, not that of matrices.
  ///
  /// - Precondition: the operands broadcast, whatever the sizes are.
  public static func * (a: TensorExpression, b: TensorExpression) -> TensorExpression {
    let (x, y) = aligned(a, b)
    return pointwiseProduct([x, y])
  }

  /// The quotient entry by entry, as a product with the reciprocal.
  ///
  /// - Precondition: the operands broadcast, whatever the sizes are.
  public static func / (a: TensorExpression, b: TensorExpression) -> TensorExpression {
    a * b.reciprocal
  }

  /// The tensor with a number added to every entry.
  public static func + (a: TensorExpression, b: Rational) -> TensorExpression { a + a.filled(b) }
  /// The tensor with a number added to every entry.
  public static func + (a: Rational, b: TensorExpression) -> TensorExpression { b.filled(a) + b }
  /// The tensor with a number taken from every entry.
  public static func - (a: TensorExpression, b: Rational) -> TensorExpression { a + a.filled(-b) }
  /// A number less each entry of the tensor.
  public static func - (a: Rational, b: TensorExpression) -> TensorExpression { b.filled(a) + -b }
  /// The tensor with every entry multiplied by a number.
  public static func * (a: Rational, b: TensorExpression) -> TensorExpression {
    b.scaled(by: Coefficient(a))
  }

  /// The tensor with every entry multiplied by a number.
  public static func * (a: TensorExpression, b: Rational) -> TensorExpression { b * a }
  /// A number divided by each entry of the tensor.
  public static func / (a: Rational, b: TensorExpression) -> TensorExpression {
    a * b.reciprocal
  }

  /// The tensor with every entry divided by a number.
  ///
  /// - Precondition: the number is not zero.
  public static func / (a: TensorExpression, b: Rational) -> TensorExpression {
    b.reciprocal * a
  }

  /// The operands broadcast to one shape; a shape error is a wrong program here.
  private static func aligned(
    _ a: TensorExpression, _ b: TensorExpression
  ) -> (TensorExpression, TensorExpression) {
    if a.shape == b.shape { return (a, b) }
    do {
      let pair = try broadcast([a, b])
      return (pair[0], pair[1])
    } catch {
      preconditionFailure("operands do not broadcast: \(error)")
    }
  }
}
