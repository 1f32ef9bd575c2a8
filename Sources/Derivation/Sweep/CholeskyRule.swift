import Scalars
import TensorExpressions

/// The derivative of the Cholesky factor L of a symmetric positive definite X = L·Lᵀ.
///
/// ```
/// X̄ = ½·L⁻ᵀ·(tril P + (tril P)ᵀ − diag P)·L⁻¹      with P = Lᵀ·L̄
/// L̇ = L·(tril S − ½·diag S)                        with S = L⁻¹·Ẋ·L⁻ᵀ
/// ```
///
/// X̄ is symmetric, as X is.
///
/// - SeeAlso: I. Murray, "Differentiation of the Cholesky decomposition" (2016), equations 8 and 10.
struct CholeskyRule {
  let factor: TensorExpression

  private var size: Size { factor.shape[0] }
  private var inverse: TensorExpression { factor.space.inverse(factor) }

  /// - Parameter leading: the extents of the axes that the cotangent has before those of the factor.
  func pull(_ cotangent: TensorExpression, leading: [Size]) -> TensorExpression {
    let product = chain(
      .one, [(factor, [1, 0]), (cotangent, [1, 2])], over: 3, to: [0, 2], leading: leading,
      carrier: 1)
    let lower = triangle(product)
    let middle = factor.space.sum(
      [lower, transposed(lower), diagonal(product, scale: .minusOne)], shape: product.shape)
    return chain(
      Coefficient(Rational(1, 2)), [(inverse, [2, 0]), (middle, [2, 3]), (inverse, [3, 1])],
      over: 4, to: [0, 1], leading: leading, carrier: 1)
  }

  func push(_ tangent: TensorExpression) -> TensorExpression {
    let inner = chain(
      .one, [(inverse, [0, 2]), (tangent, [2, 3]), (inverse, [1, 3])], over: 4, to: [0, 1])
    let half = factor.space.sum(
      [triangle(inner), diagonal(inner, scale: Coefficient(Rational(-1, 2)))],
      shape: inner.shape)
    return chain(.one, [(factor, [0, 2]), (half, [2, 1])], over: 3, to: [0, 1])
  }

  /// A product of square matrices over some indices, of which one operand carries the leading axes.
  private func chain(
    _ coefficient: Coefficient, _ factors: [(value: TensorExpression, access: [Int])],
    over count: Int, to output: [Int], leading: [Size] = [], carrier: Int = 0
  ) -> TensorExpression {
    let lead = leading.indices.map { Affine.index(count + $0) }
    return factor.space.contraction(
      Contraction(
        coefficient: coefficient, indices: Array(repeating: size, count: count) + leading,
        output: lead + output.map(Affine.index),
        operands: factors.enumerated().map { position, factor in
          .init(
            factor.value, (position == carrier ? lead : []) + factor.access.map(Affine.index))
        }),
      shape: leading + [size, size])
  }

  /// The entries on and below the diagonals of the last two axes.
  private func triangle(_ x: TensorExpression) -> TensorExpression {
    let access = x.shape.indices.map(Affine.index)
    return x.space.contraction(
      Contraction(
        indices: x.shape, output: access, operands: [.init(x, access)],
        guards: [.init(.index(x.rank - 2) - .index(x.rank - 1), below: size)]),
      shape: x.shape)
  }

  /// The diagonals of the last two axes times a number, with zeros beside them.
  private func diagonal(_ x: TensorExpression, scale: Coefficient) -> TensorExpression {
    let lead = (0..<x.rank - 2).map(Affine.index)
    let access = lead + [.index(x.rank - 2), .index(x.rank - 2)]
    return x.space.contraction(
      Contraction(
        coefficient: scale, indices: Array(x.shape.dropLast()), output: access,
        operands: [.init(x, access)]),
      shape: x.shape)
  }

  private func transposed(_ x: TensorExpression) -> TensorExpression {
    let access = x.shape.indices.map(Affine.index)
    return x.space.contraction(
      Contraction(
        indices: x.shape,
        output: access.dropLast(2) + [.index(x.rank - 1), .index(x.rank - 2)],
        operands: [.init(x, access)]),
      shape: x.shape)
  }
}
