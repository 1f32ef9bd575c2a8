import TensorExpressions

/// The part of a formula that its author wrote down: everything down to declared tensors, gradients and the named
/// values of the forward pass, which are leaves.
package struct ClaimRegion {
  package let root: TensorExpression
  /// The nodes of the region that are not leaves, operands first.
  let nodes: [TensorExpression]
  /// The leaves that occur.
  package let leaves: [TensorExpression]

  package init(_ root: TensorExpression, stoppingAt isLeaf: (TensorExpression) -> Bool) {
    self.root = root
    var seen: Set<TensorExpression> = []
    var inner: [TensorExpression] = []
    var outer: [TensorExpression] = []
    var stack = [root]
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      if case .symbol = node.kind {
        outer.append(node)
      } else if node !== root, isLeaf(node) {
        outer.append(node)
      } else {
        inner.append(node)
        stack += node.operands
      }
    }
    nodes = inner.sorted { $0.id < $1.id }
    leaves = outer.sorted { $0.id < $1.id }
  }
}

extension Contraction {
  /// The indices that share a coordinate with another index: those of strides, kernels and windows.
  var spatialIndices: Set<Int> {
    var result: Set<Int> = []
    for coordinate in output + operands.flatMap(\.access)
    where coordinate.terms.count > 1 && !isMerged(coordinate) {
      result.formUnion(coordinate.terms.map(\.index))
    }
    return result
  }

  /// Whether a coordinate is several axes in one, a·N + b for b below N, as in a reshape.
  private func isMerged(_ coordinate: Affine) -> Bool {
    var weight = Size.one
    var rest = coordinate.terms
    while let position = rest.firstIndex(where: { $0.coefficient == weight }) {
      weight = weight * indices[rest[position].index]
      rest.remove(at: position)
    }
    return rest.isEmpty
  }

  /// The indices that the output does not see: those that are summed.
  var summedIndices: [Int] {
    let seen = Set(output.flatMap { $0.terms.map(\.index) })
    return indices.indices.filter { !seen.contains($0) }
  }

  func replacingAccess(_ position: Int, _ access: [Affine]) -> Contraction {
    var changed = operands
    changed[position] = Operand(operands[position].value, access)
    return Contraction(
      coefficient: coefficient, indices: indices, output: output, operands: changed, guards: guards)
  }

  func replacingOutput(_ access: [Affine]) -> Contraction {
    Contraction(
      coefficient: coefficient, indices: indices, output: access, operands: operands, guards: guards
    )
  }

  func removingOperand(_ position: Int) -> Contraction {
    var changed = operands
    changed.remove(at: position)
    return Contraction(
      coefficient: coefficient, indices: indices, output: output, operands: changed, guards: guards)
  }

  func guarded(_ coordinate: Affine, below extent: Size) -> Contraction {
    Contraction(
      coefficient: coefficient, indices: indices, output: output, operands: operands,
      guards: guards + [Guard(coordinate, below: extent)])
  }
}
