import TensorExpressions

extension CatalogueFunction {
  static let matmul = product(
    "matmul", aliases: ["bmm", "mm"],
    sample: "input x: [2, 3, 4], y: [4, 5]\nz = matmul(x, y)"
  ) {
    x, y, assumptions throws(ShapeError) in try x.matmul(y, assuming: assumptions)
  }

  static let dot = product("dot", sample: "input x: [3], y: [3]\nz = dot(x, y)") {
    x, y, assumptions throws(ShapeError) in try x.dot(y, assuming: assumptions)
  }

  static let inner = product("inner", sample: "input x: [2, 3], y: [4, 3]\nz = inner(x, y)") {
    x, y, assumptions throws(ShapeError) in try x.inner(y, assuming: assumptions)
  }

  static let outer = product("outer", sample: "input x: [2], y: [3]\nz = outer(x, y)") {
    x, y, _ throws(ShapeError) in try x.outer(y)
  }

  static let kron = product("kron", sample: "input x: [2, 3], y: [4, 5]\nz = kron(x, y)") {
    x, y, _ throws(ShapeError) in x.kron(y)
  }

  /// `axes`: how many last axes of one meet the first of the other, or a list of axes for each.
  static let tensordot = CatalogueFunction(
    "tensordot", family: .products, ["a", "b", .optional("axes", 2)],
    samples: [
      "input x: [2, 3, 4], y: [3, 4, 5]\nz = tensordot(x, y)",
      "input x: [2, 3, 4], y: [4, 5, 2]\nz = tensordot(x, y, axes=([0, 2], [2, 0]))",
    ]
  ) { arguments throws(ShapeError) in
    let (a, b) = (try arguments.tensor("a"), try arguments.tensor("b"))
    if let count = arguments["axes"].asSize?.asInt {
      guard count >= 0, count <= a.rank, count <= b.rank else {
        throw arguments.broken("axes", "is at most the rank of either operand")
      }
      return try a.tensordot(
        b, axes: Array((a.rank - count)..<a.rank), Array(0..<count), assuming: arguments.assumptions
      )
    }
    let lists = arguments["axes"].entries.map { $0.entries.map { $0.asSize?.asInt } }
    let axes = lists.map { $0.compactMap { $0 } }
    guard axes.count == 2, zip(axes, lists).allSatisfy({ $0.count == $1.count }) else {
      throw arguments.broken("axes", "is a number, or a list of axes for each operand")
    }
    return try a.tensordot(b, axes: axes[0], axes[1], assuming: arguments.assumptions)
  }

  static let einsum = CatalogueFunction(
    "einsum", family: .products, ["equation", .variadic("operands")],
    samples: [
      "input x: [2, 3], W: [3, 4]\ny = einsum(\"bi,io->bo\", x, W)",
      "input x: [3, 3, 2], y: [2]\nz = einsum(\"iij,j\", x, y)",
      "input x: [2, 3, 4], y: [5, 4]\nz = einsum(\"...i,ji->...j\", x, y)",
    ]
  ) { arguments throws(ShapeError) in
    try TensorExpression.einsum(
      arguments.text("equation"), arguments.tensors("operands"), assuming: arguments.assumptions)
  }

  private static func product(
    _ name: String, aliases: [String] = [], sample: String,
    _ body:
      @escaping @Sendable (_ x: TensorExpression, _ y: TensorExpression, ShapeAssumptions)
      throws(ShapeError) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(name, aliases: aliases, family: .products, ["x", "y"], samples: [sample]) {
      arguments throws(ShapeError) in
      try body(arguments.tensor("x"), arguments.tensor("y"), arguments.assumptions)
    }
  }
}
