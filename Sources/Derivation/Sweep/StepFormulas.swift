import TensorExpressions

extension Recurrence {
  /// The least extent of an axis whose places are the steps.
  var extent: Size { first + count }
}

extension TensorExpression {
  /// The sequence's values at the steps, with the steps in front.
  func steps(of recurrence: Recurrence, lead: Int) -> TensorExpression {
    recurrence.steps.entries(of: self, axis: lead, at: .index(0))
  }

  /// Whether every part that depends on the step has a form with a further axis.
  var hasFormForAllSteps: Bool {
    var moving: Set<TensorExpression> = []
    for node in TensorExpression.postorder(of: [self]) {
      guard node.isStepSymbol || node.operands.contains(where: moving.contains) else { continue }
      moving.insert(node)
      switch node.kind {
      case .inverse, .determinant, .cholesky, .recurrence: return false
      case .symbol, .sum, .contraction, .elementwise, .extremum, .selector, .named: continue
      }
    }
    return true
  }

  /// Whether it is a function applied entry by entry.
  var isFunction: Bool {
    switch kind {
    case .elementwise: true
    case .symbol, .sum, .contraction, .extremum, .selector, .inverse, .determinant, .cholesky,
      .named,
      .recurrence:
      false
    }
  }

  /// The expression with parts under a name.
  func naming(_ parts: Set<TensorExpression>, _ name: String) -> TensorExpression {
    var memo: [TensorExpression: TensorExpression] = [:]
    for node in TensorExpression.postorder(of: [self]) {
      let new = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
      memo[node] = parts.contains(node) ? space.named(name, new) : new
    }
    return memo[self] ?? self
  }

  /// The expression without a name that was given to parts of it.
  func withoutNames(_ name: String) -> TensorExpression {
    TensorExpression.rebuilding([self]) { node in
      node.name == name ? node.namedValue ?? node : node
    }[0]
  }

  func replacing(
    _ part: TensorExpression, with value: TensorExpression
  ) -> TensorExpression {
    if part.isStepSymbol { return self }
    return replacing([part: value])
  }

  /// The expression with nodes replaced, what is put in being left as it is.
  func replacing(
    _ map: [TensorExpression: TensorExpression]
  ) -> TensorExpression {
    var memo = map
    for node in TensorExpression.postorder(of: [self]) where memo[node] == nil {
      memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return memo[self] ?? self
  }
}
