import TensorExpressions

/// Softmaxes and logarithms of sums of exponentials in the form that never overflows: every exponential is that of the
/// difference to the largest one.
///
/// ```
/// m = max(u)    softmax(u) = exp(u − m) / Σ exp(u − m)    log(Σ exp(u)) = m + log(Σ exp(u − m))
/// ```
///
/// The values are the same; a program that computes with rounding needs the difference.
public enum StableForms {
  /// The same values with every softmax and every such logarithm in its stable form, for the roots
  /// and all their parts.
  public static func applied(to roots: [TensorExpression]) -> [TensorExpression] {
    TensorExpression.rebuilding(roots) { node in
      if let stable = stable(node) { return stable }
      guard let folded = ExponentialNormalization.folded(node) else { return node }
      return folded.replacingOperands(folded.operands.map { stable($0) ?? $0 })
    }
  }

  private static func stable(_ node: TensorExpression) -> TensorExpression? {
    guard let rule = ExponentialNormalization(node) else { return nil }
    let form = ShiftedExponentials(of: rule.argument, summedAxes: rule.summedAxes)
    switch rule.kind {
    case .softmax: return form.softmax
    case .logSoftmax: return form.logSoftmax
    case .logSumExp: return form.logSum(shape: node.shape, read: rule.access)
    }
  }
}

/// The exponentials of u − max(u) over some axes, and what is made of them.
private struct ShiftedExponentials {
  private let argument: TensorExpression
  private let axes: [Affine]
  /// Where an entry of u finds its maximum and its sum, whose summed axes are kept with extent 1.
  private let kept: [Affine]
  private let keptShape: [Size]
  private let maximum: TensorExpression
  private let exponentials: TensorExpression
  private let total: TensorExpression

  init(of argument: TensorExpression, summedAxes: Set<Int>) {
    let shape = argument.shape
    let space = argument.space
    let summed = summedAxes.sorted()
    self.argument = argument
    axes = shape.indices.map(Affine.index)
    kept = shape.indices.map { summedAxes.contains($0) ? .constant(.zero) : .index($0) }
    keptShape = shape.indices.map { summedAxes.contains($0) ? .one : shape[$0] }
    var read = shape.indices.map(Affine.index)
    for (number, axis) in summed.enumerated() { read[axis] = .index(shape.count + number) }
    maximum = space.extremum(
      Extremum(
        kind: .maximum, ties: .shared, operand: argument, outputExtents: keptShape,
        windowExtents: summed.map { shape[$0] }, access: read))
    let repeated = Self.product([(maximum, kept)], shape, space, coefficient: .minusOne)
    exponentials = space.elementwise(.exponential, [space.sum([argument, repeated], shape: shape)])
    total = space.contraction(
      Contraction(
        indices: shape, output: kept, operands: [Contraction.Operand(exponentials, axes)]),
      shape: keptShape)
  }

  var softmax: TensorExpression {
    let space = argument.space
    let inverse = space.elementwise(.reciprocal, [total])
    return Self.product([(exponentials, axes), (inverse, kept)], argument.shape, space)
  }

  private var logTotal: TensorExpression {
    let space = argument.space
    return space.sum([maximum, space.elementwise(.logarithm, [total])], shape: keptShape)
  }

  var logSoftmax: TensorExpression {
    let space = argument.space
    let repeated = Self.product([(logTotal, kept)], argument.shape, space, coefficient: .minusOne)
    return space.sum([argument, repeated], shape: argument.shape)
  }

  /// - Parameter read: where each axis of the result lies in u.
  func logSum(shape: [Size], read: [Affine]) -> TensorExpression {
    let access = argument.shape.indices.map { axis -> Affine in
      read.firstIndex { $0.asIndex == axis }.map(Affine.index) ?? .constant(.zero)
    }
    return Self.product([(logTotal, access)], shape, argument.space)
  }

  private static func product(
    _ operands: [(TensorExpression, [Affine])], _ shape: [Size], _ space: ExpressionSpace,
    coefficient: Coefficient = .one
  ) -> TensorExpression {
    space.contraction(
      Contraction(
        coefficient: coefficient, indices: shape, output: shape.indices.map(Affine.index),
        operands: operands.map { Contraction.Operand($0.0, $0.1) }), shape: shape)
  }
}
