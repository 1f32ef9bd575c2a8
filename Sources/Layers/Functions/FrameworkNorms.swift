import Scalars
import TensorExpressions

/// Norms, whose name means entries in one module and matrices in another.
extension CatalogueFunction {
  /// PyTorch's `norm` and `vector_norm`: (Σ |x|^p)^(1/p) over all entries, or over axes.
  static let pytorchNorm = entrywise("norm", .pytorch, call: "torch.norm")
  static let vectorNorm = entrywise("vector_norm", .linalg, call: "torch.linalg.vector_norm")

  /// NumPy's `norm`, and that of `torch.linalg`: over two axes a norm of matrices.
  ///
  /// ```
  /// 1: the greatest sum of magnitudes in a column,   "fro": √Σ x²,   2: the greatest singular value, which is refused
  /// ```
  static let numpyNorm = ofMatrices("norm", .numpy, call: "np.linalg.norm")
  static let linalgNorm = ofMatrices("norm", .linalg, call: "torch.linalg.norm")

  private static func entrywise(
    _ name: String, _ module: Framework, call: String
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .reductions, parameters, framework: module,
      samples: [
        "input x: [2, 3]\ny = \(call)(x)", "input x: [2, 3]\ny = \(call)(x, 1)",
        "input x: [2, 3, 4]\ny = \(call)(x, 3, dim=(0, 1))",
      ]
    ) { arguments throws(ShapeError) in
      try arguments.tensor("x").norm(
        arguments.order() ?? 2, axes: arguments.axes(), keepingAxes: arguments.flag("keepdims"))
    }
  }

  private static func ofMatrices(
    _ name: String, _ module: Framework, call: String
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .reductions, parameters, framework: module,
      samples: [
        "input x: [2, 3]\ny = \(call)(x)", "input x: [2, 3]\ny = \(call)(x, 1)",
        "input x: [3]\ny = \(call)(x, 3)", "input x: [2, 3]\ny = \(call)(x, \"fro\")",
      ]
    ) { arguments throws(ShapeError) in
      let (x, keeping) = (try arguments.tensor("x"), try arguments.flag("keepdims"))
      let axes = try x.normalizedAxes(arguments.axes())
      guard !arguments.isNone("p"), axes.count != 1 else {
        return try x.norm(arguments.order() ?? 2, axes: axes, keepingAxes: keeping)
      }
      guard axes.count == 2 else {
        throw arguments.broken("p", "is left out over more than two axes")
      }
      if case .text = arguments["p"] {
        return try x.norm(arguments.order() ?? 2, axes: axes, keepingAxes: keeping)
      }
      guard try arguments.order() == 1 else {
        throw arguments.broken("p", "of a matrix is \"fro\" or 1 here; 2 is its singular value")
      }
      let column = keeping || axes[1] < axes[0] ? axes[1] : axes[1] - 1
      return try abs(x).sum(axes: [axes[0]], keepingAxes: keeping)
        .maximum(axes: [column], keepingAxes: keeping)
    }
  }

  private static let parameters: [Parameter] = [
    "x", .optional("p", Argument.none), .optional("axis", Argument.none),
    .optional("keepdims", false),
  ]
}

extension BoundArguments {
  /// The p of a norm; nil where it is left out.
  fileprivate func order() throws(ShapeError) -> Rational? {
    if isNone("p") { return nil }
    if self["p"] == .text("fro") { return 2 }
    guard let p = self["p"].asNumber?.asRational, p.signum() > 0 else {
      throw broken("p", "is a number above 0, or \"fro\"")
    }
    return p
  }
}

extension TensorExpression {
  /// (Σ |x|^p)^(1/p) over axes.
  func norm(
    _ p: Rational, axes: [Int]?, keepingAxes keeping: Bool
  ) throws(ShapeError) -> TensorExpression {
    if p == 1 { return try norm1(axes: axes, keepingAxes: keeping) }
    if p == 2 { return try norm2(axes: axes, keepingAxes: keeping) }
    let magnitudes = p.asInt.map { $0 % 2 == 0 } == true ? self : abs(self)
    return try magnitudes.power(p).sum(axes: axes, keepingAxes: keeping).power(p.reciprocal)
  }
}
