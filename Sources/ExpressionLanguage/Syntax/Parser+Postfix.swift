import Diagnostics

extension Parser {
  /// A primary expression with attributes, method calls and subscripts after it.
  mutating func parsePostfix() throws(SyntaxError) -> SyntaxExpression {
    try parsePostfix(of: try parsePrimary())
  }

  /// What stands after a primary expression.
  mutating func parsePostfix(
    of primary: SyntaxExpression
  ) throws(SyntaxError) -> SyntaxExpression {
    let start = primary.range.start
    var expression = primary
    while true {
      switch current.kind {
      case .symbol(.dot):
        advance()
        guard current.kind == .name else { throw unexpected("an attribute, such as `.T`") }
        let name = Identifier(text(current), range: current.range)
        advance()
        if at(.leftParenthesis) {
          // Read first: the node ends where they end.
          let arguments = try parseArguments()
          expression = try node(.methodCall(expression, name, arguments), from: start)
        } else {
          expression = try node(.attribute(expression, name), from: start)
        }
      case .symbol(.leftBracket):
        let items = try parseSubscript(of: expression, from: start)
        expression = try node(.subscripted(expression, items), from: start)
      case .symbol(.leftParenthesis):
        throw SyntaxError(.call(.target(help: calledTarget(expression))), range(from: start))
      default: return expression
      }
    }
  }

  /// The arguments of a call, with their parentheses.
  mutating func parseArguments() throws(SyntaxError) -> [Argument] {
    try expect(.leftParenthesis)
    var arguments: [Argument] = []
    var labels: Set<String> = []
    while !at(.rightParenthesis) {
      let argument = try parseArgument()
      if let label = argument.label {
        guard labels.insert(label.name).inserted else {
          throw SyntaxError(.call(.duplicateArgument(label.name)), label.range)
        }
      } else if !labels.isEmpty {
        throw SyntaxError(.call(.positionalAfterKeyword), argument.range)
      }
      arguments.append(argument)
      if !take(.comma) { break }
    }
    try expect(.rightParenthesis, "`,` or `)`")
    return arguments
  }

  private mutating func parseArgument() throws(SyntaxError) -> Argument {
    if at(.colon), let callee = calleeOfCall {
      throw SyntaxError(.call(.colonArgument(callee: callee)), current.range)
    }
    guard current.kind == .name, next.kind == .symbol(.assign) else {
      return Argument(try parseExpression())
    }
    let label = try parseNewName()
    advance()
    return Argument(label: label, try parseExpression())
  }

  private mutating func parseSubscript(
    of receiver: SyntaxExpression, from start: Int
  ) throws(SyntaxError) -> [SubscriptItem] {
    let opening = current.range.start
    try expect(.leftBracket)
    var items: [SubscriptItem] = []
    while !at(.rightBracket) {
      items.append(try parseSubscriptItem())
      if !take(.comma) { break }
    }
    try expect(.rightBracket, "`,` or `]`")
    guard !items.isEmpty else {
      let name = source[SourceRange(start: start, end: opening)]
      throw SyntaxError(.call(.emptySubscript(receiver: name)), range(from: opening))
    }
    return items
  }

  private mutating func parseSubscriptItem() throws(SyntaxError) -> SubscriptItem {
    if take(.ellipsis) { return .ellipsis }
    let start = at(.colon) ? nil : try parseExpression()
    guard take(.colon) else {
      guard let start, start.kind != .none else { return .newAxis }
      return .index(start)
    }
    let stop = try parseSliceBound()
    let step = take(.colon) ? try parseSliceBound() : nil
    return .slice(start: start, stop: stop, step: step)
  }

  private mutating func parseSliceBound() throws(SyntaxError) -> SyntaxExpression? {
    at(.colon) || at(.comma) || at(.rightBracket) ? nil : try parseExpression()
  }
}
