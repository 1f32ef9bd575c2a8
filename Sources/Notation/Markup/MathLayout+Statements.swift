import TensorExpressions

/// Index statements in type: `dW_{i,o} = Σ_b x_{b,i} dz_{b,o}`.
extension MathLayout {
  func statement(_ statement: IndexStatement, usedNames: Set<String>) -> MathTree {
    let names = IndexNames(statement, usedNames: usedNames).names
    let target = entry(statement.name, statement.target, names)
    let outer = Set(statement.target.compactMap(\.asIndex))
    let isPlain =
      outer.count == statement.target.count
    var items = [target, .sign(isPlain ? .equals : .plusEquals)]
    var seen: Set<Int> = []
    let order = statement.coordinates.flatMap { $0.coordinate.terms.map(\.index) }
      .filter { seen.insert($0).inserted }
    let summed = isPlain ? order.filter { !outer.contains($0) } : []
    if !summed.isEmpty {
      items.append(
        .subscripted(.sign(.sum), .list(summed.map { MathNames.tree(names[$0]) })))
    }
    items +=
      product(
        statement.coefficient, statement.factors, statement.divisors, names
      ).items
    return .row(items)
  }

  private func entry(_ name: String, _ access: [Affine], _ names: [String]) -> MathTree {
    if access.isEmpty { return MathNames.tree(name) }
    return MathNames.tree(name).below(
      access.map { coordinate(IndexStatement.text($0, names)) })
  }

  /// A coordinate's text in type.
  func coordinate(_ coordinate: String) -> MathTree {
    var items: [MathTree] = []
    var word = ""
    for character in coordinate + " " {
      if character.isLetter || character.isNumber {
        word.append(character)
        continue
      }
      if let first = word.first {
        items.append(first.isNumber ? .number(word) : MathNames.tree(word))
        word = ""
      }
      switch character {
      case "+": items.append(.sign(.plus))
      case "-": items.append(.sign(.minus))
      case ":": items.append(.sign(.colon))
      case "*", " ": break
      default: items.append(.word(String(character)))
      }
    }
    return items.count == 1 ? items[0] : .row(items)
  }

  private func product(
    _ coefficient: Coefficient, _ factors: [IndexFormula], _ divisors: [IndexFormula],
    _ names: [String]
  ) -> MathTree {
    let above = factors.map { tree($0, names, nested: true) }
    let below = divisors.map { tree($0, names, nested: true) }
    let space: [MathTree] = [.sign(.thinSpace)]
    let scale = part(Formula.number(coefficient))
    var items: [MathTree] = []
    if coefficient == .minusOne, !above.isEmpty {
      items = [.sign(.minus)]
    } else if !coefficient.isOne || above.isEmpty {
      items =
        scale.precedence < .product
        ? [.fenced(.parentheses, scale.tree)] : scale.tree.items
      if !above.isEmpty { items += space }
    }
    items += above.map { [$0] }.joined(separator: space)
    if below.isEmpty { return .row(items) }
    return .fraction(.row(items), .row(Array(below.map { [$0] }.joined(separator: space))))
  }

  private func tree(_ formula: IndexFormula, _ names: [String], nested: Bool = false) -> MathTree {
    switch formula {
    case .entry(let name, let access, _): return entry(name, access, names)
    case .number(let value): return tree(.number(value), nested ? .power : .sum)
    case .call(let name, let arguments) where arguments.isEmpty: return MathNames.tree(name)
    case .call(let name, let arguments):
      // The functions' own layout, with the entries in place of their arguments.
      return .call(.word(name), arguments.map { tree($0, names) })
    case .sum(let terms):
      let parts = terms.map { term -> (tree: MathTree, isNegative: Bool) in
        let tree = tree(term, names)
        return (tree, tree.items.first == .sign(.minus))
      }
      return .fenced(.parentheses, sum(parts))
    case .product(let coefficient, let factors, let divisors):
      let product = product(coefficient, factors, divisors, names)
      return nested && product.items.first == .sign(.minus)
        ? .fenced(.parentheses, product) : product
    case .power(let base, let exponent):
      return .superscript(tree(base, names, nested: true), tree(exponent, names))
    }
  }
}

extension MathTree {
  /// The name with places below it, after what stands there already.
  func below(_ places: [MathTree]) -> MathTree {
    if case .subscripted(let base, let below) = self {
      return .subscripted(base, .list([below] + places))
    }
    return .subscripted(self, .list(places))
  }

  /// `t = T − 1, …, 0`.
  static func steps(_ step: String, _ first: Size, _ last: Size) -> MathTree {
    let layout = MathLayout()
    let ends = [first, last].map { layout.coordinate($0.description) }
    return .row([
      MathNames.tree(step), .sign(.equals), .list([ends[0], .sign(.ellipsis), ends[1]]),
    ])
  }
}
