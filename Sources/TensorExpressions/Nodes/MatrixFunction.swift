/// What is computed of a square matrix as a whole.
public enum MatrixFunction: Hashable, Sendable {
  /// Its inverse.
  case inverting
  /// Its determinant.
  case measuring
  /// Its Cholesky factor.
  case factoring
}

extension TensorExpression {
  /// The function of a whole matrix that the node is, with the matrix; nil for other nodes.
  public var asMatrixFunction: (function: MatrixFunction, matrix: TensorExpression)? {
    switch kind {
    case .inverse(let matrix): (.inverting, matrix)
    case .determinant(let matrix): (.measuring, matrix)
    case .cholesky(let matrix): (.factoring, matrix)
    case .symbol, .named, .sum, .contraction, .elementwise, .extremum, .selector, .recurrence: nil
    }
  }
}
