import Scalars
import TensorExpressions

/// Functions whose name means something else behind a framework's prefix.
extension CatalogueFunction {
  /// NumPy's `dot`: the matrix product of matrices, the inner product of vectors.
  static let numpyDot = CatalogueFunction(
    "dot", family: .products, ["x", "y"], framework: .numpy,
    samples: ["input x: [2, 3], y: [3, 4]\nz = np.dot(x, y)"]
  ) { arguments throws(ShapeError) in
    let (x, y) = (try arguments.tensor("x"), try arguments.tensor("y"))
    if x.rank == 0 || y.rank == 0 { return try x.times(y, assuming: arguments.assumptions) }
    guard y.rank <= 2 else { throw .rank(function: "dot", expected: "at most 2", found: y.shape) }
    return try x.matmul(y, assuming: arguments.assumptions)
  }

  /// PyTorch's variance, unbiased unless it says otherwise.
  static let pytorchVariance = pytorchDeviation("var") {
    x, axes, correction, keeping, assumptions throws(ShapeError) in
    try x.variance(
      axes: axes, correction: correction, keepingAxes: keeping, assuming: assumptions)
  }

  static let pytorchStandardDeviation = pytorchDeviation("std") {
    x, axes, correction, keeping, assumptions throws(ShapeError) in
    try x.standardDeviation(
      axes: axes, correction: correction, keepingAxes: keeping, assuming: assumptions)
  }

  /// PyTorch's maximum: of two tensors, or of one over all its entries. Along an axis it is a pair.
  static let pytorchMax = pytorchExtremum("max", "amax", row: "maximum") {
    x throws(ShapeError) in try x.maximum()
  }

  static let pytorchMin = pytorchExtremum("min", "amin", row: "minimum") {
    x throws(ShapeError) in try x.minimum()
  }

  /// PyTorch's `layer_norm`, over as many last axes as the shape that is given has.
  static let pytorchLayerNorm = CatalogueFunction(
    "layer_norm", family: .layers,
    [
      "x", "normalized_shape", .optional("weight", 1), .optional("b", 0),
      .optional("eps", number: Rational(1, 100_000)),
    ], framework: .pytorch,
    samples: ["input x: [2, 3]\nparam g: [3], b: [3]\ny = F.layer_norm(x, (3,), g, b)"]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    let normalized = try arguments.shape("normalized_shape")
    guard normalized.count <= x.rank, !normalized.isEmpty,
      zip(x.shape.suffix(normalized.count), normalized).allSatisfy({
        arguments.assumptions.areEqual($0, $1)
      })
    else { throw arguments.broken("normalized_shape", "is made of the last extents") }
    let axes = Array((x.rank - normalized.count)..<x.rank)
    let centred = try x.minus(
      x.mean(axes: axes, keepingAxes: true), assuming: arguments.assumptions)
    let variance = try x.variance(
      axes: axes, correction: 0, keepingAxes: true, assuming: arguments.assumptions)
    let deviation = sqrt(
      try variance.plus(arguments.tensor("eps"), assuming: arguments.assumptions))
    let standardized = try centred.over(deviation, assuming: arguments.assumptions)
    let scaled = try arguments.tensorUnlessOne("weight").map { weight throws(ShapeError) in
      try standardized.times(weight, assuming: arguments.assumptions)
    }
    let shifted = try arguments.tensorUnlessZero("b").map { bias throws(ShapeError) in
      try (scaled ?? standardized).plus(bias, assuming: arguments.assumptions)
    }
    return shifted ?? scaled ?? standardized
  }

  private static func pytorchDeviation(
    _ name: String,
    _ body:
      @escaping @Sendable (
        _ x: TensorExpression, _ axes: [Int]?, _ correction: Size, _ keeping: Bool,
        ShapeAssumptions
      ) throws(ShapeError) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .reductions,
      [
        "x", .optional("axis", Argument.none), .optional("unbiased", true),
        .optional("keepdims", false), .optional("correction", Argument.none),
      ], framework: .pytorch,
      samples: ["input x: [2, 3]\ny = torch.\(name)(x, dim=1)"]
    ) { arguments throws(ShapeError) in
      let correction =
        arguments.isNone("correction")
        ? (try arguments.flag("unbiased") ? 1 : 0) : try arguments.size("correction")
      return try body(
        arguments.tensor("x"), arguments.axes(), correction, arguments.flag("keepdims"),
        arguments.assumptions)
    }
  }

  private static func pytorchExtremum(
    _ name: String, _ alongAxes: String, row: String,
    _ body: @escaping @Sendable (TensorExpression) throws(ShapeError) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .reductions,
      ["x", .optional("axis", Argument.none), .optional("keepdims", false)], framework: .pytorch,
      samples: ["input x: [2, 3], y: [3]\nz = torch.\(name)(x, y)"]
    ) { arguments throws(ShapeError) in
      if case .tensor(let other) = arguments["axis"] {
        return try arguments.applying(row, [arguments.tensor("x"), other])
      }
      guard arguments.isNone("axis") else {
        throw arguments.broken(
          "axis", "gives a pair of values and places in PyTorch; `\(alongAxes)` gives the values")
      }
      return try body(arguments.tensor("x"))
    }
  }
}
