import Scalars

extension TensorExpression {
  /// A declared mask as the comparison that it is, under its own name; any other tensor as it is.
  ///
  /// So a mask is a mask like all others: where it is 1 is decided, and not drawn.
  public var truthOfMask: TensorExpression {
    guard let symbol = declaredSymbol, symbol.structure.contains(.mask) else { return self }
    return space.named(symbol.name, Elementwise.truth(ofMask: self))
  }

  /// 1 where the value is not 0, and 0 where it is: the value itself where it is known to be one of the two.
  public var indicator: TensorExpression {
    if isIndicator { return self }
    return filled(1) - space.elementwise(.equalityRow, [self, zero])
  }

  /// Whether every entry is known to be 0 or 1, by how it is made.
  private var isIndicator: Bool {
    var known: [TensorExpression: Bool] = [:]
    for node in TensorExpression.postorder(of: [self]) {
      known[node] = node.isIndicator { known[$0] == true }
    }
    return known[self] == true
  }

  private func isIndicator(_ isKnown: (TensorExpression) -> Bool) -> Bool {
    switch kind {
    case .symbol(let symbol): return symbol.structure.contains(.oneHot)
    case .named(_, let value): return isKnown(value)
    case .elementwise(let function, let operands):
      switch function.name {
      case "step", "equal": return true
      case "where", "maximum", "minimum": return operands.allSatisfy(isKnown)
      default: return false
      }
    case .contraction(let c):
      return c.coefficient.isOne && c.reachesEntriesOnce
        && c.operands.allSatisfy { isKnown($0.value) }
    case .sum(let terms): return terms.isEmpty || Self.isIndicator(sumOf: terms, isKnown)
    case .extremum(let extremum): return isKnown(extremum.operand)
    case .selector(let extremum): return extremum.ties == .first
    case .inverse, .determinant, .cholesky, .recurrence: return false
    }
  }

  /// Whether a sum is 1 − m, or m with numbers that cancel.
  private static func isIndicator(
    sumOf terms: [TensorExpression], _ isKnown: (TensorExpression) -> Bool
  ) -> Bool {
    let numbers = terms.compactMap(\.asConstant?.asRational)
    let others = terms.filter { $0.asConstant == nil }
    guard others.count == 1, numbers.count + 1 == terms.count else { return false }
    let constant = numbers.reduce(Rational(0), +)
    if constant == 0, isKnown(others[0]) { return true }
    guard constant == 1, let c = others[0].asContraction, c.coefficient == .minusOne else {
      return false
    }
    return c.reachesEntriesOnce && c.operands.allSatisfy { isKnown($0.value) }
  }
}

extension Contraction {
  /// Whether every index is a coordinate of the output, so that no entry is reached twice.
  fileprivate var reachesEntriesOnce: Bool {
    let own = Set(output.compactMap(\.asIndex))
    return indices.indices.allSatisfy { own.contains($0) }
  }
}
