import TensorExpressions

/// Reductions of the entries up to each place along an axis that are no sums: recurrences from the first entry.
extension CatalogueFunction {
  /// p[t] = p[t−1]·x[t]
  static let cumprod = running("cumprod") { $0 * $1 }

  /// m[t] = max(m[t−1], x[t])
  static let cummax = running("cummax", row: "maximum")

  /// m[t] = min(m[t−1], x[t])
  static let cummin = running("cummin", row: "minimum")

  /// l[t] = log(exp(l[t−1]) + exp(x[t]))
  static let logcumsumexp = running("logcumsumexp") { log(exp($0) + exp($1)) }

  private static func running(_ name: String, row: String) -> CatalogueFunction {
    running(name, hasPlaces: true) { a, b in
      Elementwise.named(row).map { a.space.elementwise($0, [a, b]) } ?? a
    }
  }

  /// - Parameter hasPlaces: whether PyTorch gives the places of the entries as well.
  private static func running(
    _ name: String, hasPlaces: Bool = false,
    _ step: @escaping @Sendable (TensorExpression, TensorExpression) -> TensorExpression
  ) -> CatalogueFunction {
    let body: @Sendable (BoundArguments) throws(ShapeError) -> TensorExpression = {
      arguments throws(ShapeError) in
      var x = try arguments.tensor("x")
      if arguments.isNone("axis") { x = try x.flattened() }
      let axis = arguments.isNone("axis") ? 0 : try x.normalizedAxis(arguments.integer("axis"))
      return x.running(axis, step)
    }
    return CatalogueFunction(
      name, family: .reductions, ["x", .optional("axis", Argument.none)],
      samples: ["input x: [4, 3]\ny = \(name)(x, axis=0)"],
      hasPlaces ? .first(body) : .value(body))
  }
}

extension TensorExpression {
  /// What an operation comes to along an axis, from the first entry on.
  fileprivate func running(
    _ axis: Int, _ step: (TensorExpression, TensorExpression) -> TensorExpression
  ) -> TensorExpression {
    if shape[axis].isOne { return self }
    var steps = SequenceSteps(
      length: shape[axis], axis: axis, starts: [part(at: .zero, of: axis)], first: 1)
    let entry = steps.entry(of: self, axis: axis)
    steps.set(0, step(steps.previous(0), entry))
    return steps.sequence(0)
  }

  /// The products of all entries along an axis, which stays with the extent 1.
  func runningProductsLast(_ axis: Int) -> TensorExpression {
    let products = running(axis) { $0 * $1 }
    return products.part(at: shape[axis] - 1, of: axis).insertingAxes([axis])
  }
}
