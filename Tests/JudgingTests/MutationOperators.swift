import Scalars
import TensorExpressions

/// A changed formula, and what was done to it.
struct Mutant {
  let label: String
  let expression: TensorExpression
}

/// The slips that people make in a formula, each made at each place where it can be.
struct MutationOperators {
  let region: MutationRegion
  /// Values of the program that may stand in each other's place.
  let values: [TensorExpression]

  /// Every slip; those that give back the formula itself, or another shape, are left out.
  func all() -> [Mutant] {
    let mutants = wholeFormula() + region.nodes.flatMap(mutants)
    return mutants.filter {
      $0.expression !== region.root && $0.expression.shape == region.root.shape
    }
  }

  private func mutants(of node: TensorExpression) -> [Mutant] {
    switch node.kind {
    case .contraction(let c):
      return accesses(c, node) + outputs(c, node) + factors(c, node) + scales(c, node)
        + windows(c, node)
    case .sum(let terms): return sums(terms, node)
    case .elementwise(let function, let operands): return functions(function, operands, node)
    case .selector(let extremum): return selectors(extremum, node)
    case .inverse(let x):
      return [
        made("inverse transposed", node, transposed(node)), made("inverse left out", node, x),
      ]
    case .recurrence: return []
    case .cholesky(let x):
      return [
        made("factor transposed", node, transposed(node)), made("factor left out", node, x),
      ]
    case .determinant: return [made("determinant left out", node, node.space.number(Rational(1)))]
    case .extremum, .symbol, .named: return []
    }
  }

  private func made(
    _ label: String, _ node: TensorExpression, _ new: TensorExpression
  ) -> Mutant {
    Mutant(label: label, expression: region.replacing(node, by: new))
  }

  private func transposed(_ x: TensorExpression) -> TensorExpression {
    x.space.contraction(
      Contraction(
        indices: x.shape, output: [.index(0), .index(1)],
        operands: [.init(x, [.index(1), .index(0)])]), shape: x.shape)
  }

  private func wholeFormula() -> [Mutant] {
    let root = region.root
    var result = [Rational(2), Rational(-1), Rational(1, 2), Rational(10009, 10000)].map {
      Mutant(label: "the whole times \($0)", expression: root.scaled(by: Coefficient($0)))
    }
    for extent in Set(root.shape + region.nodes.flatMap(\.shape)) {
      if let inverse = Coefficient(extent).reciprocal {
        result.append(
          Mutant(label: "the whole over \(extent)", expression: root.scaled(by: inverse)))
      }
    }
    result.append(Mutant(label: "the whole is zero", expression: root.zero))
    if root.rank == 2, root.shape[0] == root.shape[1] {
      result.append(Mutant(label: "the result transposed", expression: transposed(root)))
    }
    return result
  }

  // MARK: Accesses

  private func accesses(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    c.operands.indices.flatMap { position in
      edits(c.operands[position].access, c.operands[position].value.shape).map { label, access in
        made("operand \(label)", node, c.withAccess(position, access).node(like: node))
      }
    }
  }

  private func outputs(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    edits(c.output, node.shape).map { label, access in
      made("result \(label)", node, c.with(output: access).node(like: node))
    }
  }

  private func edits(_ access: [Affine], _ shape: [Size]) -> [(String, [Affine])] {
    var result: [(String, [Affine])] = []
    for i in access.indices {
      for j in access.indices.dropFirst(i + 1) where access[i] != access[j] {
        var changed = access
        changed.swapAt(i, j)
        result.append(("transposed \(i), \(j)", changed))
      }
      func change(_ label: String, _ coordinate: Affine) {
        var changed = access
        changed[i] = coordinate
        result.append((label, changed))
      }
      if !access[i].isConstant { change("flipped", access[i] * Size(-1) + (shape[i] - 1)) }
      change("shifted up", access[i] + Size(1))
      change("shifted down", access[i] + Size(-1))
      if access[i].terms.count >= 2 {
        change("stride and dilation exchanged", exchanged(access[i]))
        let first = access[i].terms[0]
        change(
          "stride changed", access[i] + Affine(terms: [.init(index: first.index, coefficient: 1)]))
      }
    }
    return result
  }

  private func exchanged(_ a: Affine) -> Affine {
    var terms = a.terms
    terms[0] = .init(index: a.terms[0].index, coefficient: a.terms[1].coefficient)
    terms[1] = .init(index: a.terms[1].index, coefficient: a.terms[0].coefficient)
    return Affine(constant: a.constant, terms: terms)
  }

  // MARK: Factors

