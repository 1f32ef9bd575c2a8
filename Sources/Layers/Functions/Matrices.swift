import TensorExpressions

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

  /// The diagonal of a matrix, or the matrix with a vector on its diagonal.
  static let diagonal = CatalogueFunction(
    "diag", family: .matrices, ["x"],
    samples: ["input x: [3]\ny = diag(x)", "input x: [3, 3]\ny = diag(x)"]
  ) { arguments throws(ShapeError) in
    try arguments.tensor("x").diagonal(assuming: arguments.assumptions)
  }

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
