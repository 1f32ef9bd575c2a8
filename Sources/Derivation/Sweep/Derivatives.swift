import Scalars
import TensorExpressions

/// Derivatives as expressions. They are ordinary expressions again, so every order is had by repeating.
public enum Derivatives {
  /// The gradient of a scalar by `x`, of x's shape, in the space that x's structure allows.
  public static func gradient(
    of loss: TensorExpression, by x: TensorExpression
  ) throws(DerivationError) -> TensorExpression {
    try vectorJacobianProduct(of: loss, by: x, with: loss.filled(1))
  }

  /// The vector-Jacobian product of `y` by `x` with the cotangent `v`, of x's shape.
  public static func vectorJacobianProduct(
    of y: TensorExpression, by x: TensorExpression, with v: TensorExpression
  ) throws(DerivationError) -> TensorExpression {
    let folded = ForwardFolding(in: [y])
    let cotangents = try Pullback()([(folded[y], v)], to: [folded[x]])
    return x.projected(cotangents[folded[x]] ?? x.zero)
  }

  /// The Jacobian-vector product of `y` by `x` along the tangent `v`, of y's shape.
  public static func jacobianVectorProduct(
    of y: TensorExpression, by x: TensorExpression, along v: TensorExpression
  ) throws(DerivationError) -> TensorExpression {
    let folded = ForwardFolding(in: [y])
    return try Pushforward()(folded[y], along: [folded[x]: v])
  }

  /// The Jacobian of `y` by `x`: y's axes, then x's.
  public static func jacobian(
    of y: TensorExpression, by x: TensorExpression
  ) throws(DerivationError) -> TensorExpression {
    let rank = y.rank
    let axes = y.shape.indices.map(Affine.index)
    let identity = y.space.contraction(
      Contraction(indices: y.shape, output: axes + axes, operands: []), shape: y.shape + y.shape)
    let folded = ForwardFolding(in: [y])
    let cotangents = try Pullback(leading: y.shape)([(folded[y], identity)], to: [folded[x]])
    let jacobian = cotangents[folded[x]] ?? x.space.zeros(y.shape + x.shape)
    return x.projected(jacobian, leading: rank)
  }

  /// The Hessian of a scalar by `x`: x's axes twice.
  public static func hessian(
    of loss: TensorExpression, by x: TensorExpression
  ) throws(DerivationError) -> TensorExpression {
    try jacobian(of: gradient(of: loss, by: x), by: x)
  }
}

extension TensorExpression {
  /// A cotangent of this value in the space that the value's declared structure allows.
  ///
  /// For a symmetric `X` it is ½(G + Gᵀ), by the convention of its free entries G + Gᵀ − diag(G); diagonal and
  /// lower triangular values have it cut to their entries. `leading` axes come before the matrix's own.
  func projected(_ cotangent: TensorExpression, leading: Int = 0) -> TensorExpression {
    guard case .symbol(let symbol) = kind, rank == 2, shape[0] == shape[1] else { return cotangent }
    let structure = symbol.structure
    if structure.contains(.diagonal) { return cotangent.diagonalPart(leading) }
    if structure.contains(.lower) { return cotangent.lowerPart(leading) }
    if structure.contains(.symmetricEntries) {
      return cotangent + cotangent.transposedTail(leading) - cotangent.diagonalPart(leading)
    }
    if structure.isSymmetric {
      return (cotangent + cotangent.transposedTail(leading)).scaled(by: Coefficient(Rational(1, 2)))
    }
    return cotangent
  }

  /// What a direction in this value's space is multiplied with, entry by entry and summed, to give the derivative along
  /// it: the gradient itself, but for the convention of free entries, under which an entry off the diagonal of a
  /// symmetric matrix stands for two.
  public func covector(ofGradient gradient: TensorExpression) -> TensorExpression {
    guard case .symbol(let symbol) = kind, symbol.structure.contains(.symmetricEntries),
      symbol.structure.isDisjoint(with: [.diagonal, .lower])
    else { return gradient }
    return (gradient + gradient.diagonalPart(0)).scaled(by: Coefficient(Rational(1, 2)))
  }

  private func transposedTail(_ leading: Int) -> TensorExpression {
    var access = shape.indices.map(Affine.index)
    access.swapAt(leading, leading + 1)
    return reindexed(access, to: shape)
  }

  private func diagonalPart(_ leading: Int) -> TensorExpression {
    let access = (0..<leading).map(Affine.index) + [.index(leading), .index(leading)]
    return space.contraction(
      Contraction(
        indices: Array(shape.dropLast()), output: access, operands: [.init(self, access)]),
      shape: shape)
  }

  /// The entries at (i, j) for i ≥ j.
  private func lowerPart(_ leading: Int) -> TensorExpression {
    let access = shape.indices.map(Affine.index)
    return space.contraction(
      Contraction(
        indices: shape, output: access, operands: [.init(self, access)],
        guards: [.init(.index(leading) - .index(leading + 1), below: shape[leading])]),
      shape: shape)
  }
}
