import TensorExpressions

/// The conditions under which values have one, as they are written: nothing is cancelled first.
///
/// What only a branch of a selection needs is asked where that branch is chosen: of `where(x > 0, log(x), 0)` nothing
/// is asked. A condition that is asked under another one is guarded by it.
package struct DomainNeeds {
  /// A condition, and what holds wherever it is asked.
  struct Need: Hashable {
    let condition: DomainCondition
    let guards: [DomainCondition]
  }

  /// In the order in which they are met, each once.
  private(set) var needs: [Need] = []

  /// Whether nothing is asked.
  package var isEmpty: Bool { needs.isEmpty }

  /// A node, and what holds wherever it is used.
  private struct Visit: Hashable {
    let node: TensorExpression
    let guards: [DomainCondition]
  }

  /// The nodes that ask for something.
  private var sites: [Visit] = []

  /// How many nodes are looked at under guards; beyond that guards are forgotten, so that more is asked.
  private static let visitLimit = 20_000

  package init(of roots: [TensorExpression]) {
    var seen: Set<Visit> = []
    var found: Set<Need> = []
    var pending = roots.reversed().map { Visit(node: $0, guards: []) }
    while let visit = pending.popLast() {
      guard seen.insert(visit).inserted else { continue }
      if !visit.node.domainConditions.isEmpty { sites.append(visit) }
      for condition in visit.node.domainConditions {
        let need = Need(condition: condition, guards: visit.guards)
        if found.insert(need).inserted { needs.append(need) }
      }
      let operands = Self.operands(of: visit.node, visit.guards).reversed()
      let isWide = seen.count > Self.visitLimit
      pending += operands.map { Visit(node: $0.node, guards: isWide ? [] : $0.guards) }
    }
  }

  /// A node's operands, each with what holds wherever it is used by the node.
  private static func operands(
    of node: TensorExpression, _ guards: [DomainCondition]
  ) -> [Visit] {
    let operands = node.operands
    if node.appliedFunction == .selectionRow {
      let chosen = guards + operands[0].holding(true)
      let left = guards + operands[0].holding(false)
      return zip(operands, [guards, chosen, left]).map { Visit(node: $0, guards: $1) }
    }
    if guards.isEmpty || operands.allSatisfy({ $0.shape == node.shape }) && node.isEntrywise {
      return operands.map { Visit(node: $0, guards: guards) }
    }
    guard let product = node.asContraction, product.isPointwise(over: node.shape) else {
      return operands.map { Visit(node: $0, guards: []) }
    }
    return product.operands.map { operand in
      Visit(
        node: operand.value,
        guards: guards.compactMap { $0.onOperand(operand, of: product, shape: node.shape) })
    }
  }
}

extension DomainNeeds {
  /// What is granted where values and their derivatives exist.
  ///
  /// A derivative that is asked for exists inside of the domain only: √x has none at 0.
  package static func granted(by values: [TensorExpression]) -> DomainNeeds {
    var result = DomainNeeds(of: values)
    var depends: [TensorExpression: Bool] = [:]
    for node in TensorExpression.postorder(of: values) {
      depends[node] =
        node.declaredSymbol?.isDifferentiable ?? node.operands.contains { depends[$0] == true }
    }
    for site in result.sites where depends[site.node] == true {
      guard let (function, operands) = site.node.application else { continue }
      let known = Set(TensorExpression.postorder(of: [site.node]))
      let derivatives = function.derivatives(operands, site.node).compactMap(\.self)
      let own = TensorExpression.postorder(of: derivatives).filter { !known.contains($0) }
      result.needs += own.flatMap(\.domainConditions).map {
        Need(condition: $0, guards: site.guards)
      }
    }
    return result
  }
}

extension TensorExpression {
  /// Whether every entry is made of the entries at its place alone, where the operands have its shape.
  fileprivate var isEntrywise: Bool {
    if let product = asContraction {
      return product.isPointwise(over: shape)
        && product.operands.allSatisfy { $0.access == product.output }
    }
    return appliedFunction != nil || asTerms != nil || unnamed !== self
  }

  /// What a mask's being 1, or 0, says.
  func holding(_ truth: Bool) -> [DomainCondition] {
    let own = truth ? [DomainCondition(.nonzero, self)] : []
    return own + unnamed.comparison(truth)
  }

  private func comparison(_ truth: Bool) -> [DomainCondition] {
    if let (function, operands) = application {
      if function.primitive == .step {
        return [
          truth
            ? DomainCondition(.positive, operands[0]) : DomainCondition(.nonnegative, -operands[0])
        ]
      }
      // Values that are not equal have a difference.
      return truth || function != .equalityRow
        ? [] : [DomainCondition(.nonzero, operands[0] - operands[1])]
    }
    if let other = complemented { return other.unnamed.comparison(!truth) }
    guard let product = asContraction, product.isPointwise(over: shape), product.coefficient.isOne,
      truth || product.operands.count == 1
    else { return [] }
    return product.operands.flatMap { operand in
      operand.value.holding(truth).map { $0.read(by: operand.access, over: product, shape) }
    }
  }
}

extension DomainCondition {
  /// The condition on what a product reads, as one on values of the product's shape.
  fileprivate func read(
    by access: [Affine], over product: Contraction, _ shape: [Size]
  ) -> DomainCondition {
    let read = value.space.contraction(
      Contraction(
        indices: product.indices, output: product.output,
        operands: [Contraction.Operand(value, access)]), shape: shape)
    return DomainCondition(relation, read)
  }

  /// The condition as one on an operand of a product entry by entry; nil where it is not the same at every place that
  /// reads an entry of the operand.
  fileprivate func onOperand(
    _ operand: Contraction.Operand, of product: Contraction, shape: [Size]
  ) -> DomainCondition? {
    if operand.access == product.output, operand.value.shape == shape { return self }
    guard let own = value.asContraction, own.isPointwise(over: shape), own.operands.count == 1,
      own.coefficient.isOne, own.operands[0].access == operand.access,
      own.operands[0].value.shape == operand.value.shape
    else { return nil }
    return DomainCondition(relation, own.operands[0].value)
  }
}
