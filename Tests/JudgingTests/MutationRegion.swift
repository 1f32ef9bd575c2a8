import TensorExpressions

/// The part of a derived formula that is written in one line: everything down to declared tensors and named values.
struct MutationRegion {
  let root: TensorExpression
  /// The nodes of the line, operands first.
  let nodes: [TensorExpression]
  /// The values it is made of.
  let leaves: [TensorExpression]

  init(_ root: TensorExpression) {
    self.root = root
    var inner: [TensorExpression] = []
    var outer: [TensorExpression] = []
    var seen: Set<TensorExpression> = []
    var stack = [root]
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      switch node.kind {
      case .symbol, .named: outer.append(node)
      case .sum, .contraction, .elementwise, .extremum, .selector, .inverse, .determinant,
        .cholesky, .recurrence:
        inner.append(node)
        stack += node.operands
      }
    }
    nodes = inner.sorted { $0.id < $1.id }
    leaves = outer.sorted { $0.id < $1.id }
  }

  /// The line with one node replaced, wherever it stands.
  func replacing(_ node: TensorExpression, by replacement: TensorExpression) -> TensorExpression {
    var memo = [node: replacement]
    for inner in nodes where memo[inner] == nil {
      if inner.operands.contains(where: { memo[$0] != nil && memo[$0] != $0 }) {
        memo[inner] = inner.replacingOperands(inner.operands.map { memo[$0] ?? $0 })
      }
    }
    return memo[root] ?? root
  }

  /// The line with names of the backward pass written out.
  static func inlined(_ root: TensorExpression, keeping: Set<TensorExpression>) -> TensorExpression
  {
    var memo: [TensorExpression: TensorExpression] = [:]
    for node in TensorExpression.postorder(of: [root]) {
      if keeping.contains(node) {
        memo[node] = node
      } else if case .named(_, let value) = node.kind {
        memo[node] = memo[value] ?? value
      } else {
        memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
      }
    }
    return memo[root] ?? root
  }
}

extension Contraction {
  /// The same relation with some parts exchanged.
  func with(
    coefficient: Coefficient? = nil, output: [Affine]? = nil, operands: [Operand]? = nil,
    guards: [Guard]? = nil
  ) -> Contraction {
    Contraction(
      coefficient: coefficient ?? self.coefficient, indices: indices,
      output: output ?? self.output, operands: operands ?? self.operands,
      guards: guards ?? self.guards)
  }

  func withAccess(_ position: Int, _ access: [Affine]) -> Contraction {
    var changed = operands
    changed[position] = Operand(operands[position].value, access)
    return with(operands: changed)
  }

  func node(like other: TensorExpression) -> TensorExpression {
    other.space.contraction(self, shape: other.shape)
  }
}
