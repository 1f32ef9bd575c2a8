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
  static let pytorchMax = pytorchExtremum("max", .maximum, row: "maximum") {
    x, axes, keeping throws(ShapeError) in try x.maximum(axes: axes, keepingAxes: keeping)
  }

  static let pytorchMin = pytorchExtremum("min", .minimum, row: "minimum") {
    x, axes, keeping throws(ShapeError) in try x.minimum(axes: axes, keepingAxes: keeping)
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
    _ name: String, _ kind: Extremum.Kind, row: String,
    _ body:
      @escaping @Sendable (_ x: TensorExpression, _ axes: [Int]?, _ keeping: Bool)
      throws(ShapeError) -> TensorExpression
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .reductions,
      ["x", .optional("axis", Argument.none), .optional("keepdims", false)], framework: .pytorch,
      samples: [
        "input x: [2, 3], y: [3]\nz = torch.\(name)(x, y)",
        "input x: [2, 3]\nv, i = torch.\(name)(x, dim=1)\nz = v + x[arange(2), i]",
      ],
      .pair { arguments throws(ShapeError) in
        let x = try arguments.tensor("x")
        if case .tensor(let other) = arguments["axis"] {
          return (try arguments.applying(row, [x, other]), nil)
        }
        if arguments.isNone("axis") { return (try body(x, nil, false), nil) }
        let axis = try x.normalizedAxis(arguments.integer("axis"))
        let keeping = try arguments.flag("keepdims")
        return (
          try body(x, [axis], keeping),
          try x.extremePlaces(kind, axis: axis, keepingAxis: keeping)
        )
      })
  }
}
