import TensorExpressions

/// A formula with its shape, which broadcasts to the shape of the expression that it stands for.
struct Piece {
  var formula: Formula
  /// The formula's own shape: leading axes may be missing and extents be 1 where the expression repeats.
  var shape: [Size]
  /// Whether the formula is a chain of matrices that may be joined from the left.
  var isChain = false

  /// The formula in an expression of shape `target`, repeated explicitly where it is smaller.
  func full(_ target: [Size]) -> Formula {
    if shape == target { return formula }
    if case .number(let value) = formula {
      if value.isZero { return .filled(.zeros(target)) }
      return Formula.number(value) * .filled(.ones(target))
    }
    if padded(to: target.count) == target { return formula.viewed(.reshape(target)) }
    return formula.mappingTensor { .view(.broadcast(target), $0) }
  }

  /// The shape as seen from `rank` axes: missing leading axes are 1.
  func padded(to rank: Int) -> [Size] {
    Array(repeating: .one, count: max(0, rank - shape.count)) + shape
  }
}
