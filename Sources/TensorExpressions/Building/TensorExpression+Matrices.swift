import Scalars

extension TensorExpression {
  /// The sum of the diagonal.
  public func trace(assuming assumptions: ShapeAssumptions = .none) throws(ShapeError)
    -> TensorExpression
  {
    try requireSquare("trace", assumptions)
    return space.contraction(
      Contraction(
        indices: [shape[0]], output: [],
        operands: [Contraction.Operand(self, [.index(0), .index(0)])]), shape: [])
  }

  /// The diagonal of a square matrix, or the matrix that has a vector on its diagonal.
  public func diagonal(assuming assumptions: ShapeAssumptions = .none) throws(ShapeError)
    -> TensorExpression
  {
    switch rank {
    case 1: return embedded(at: [.index(0), .index(0)], in: [shape[0], shape[0]])
    case 2:
      try requireSquare("diag", assumptions)
      return reindexed([.index(0), .index(0)], to: [shape[0]])
    default: throw .rank(function: "diag", expected: "1 or 2", found: shape)
    }
  }

  /// The entries on and below the k-th diagonal of every matrix of a stack, zero elsewhere.
  public func lowerTriangle(_ k: Size = 0) throws(ShapeError) -> TensorExpression {
    guard rank >= 2 else { throw .rank(function: "tril", expected: "at least 2", found: shape) }
    // j ≤ i + k, of which i + k − j < rows + k is never a restriction.
    return guarded(
      Affine.index(rank - 2) - .index(rank - 1) + k, below: shape[rank - 2] + k)
  }

  /// The entries on and above the k-th diagonal of every matrix of a stack, zero elsewhere.
  public func upperTriangle(_ k: Size = 0) throws(ShapeError) -> TensorExpression {
    guard rank >= 2 else { throw .rank(function: "triu", expected: "at least 2", found: shape) }
    return guarded(
      Affine.index(rank - 1) - .index(rank - 2) + -k, below: shape[rank - 1] - k)
  }

  /// The tensor where a coordinate lies in `0 ..< extent`, zero elsewhere.
  private func guarded(_ coordinate: Affine, below extent: Size) -> TensorExpression {
    let plain = shape.indices.map(Affine.index)
    return space.contraction(
      Contraction(
        indices: shape, output: plain, operands: [Contraction.Operand(self, plain)],
        guards: [Contraction.Guard(coordinate, below: extent)]), shape: shape)
  }

  /// The inverse of a square matrix.
  public func inverse(assuming assumptions: ShapeAssumptions = .none) throws(ShapeError)
    -> TensorExpression
  {
    space.inverse(try squared("inv", assumptions))
  }

  /// The determinant of a square matrix.
  public func determinant(assuming assumptions: ShapeAssumptions = .none) throws(ShapeError)
    -> TensorExpression
  {
    space.determinant(try squared("det", assumptions))
  }

  /// log det(X), defined where the determinant is positive.
  public func logDeterminant(assuming assumptions: ShapeAssumptions = .none) throws(ShapeError)
    -> TensorExpression
  {
    log(space.determinant(try squared("logdet", assumptions)))
  }

  /// The lower triangular L with a positive diagonal for which L·Lᵀ = X, for a symmetric positive definite X.
  ///
  /// ```
  /// L[j,j] = √(X[j,j] − Σₖ L[j,k]²),   L[i,j] = (X[i,j] − Σₖ L[i,k]·L[j,k]) / L[j,j],   k < j < i
  /// ```
  ///
  /// Of a matrix that is not declared symmetric it is the factor of ½·(X + Xᵀ), so that its gradient is symmetric as
  /// frameworks give it.
  ///
  /// - Throws: ``ShapeError`` where the matrix is not square.
  /// - SeeAlso: G. Golub, C. Van Loan, "Matrix Computations" (2013), 4.2.
  public func cholesky(assuming assumptions: ShapeAssumptions = .none) throws(ShapeError)
    -> TensorExpression
  {
    let x = try squared("cholesky", assumptions)
    if x.unnamed.declaredSymbol?.structure.isSymmetric == true { return space.cholesky(x) }
    let turned = x.reindexed([.index(1), .index(0)], to: x.shape)
    return space.cholesky(
      space.sum([x, turned], shape: x.shape).scaled(by: Coefficient(Rational(1, 2))))
  }

  /// X⁻¹·b for a vector or a matrix b.
  public func solving(
    _ b: TensorExpression, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    try space.inverse(try squared("solve", assumptions)).matmul(b, assuming: assumptions)
  }

  private func requireSquare(
    _ function: String, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    guard rank == 2 else { throw .rank(function: function, expected: "2", found: shape) }
    guard assumptions.areEqual(shape[0], shape[1]) else {
      throw .square(function: function, found: shape)
    }
  }

  /// The matrix, its two extents written alike.
  private func squared(
    _ function: String, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    try requireSquare(function, assumptions)
    if shape[0] == shape[1] { return self }
    return reindexed([.index(0), .index(1)], to: [shape[0], shape[0]])
  }
}

extension ExpressionSpace {
  /// The identity matrix, or ones on the main diagonal of a rectangle.
  public func identity(_ rows: Size, _ columns: Size? = nil) -> TensorExpression {
    contraction(
      Contraction(indices: [rows], output: [.index(0), .index(0)], operands: []),
      shape: [rows, columns ?? rows])
  }

  /// The tensor of a shape whose every entry is 1.
  public func ones(_ shape: [Size]) -> TensorExpression { filled(.one, shape) }
}
