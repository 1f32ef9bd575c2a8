import Diagnostics

extension SyntaxExpression {
  /// The same expression with every part at one place: that of a call that it is put in for.
  func relocated(to place: SourceRange) -> SyntaxExpression {
    SyntaxExpression(kind.relocated(to: place), range: place)
  }
}

extension SyntaxExpression.Kind {
  fileprivate func relocated(to place: SourceRange) -> SyntaxExpression.Kind {
    func moved(_ expression: SyntaxExpression) -> SyntaxExpression {
      expression.relocated(to: place)
    }
    func moved(_ name: Identifier) -> Identifier { Identifier(name.name, range: place) }
    func moved(_ arguments: [Argument]) -> [Argument] {
      arguments.map { Argument(label: $0.label.map(moved), moved($0.value)) }
    }
    switch self {
    case .number, .string, .boolean, .none, .name: return self
    case .unary(let sign, let operand): return .unary(sign, moved(operand))
    case .chain(let first, let links):
      return .chain(
        moved(first),
        links.map { ChainLink($0.operator, moved($0.operand), operatorRange: place) })
    case .power(let base, let exponent):
      return .power(base: moved(base), exponent: moved(exponent))
    case .comparison(let comparison, let left, let right):
      return .comparison(comparison, moved(left), moved(right))
    case .call(let function, let arguments): return .call(moved(function), moved(arguments))
    case .methodCall(let receiver, let function, let arguments):
      return .methodCall(moved(receiver), moved(function), moved(arguments))
    case .attribute(let receiver, let name): return .attribute(moved(receiver), moved(name))
    case .subscripted(let receiver, let items):
      return .subscripted(moved(receiver), items.map { $0.relocated(to: place) })
    case .tuple(let elements): return .tuple(elements.map(moved))
    case .list(let elements): return .list(elements.map(moved))
    }
  }
}

extension SubscriptItem {
  fileprivate func relocated(to place: SourceRange) -> SubscriptItem {
    switch self {
    case .index(let index): .index(index.relocated(to: place))
    case .slice(let start, let stop, let step):
      .slice(
        start: start?.relocated(to: place), stop: stop?.relocated(to: place),
        step: step?.relocated(to: place))
    case .ellipsis, .newAxis: self
    }
  }
}