  private func factors(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    var result: [Mutant] = []
    for (position, operand) in c.operands.enumerated() {
      var rest = c.operands
      rest.remove(at: position)
      result.append(made("factor left out", node, c.with(operands: rest).node(like: node)))
      result.append(
        made("factor squared", node, c.with(operands: c.operands + [operand]).node(like: node)))
      for value in values where value !== operand.value && value.shape == operand.value.shape {
        var exchanged = c.operands
        exchanged[position] = .init(value, operand.access)
        result.append(
          made("another value of the shape", node, c.with(operands: exchanged).node(like: node)))
      }
    }
    return result
  }

  private func scales(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    var result: [Mutant] = []
    func scale(_ label: String, _ factor: Coefficient?) {
      guard let factor else { return }
      result.append(made(label, node, c.scaled(by: factor).node(like: node)))
    }
    scale("times 2", Coefficient(Rational(2)))
    scale("sign", .minusOne)
    scale("times 1.0009", Coefficient(Rational(10009, 10000)))
    for extent in Set(c.indices) where !extent.isOne {
      scale("mean for sum", Coefficient(extent).reciprocal)
      scale("sum for mean", Coefficient(extent))
    }
    if !c.coefficient.isOne { scale("coefficient left out", c.coefficient.reciprocal) }
    return result
  }

  /// Parts of sums: the last or the first of an index left out, or only the first taken; windows forgotten.
  private func windows(_ c: Contraction, _ node: TensorExpression) -> [Mutant] {
    var result: [Mutant] = []
    for (number, extent) in c.indices.enumerated() where !extent.isOne {
      let index = Affine.index(number)
      func guarded(_ label: String, _ coordinate: Affine, _ bound: Size) {
        let changed = c.with(guards: c.guards + [.init(coordinate, below: bound)])
        result.append(made(label, node, changed.node(like: node)))
      }
      guarded("last left out", index, extent - 1)
      guarded("first left out", index + Size(-1), extent)
      guarded("only the first", index, .one)
    }
    for position in c.guards.indices {
      var fewer = c.guards
      fewer.remove(at: position)
      result.append(made("window forgotten", node, c.with(guards: fewer).node(like: node)))
    }
    return result
  }

  // MARK: Sums, functions, windows

  private func sums(_ terms: [TensorExpression], _ node: TensorExpression) -> [Mutant] {
    terms.indices.flatMap { position -> [Mutant] in
      var dropped = terms
      dropped.remove(at: position)
      var negated = terms
      negated[position] = -terms[position]
      var doubled = terms
      doubled.append(terms[position])
      return [
        made("term left out", node, node.space.sum(dropped, shape: node.shape)),
        made("term's sign", node, node.space.sum(negated, shape: node.shape)),
        made("term twice", node, node.space.sum(doubled, shape: node.shape)),
      ]
    }
  }

  private static let others = ["exp", "tanh", "sigmoid", "step"]

  private func functions(
    _ function: Elementwise, _ operands: [TensorExpression], _ node: TensorExpression
  ) -> [Mutant] {
    var result: [Mutant] = []
    if function.arity == 1 {
      result.append(made("function left out", node, operands[0]))
      for name in Self.others where name != function.name {
        if let other = Elementwise.named(name) {
          result.append(made("another function", node, node.space.elementwise(other, operands)))
        }
      }
    }
    for position in operands.indices {
      func changed(_ label: String, _ operand: TensorExpression) {
        var new = operands
        new[position] = operand
        result.append(made(label, node, node.space.elementwise(function, new)))
      }
      changed("argument's sign", -operands[position])
      changed("eps in the argument", operands[position] + Rational(1, 100_000))
      for value in values where value.shape == node.shape && value !== operands[position] {
        changed("another argument of the shape", value)
      }
    }
    if function.arity == 3 || function.arity == 2 {
      result.append(
        made("arguments exchanged", node, node.space.elementwise(function, operands.reversed())))
    }
    return result
  }

  private func selectors(_ e: Extremum, _ node: TensorExpression) -> [Mutant] {
    let other = Extremum(
      kind: e.kind == .maximum ? .minimum : .maximum, ties: e.ties, operand: e.operand,
      outputExtents: e.outputExtents, windowExtents: e.windowExtents, access: e.access)
    let axes = node.shape.indices.map(Affine.index)
    let first = axes.dropFirst(e.outputExtents.count).map { Contraction.Guard($0, below: .one) }
    let taken = Contraction(
      indices: node.shape, output: axes, operands: [], guards: Array(first))
    return [
      made("smallest for largest", node, node.space.selector(other)),
      made("first of the window", node, taken.node(like: node)),
      made("mask left out", node, node.filled(1)),
    ]
  }
}
