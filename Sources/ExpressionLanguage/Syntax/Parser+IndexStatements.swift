import Diagnostics

extension Parser {
  /// An index statement, or nil when the access here is not followed by `+=`; then the parser stands
  /// after the access.
  mutating func parseIndexStatementIfOne() throws(SyntaxError) -> IndexStatement? {
    let start = current.range.start
    let name = try parseNewName()
    guard bracketsHoldIndices else { return nil }
    let indices = try parseElements(.leftBracket, closedBy: .rightBracket)
    let access = IndexAccess(name, indices.expressions, range: range(from: start))
    if at(.assign), indices.expressions.count == 1,
      case .comparison = indices.expressions[0].kind
    {
      let condition = source[indices.expressions[0].range]
      let place = current.range
      advance()
      let value = source[try parseExpression().range]
      throw SyntaxError(
        .statement(.assignedMask(name: name.name, condition: condition, value: value)), place)
    }
    if at(.assign) {
      throw SyntaxError(.statement(.assignedAccess(text(from: start))), current.range)
    }
    guard at(.accumulate) else { return nil }
    return try parseIndexStatement(access)
  }

  /// Whether the brackets here hold neither a slice nor an ellipsis at their own level.
  private var bracketsHoldIndices: Bool {
    var parser = self
    var depth = 0
    while !parser.atEndOfStatement {
      switch parser.current.kind {
      case .symbol(.leftBracket), .symbol(.leftParenthesis): depth += 1
      case .symbol(.rightBracket), .symbol(.rightParenthesis):
        depth -= 1
        if depth == 0 { return true }
      case .symbol(.colon) where depth == 1, .symbol(.ellipsis) where depth == 1: return false
      default: break
      }
      parser.advance()
    }
    return true
  }

  /// `+= value for g in range(2), o in range(3)`
  mutating func parseIndexStatement(
    _ target: IndexAccess
  ) throws(SyntaxError) -> IndexStatement {
    try expect(.accumulate)
    let value = try parseExpression()
    var ranges: [IndexRange] = []
    if at(word: "for") {
      advance()
      repeat { ranges.append(try parseIndexRange()) } while take(.comma)
    }
    return IndexStatement(target, value, ranges)
  }

  private mutating func parseIndexRange() throws(SyntaxError) -> IndexRange {
    let index = try parseNewName("an index")
    guard at(word: "in") else { throw unexpected("`in`") }
    advance()
    guard at(word: "range"), next.kind == .symbol(.leftParenthesis) else {
      throw unexpected("`range(…)`")
    }
    advance()
    let start = current.range.start
    let bounds = try parseElements(.leftParenthesis, closedBy: .rightParenthesis).expressions
    switch bounds.count {
    case 1: return IndexRange(index, upper: bounds[0])
    case 2: return IndexRange(index, lower: bounds[0], upper: bounds[1])
    case 3:
      throw SyntaxError(.statement(.rangeWithStep(instead: nil)), bounds[2].range)
    default:
      throw SyntaxError(
        .expected("one or two bounds", found: "\(bounds.count)"), range(from: start))
    }
  }
}
