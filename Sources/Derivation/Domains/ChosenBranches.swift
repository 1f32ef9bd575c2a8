import Scalars
import TensorExpressions

/// Values in which a branch that a selection does not choose has no say.
///
/// `where(x > 0, sqrt(x), 0)` has the value 0 at x = −1, although √x has none there: what a function without a value
/// everywhere is applied to is replaced by a number wherever nothing chooses it, √where(x > 0, x, 1). Where it is
/// chosen the value is the same. So derivatives of a branch exist wherever the whole has one.
package struct ChosenBranches {
  /// What stands for a node now, for every node that the roots are made of.
  package let values: [TensorExpression: TensorExpression]

  /// The branches that have to be chosen on the way from a root to a node, as a mask of the node's shape.
  private struct Way: Hashable {
    let node: TensorExpression
    let mask: TensorExpression?
  }

  /// How many ways are followed; values with more stay as they are.
  private static let wayLimit = 20_000
  /// How many ways lead to one function that is changed.
  private static let masksOfNode = 4

  /// - Returns: nil where nothing is replaced.
  package init?(of roots: [TensorExpression]) {
    let nodes = TensorExpression.postorder(of: roots)
    guard nodes.contains(where: { $0.appliedFunction == .selectionRow }),
      let masks = Self.masks(of: roots, knowing: Simplifier.facts(of: roots)), !masks.isEmpty
    else { return nil }
    var values: [TensorExpression: TensorExpression] = [:]
    for node in nodes {
      var operands = node.operands.map { values[$0] ?? $0 }
      if let mask = masks[node] {
        operands[0] = Elementwise.selection(
          mask, operands[0], operands[0].filled(node.safeArgument))
      }
      values[node] = node.replacingOperands(operands)
    }
    self.values = values
  }

  /// For each function that may have no value, where one of its branches is chosen; nothing for those that are used
  /// whatever is chosen.
  private static func masks(
    of roots: [TensorExpression], knowing facts: SizeFacts
  ) -> [TensorExpression: TensorExpression]? {
    let knowledge = DomainKnowledge(facts: facts)
    var found: [TensorExpression: [TensorExpression?]] = [:]
    var seen: Set<Way> = []
    var pending = roots.map { Way(node: $0, mask: nil) }
    while let way = pending.popLast() {
      guard seen.insert(way).inserted else { continue }
      if seen.count > wayLimit { return nil }
      if way.node.appliedFunction != nil,
        way.node.domainConditions.contains(where: { !knowledge.parts(of: $0).isEmpty })
      {
        found[way.node, default: []].append(way.mask)
      }
      pending += ways(from: way)
    }
    return found.compactMapValues { masks in
      let all = masks.compactMap(\.self)
      guard all.count == masks.count, all.count <= masksOfNode else { return nil }
      // Chosen on one of the ways.
      return all.dropFirst().reduce(all[0]) { 1 - (1 - $0) * (1 - $1) }
    }
  }

  private static func ways(from way: Way) -> [Way] {
    let (node, mask) = (way.node, way.mask)
    if node.appliedFunction == .selectionRow {
      let branches = [node.operands[0], 1 - node.operands[0]].map { branch in
        mask.map { $0 * branch } ?? branch
      }
      return zip(node.operands, [mask] + branches).map { Way(node: $0, mask: $1) }
    }
    guard let mask, node.isEntrywise else {
      return node.operands.map { Way(node: $0, mask: nil) }
    }
    guard let product = node.asContraction else {
      return node.operands.map { Way(node: $0, mask: mask) }
    }
    return product.operands.map { Way(node: $0.value, mask: mask.asRead(by: $0, of: product)) }
  }
}

extension TensorExpression {
  /// A number at which the function and its derivative have a value.
  fileprivate var safeArgument: Rational {
    // asin and acos have no derivative at 1, everything else one and a rational value.
    domainConditions.count > 1 ? 0 : 1
  }

  /// Whether every entry is made of one entry of each operand, found by its place.
  fileprivate var isEntrywise: Bool {
    if let product = asContraction { return product.isPointwise(over: shape) }
    return appliedFunction != nil || asTerms != nil || unnamed !== self
  }

  /// A mask over the shape of a product as one over the shape of an operand; nil where it is not the same at every
  /// place that reads an entry.
  fileprivate func asRead(
    by operand: Contraction.Operand, of product: Contraction
  ) -> TensorExpression? {
    if operand.access == product.output, operand.value.shape == shape { return self }
    if let other = complemented {
      return other.asRead(by: operand, of: product).map { 1 - $0 }
    }
    guard let own = asContraction, own.isPointwise(over: shape), own.coefficient.isOne,
      !own.operands.isEmpty,
      own.operands.allSatisfy({
        $0.access == operand.access && $0.value.shape == operand.value.shape
      })
    else { return nil }
    let factors = own.operands.map(\.value)
    return factors.dropFirst().reduce(factors[0], *)
  }
}
