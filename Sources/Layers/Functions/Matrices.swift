import TensorExpressions

extension TensorExpression {
  /// The entries x[i, i + k] of two axes, which make way for one at the end.
  fileprivate func diagonal(
    _ k: Int, axes: (Int, Int), _ arguments: BoundArguments
  ) throws(ShapeError) -> TensorExpression {
    let (row, column) = (try normalizedAxis(axes.0), try normalizedAxis(axes.1))
    guard row != column else { throw arguments.broken("axis2", "is another axis than `axis1`") }
    let (down, right) = (Size(Swift.max(0, -k)), Size(Swift.max(0, k)))
    let (rows, columns) = (shape[row] - down, shape[column] - right)
    let known = arguments.assumptions
    guard known.isAtLeast(columns - rows, 0) || known.isAtLeast(rows - columns, 0) else {
      throw arguments.broken("x", "has axes of which it is known which is the longer one")
    }
    let count = known.isAtLeast(columns - rows, 0) ? rows : columns
    guard known.isAtLeast(count, 1) else {
      throw arguments.broken("offset", "is inside the matrix")
    }
    let others = shape.indices.filter { $0 != row && $0 != column }
    var access = shape.indices.map(Affine.index)
    for (place, axis) in others.enumerated() { access[axis] = .index(place) }
    access[row] = .index(others.count) + down
    access[column] = .index(others.count) + right
    return reindexed(access, to: others.map { shape[$0] } + [count])
  }
}

extension CatalogueFunction {
  static let trace = matrixFunction("trace", aliases: ["tr"]) { x, assumptions throws(ShapeError) in
    try x.trace(assuming: assumptions)
  }

  static let inverse = matrixFunction("inv", structure: "nonsingular") {
    x, assumptions throws(ShapeError) in try x.inverse(assuming: assumptions)
  }

  static let determinant = matrixFunction("det") { x, assumptions throws(ShapeError) in
    try x.determinant(assuming: assumptions)
  }

  static let cholesky = matrixFunction("cholesky", structure: "spd") {
    x, assumptions throws(ShapeError) in try x.cholesky(assuming: assumptions)
  }

  /// log det(X), defined where the determinant is positive.
  static let logDeterminant = matrixFunction("logdet", structure: "spd") {
    x, assumptions throws(ShapeError) in try x.logDeterminant(assuming: assumptions)
  }

  /// The k-th diagonal of a matrix, or the matrix with a vector on its k-th diagonal.
  static let diagonal = CatalogueFunction(
    "diag", family: .matrices, ["x", .optional("k", 0)],
    samples: [
      "input x: [3]\ny = diag(x)", "input x: [3, 3]\ny = diag(x)",
      "input x: [3]\ny = diag(x, 1)", "input x: [3, 3]\ny = diag(x, -1)",
    ]
  ) { arguments throws(ShapeError) in
    let (x, k) = (try arguments.tensor("x"), try arguments.integer("k"))
    if k == 0 { return try x.diagonal(assuming: arguments.assumptions) }
    guard x.rank == 1 else { return try x.diagonal(k, axes: (0, 1), arguments) }
    let extent = x.shape[0] + Size(Swift.abs(k))
    let places = [Swift.max(0, -k), Swift.max(0, k)].map { Affine.index(0) + Size($0) }
    return x.embedded(at: places, in: [extent, extent])
  }

  /// The k-th diagonals of matrices that lie in two axes, along a last axis.
  static let diagonals = CatalogueFunction(
    "diagonal", family: .matrices,
    ["x", .optional("offset", 0), .optional("axis1", 0), .optional("axis2", 1)],
    samples: ["input x: [3, 3]\ny = x.diagonal()", "input x: [2, 3, 3]\ny = diagonal(x, 1, 1, 2)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").diagonal(
      arguments.integer("offset"), axes: (arguments.integer("axis1"), arguments.integer("axis2")),
      arguments)
  }

  /// The sign of the determinant, and the logarithm of its magnitude.
  static let signedLogDeterminant = CatalogueFunction(
    "slogdet", family: .matrices, ["x"],
    samples: ["input x: [3, 3] spd\ns, y = slogdet(x)\nz = s * y"],
    .parts { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      if x.declaredSymbol?.structure.contains(.positiveDefinite) == true {
        return [
          x.space.number(Size.one), try x.logDeterminant(assuming: arguments.assumptions),
        ]
      }
      let determinant = try x.determinant(assuming: arguments.assumptions)
      return [try arguments.applying("sign", [determinant]), log(abs(determinant))]
    })

  /// inv(a) @ b.
  static let solve = CatalogueFunction(
    "solve", family: .matrices, ["a", "b"],
    samples: ["input a: [3, 3] nonsingular, b: [3, 2]\nx = solve(a, b)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("a").solving(arguments.tensor("b"), assuming: arguments.assumptions)
  }

  static let lowerTriangle = triangle("tril") { x, k throws(ShapeError) in try x.lowerTriangle(k) }
  static let upperTriangle = triangle("triu") { x, k throws(ShapeError) in try x.upperTriangle(k) }

  /// The identity of n rows, or ones on the main diagonal of n×m.
  static let eye = CatalogueFunction(
    "eye", family: .matrices, ["n", .optional("m", Argument.none)],
    samples: ["input x: [3, 2]\ny = eye(3) @ x", "input x: [4, 2]\ny = eye(3, 4) @ x"]
  ) { arguments throws(ShapeError) in
    let rows = try arguments.extent("n")
    let columns = arguments.isNone("m") ? rows : try arguments.extent("m")
    return arguments.space.identity(rows, columns)
  }

  static let zeros = CatalogueFunction(
    "zeros", family: .matrices, [.variadic("shape")],
    samples: ["input x: [2, 3]\ny = concat([x, zeros(2, 1)], axis=1)"]
  ) { arguments throws(ShapeError) in
    arguments.space.zeros(try arguments.shape("shape"))
  }

  static let ones = CatalogueFunction(
    "ones", family: .matrices, [.variadic("shape")],
    samples: ["input x: [2, 3]\ny = x @ ones(3, 4)"]
  ) { arguments throws(ShapeError) in
    arguments.space.ones(try arguments.shape("shape"))
  }

  private static func matrixFunction(
    _ name: String, aliases: [String] = [], structure: String = "",
    _ body:
      @escaping @Sendable (_ x: TensorExpression, ShapeAssumptions) throws(ShapeError)
      -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, aliases: aliases, family: .matrices, ["x"],
      samples: [
        "input x: [3, 3]\(structure.isEmpty ? "" : " ")\(structure)\ny = \(name)(x)"
      ]
    ) { arguments throws(ShapeError) in
      try body(arguments.tensor("x"), arguments.assumptions)
    }
  }

  private static func triangle(
    _ name: String,
    _ body:
      @escaping @Sendable (_ x: TensorExpression, _ k: Size) throws(ShapeError) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .matrices, ["x", .optional("k", 0)],
      samples: [
        "input x: [3, 4]\ny = \(name)(x)", "input x: [4, 3]\ny = \(name)(x, 1)",
        "input x: [2, 3, 4]\ny = \(name)(x, -1)",
      ]
    ) { arguments throws(ShapeError) in
      try body(arguments.tensor("x"), arguments.size("k"))
    }
  }
}
