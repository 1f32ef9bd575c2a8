import TensorExpressions

/// Axes along which nothing changes.
extension Simplifier {
  /// Rule *broadcast*: f(a, b) and a + b of operands that are all the same along an axis are computed without that axis
  /// and broadcast afterwards; an axis of extent 1 is such an axis.
  func withoutConstantAxes(
    _ operands: [TensorExpression], _ make: ([TensorExpression]) -> TensorExpression
  ) -> TensorExpression? {
    guard let shape = operands.first?.shape, !shape.isEmpty else { return nil }
    let kept = shape.indices.filter { axis in
      operands.contains { !$0.isConstant(alongAxis: axis) }
    }
    if kept.count == shape.count { return nil }
    let reduced = operands.compactMap { $0.keepingAxes(kept) }
    guard reduced.count == operands.count else { return nil }
    let value = make(reduced.map(simplified))
    return fused(
      Contraction(
        indices: shape, output: shape.indices.map(Affine.index),
        operands: [.init(value, kept.map(Affine.index))]), shape: shape, space: value.space)
  }
}

extension TensorExpression {
  /// Whether the value is a contraction that is the same at every place of an axis.
  fileprivate func isConstant(alongAxis axis: Int) -> Bool {
    guard case .contraction(let c) = kind else { return false }
    let coordinate = c.output[axis]
    if shape[axis].isOne, coordinate.isConstant { return coordinate.constant.isZero }
    guard let index = coordinate.asIndex, c.indices[index] == shape[axis] else { return false }
    let others =
      c.output.indices.filter { $0 != axis }.map { c.output[$0] }
      + c.operands.flatMap(\.access) + c.guards.map(\.coordinate)
    return !others.contains { $0.mentions(index) }
  }

  /// The contraction without axes along which it is constant.
  fileprivate func keepingAxes(_ kept: [Int]) -> TensorExpression? {
    guard case .contraction(let c) = kind else { return nil }
    let dropped = Set(
      c.output.indices.filter { !kept.contains($0) }.compactMap { c.output[$0].asIndex })
    let indices = c.indices.indices.filter { !dropped.contains($0) }
    let number = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($1, $0) })
    func renumbered(_ coordinate: Affine) -> Affine { coordinate.renumbered { number[$0] ?? $0 } }
    return space.contraction(
      Contraction(
        coefficient: c.coefficient, indices: indices.map { c.indices[$0] },
        output: kept.map { renumbered(c.output[$0]) },
        operands: c.operands.map { .init($0.value, $0.access.map(renumbered)) },
        guards: c.guards.map { .init(renumbered($0.coordinate), below: $0.extent) }),
      shape: kept.map { shape[$0] })
  }
}
