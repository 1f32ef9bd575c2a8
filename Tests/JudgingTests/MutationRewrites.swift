import Scalars
import TensorExpressions

/// Ways to write a formula differently that do not change what it means.
struct MutationRewrites {
  let region: MutationRegion
  /// The named values of the forward pass.
  let forward: Set<TensorExpression>

  func all() -> [Mutant] {
    let whole = [
      Mutant(
        label: "names inlined",
        expression: MutationRegion.inlined(region.root, keeping: forward)),
      Mutant(
        label: "all names inlined", expression: MutationRegion.inlined(region.root, keeping: [])),
      Mutant(
        label: "doubled and halved",
        expression: region.root.scaled(by: Coefficient(Rational(2)))
          .scaled(by: Coefficient(Rational(1, 2)))),
    ]
    let addends = region.leaves.filter { $0.shape == region.root.shape }.prefix(1).map {
      Mutant(label: "added and taken off", expression: (region.root + $0) - $0)
    }
    return (whole + addends + region.nodes.flatMap(rewrites)).filter {
      $0.expression !== region.root && $0.expression.shape == region.root.shape
    }
  }

  private func rewrites(of node: TensorExpression) -> [Mutant] {
    switch node.kind {
    case .contraction(let c):
      return commuted(c, node) + reindexed(c, node) + unfused(c, node) + distributed(c, node)
        + split(c, node)
    case .sum(let terms):
      return [
        made(
          "terms commuted", node, node.space.sum(Array(terms.reversed()), shape: node.shape))
      ]
    case .elementwise(let function, let operands):
      guard let definition = function.definition else { return [] }
      return [made("written by its definition", node, definition(operands))]
    case .extremum, .selector, .inverse, .determinant, .cholesky, .symbol, .named, .recurrence:
      return []
    }
  }

  private func made(
    _ label: String, _ node: TensorExpression, _ new: TensorExpression
  ) -> Mutant {
    Mutant(label: label, expression: region.replacing(node, by: new))
  }

  private func commuted(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    guard c.operands.count > 1 else { return [] }
    let swapped = c.with(operands: Array(c.operands.reversed()))
    return [made("factors commuted", node, swapped.node(like: node))]
  }

  /// Every index reversed, i → K−1−i, and all indices in another order.
  private func reindexed(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    func substituted(_ indices: [Size], _ change: (Int) -> Affine) -> TensorExpression {
      Contraction(
        coefficient: c.coefficient, indices: indices,
        output: c.output.map { $0.substituting(change) },
        operands: c.operands.map { operand in
          .init(operand.value, operand.access.map { $0.substituting(change) })
        },
        guards: c.guards.map { .init($0.coordinate.substituting(change), below: $0.extent) }
      ).node(like: node)
    }
    var result: [Mutant] = c.indices.indices.map { index in
      made(
        "index reversed", node,
        substituted(c.indices) { number in
          number == index
            ? Affine.index(number) * Size(-1) + (c.indices[number] - 1) : Affine.index(number)
        })
    }
    let last = c.indices.count - 1
    if last > 0 {
      result.append(
        made(
          "indices renumbered", node,
          substituted(c.indices.reversed()) { .index(last - $0) }))
    }
    return result
  }

  /// The first two factors multiplied by themselves, without a sum.
  private func unfused(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    guard c.operands.count > 1, c.indices.count <= 5 else { return [] }
    let all = c.indices.indices.map(Affine.index)
    let product = node.space.contraction(
      Contraction(indices: c.indices, output: all, operands: Array(c.operands.prefix(2))),
      shape: c.indices)
    let rest = [.init(product, all)] + Array(c.operands.dropFirst(2))
    return [made("product unfused", node, c.with(operands: rest).node(like: node))]
  }

  /// a·(b + c) as a·b + a·c.
  private func distributed(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    c.operands.indices.compactMap { position in
      guard case .sum(let terms) = c.operands[position].value.kind, terms.count > 1 else {
        return nil
      }
      let products = terms.map { term in
        var operands = c.operands
        operands[position] = .init(term, c.operands[position].access)
        return c.with(operands: operands).node(like: node)
      }
      return made("multiplied out", node, node.space.sum(products, shape: node.shape))
    }
  }

  /// A sum as its first part and the rest.
  private func split(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    c.indices.indices.compactMap { number in
      guard !c.indices[number].isOne else { return nil }
      let index = Affine.index(number)
      let first = c.with(guards: c.guards + [.init(index, below: .one)])
      let rest = c.with(guards: c.guards + [.init(index + Size(-1), below: c.indices[number])])
      return made(
        "sum split", node,
        node.space.sum([first.node(like: node), rest.node(like: node)], shape: node.shape))
    }
  }
}
