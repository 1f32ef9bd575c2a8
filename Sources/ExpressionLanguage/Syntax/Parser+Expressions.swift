import Diagnostics

extension Parser {
  /// A comparison, or anything that binds tighter.
  mutating func parseExpression() throws(SyntaxError) -> SyntaxExpression {
    try nested { (parser) throws(SyntaxError) in try parser.parseComparison() }
  }

  private mutating func parseComparison() throws(SyntaxError) -> SyntaxExpression {
    let start = current.range.start
    let left = try parseEither()
    guard let comparison = currentComparison else { return left }
    advance()
    let right = try parseEither()
    if currentComparison != nil { throw SyntaxError(.chainedComparison, current.range) }
    return try node(.comparison(comparison, left, right), from: start)
  }

  /// Masks with `|` between them, which binds looser than `&`, and both tighter than comparisons, as in Python.
  private mutating func parseEither() throws(SyntaxError) -> SyntaxExpression {
    try parseMasks(.either, "logical_or") { (parser) throws(SyntaxError) in
      try parser.parseMasks(.both, "logical_and") { (parser) throws(SyntaxError) in
        try parser.parseSum()
      }
    }
  }

  /// Operands with a mask operator between them: calls of the function that it stands for.
  private mutating func parseMasks(
    _ symbol: Symbol, _ function: String,
    operand: (inout Parser) throws(SyntaxError) -> SyntaxExpression
  ) throws(SyntaxError) -> SyntaxExpression {
    let start = current.range.start
    var result = try operand(&self)
    var links = 0
    while at(symbol) {
      let place = current.range
      links += 1
      guard links < SyntaxExpression.depthLimit else { throw SyntaxError(.chainTooLong, place) }
      advance()
      let right = try operand(&self)
      result = try node(
        .call(Identifier(function, range: place), [Argument(result), Argument(right)]),
        from: start)
    }
    return result
  }

  private var currentComparison: ComparisonOperator? {
    guard case .symbol(let symbol) = current.kind else { return nil }
    return ComparisonOperator(rawValue: symbol.rawValue)
  }

  /// Terms with `+` and `-` between them.
  mutating func parseSum() throws(SyntaxError) -> SyntaxExpression {
    try parseChain(isSum: true) { (parser) throws(SyntaxError) in
      try parser.parseChain(isSum: false) { (parser) throws(SyntaxError) in
        try parser.parseUnary()
      }
    }
  }

  private mutating func parseChain(
    isSum: Bool, operand: (inout Parser) throws(SyntaxError) -> SyntaxExpression
  ) throws(SyntaxError) -> SyntaxExpression {
    let start = current.range.start
    let first = try operand(&self)
    var links: [ChainLink] = []
    while let found = currentChainOperator, found.isSum == isSum {
      let operatorRange = current.range
      guard links.count < SyntaxExpression.chainLimit else {
        throw SyntaxError(.chainTooLong, operatorRange)
      }
      advance()
      links.append(ChainLink(found, try operand(&self), operatorRange: operatorRange))
    }
    return links.isEmpty ? first : try node(.chain(first, links), from: start)
  }

  private var currentChainOperator: ChainOperator? {
    guard case .symbol(let symbol) = current.kind else { return nil }
    return ChainOperator(rawValue: symbol.rawValue)
  }

  /// A sign binds looser than a power: `-x**2` is `-(x**2)`.
  private mutating func parseUnary() throws(SyntaxError) -> SyntaxExpression {
    if at(.not) {
      let place = current.range
      advance()
      let operand = try nested { (parser) throws(SyntaxError) in try parser.parseUnary() }
      return try node(
        .call(Identifier("logical_not", range: place), [Argument(operand)]), from: place.start)
    }
    guard at(.minus) || at(.plus) else { return try parsePower() }
    let start = current.range.start
    let sign: UnaryOperator = at(.minus) ? .minus : .plus
    advance()
    let operand = try nested { (parser) throws(SyntaxError) in try parser.parseUnary() }
    return try node(.unary(sign, operand), from: start)
  }

  /// Powers associate to the right, and the exponent may have a sign: `2**-x**2`.
  private mutating func parsePower() throws(SyntaxError) -> SyntaxExpression {
    let start = current.range.start
    let base = try parsePostfix()
    guard take(.twoStars) else { return base }
    let exponent = try nested { (parser) throws(SyntaxError) in try parser.parseUnary() }
    return try node(.power(base: base, exponent: exponent), from: start)
  }

  /// A number, string, name, call, tuple, list or parenthesised expression.
  mutating func parsePrimary() throws(SyntaxError) -> SyntaxExpression {
    let token = current
    let start = token.range.start
    switch token.kind {
    case .number:
      guard let literal = DecimalLiteral(text(token)) else {
        throw SyntaxError(.malformed(.numberTooLong, text: ""), token.range)
      }
      advance()
      return try node(.number(literal), from: start)
    case .string:
      advance()
      return try node(.string(Lexer.value(ofString: text(token))), from: start)
    case .name: return try parseNameOrCall()
    case .symbol(.leftParenthesis): return try parseParentheses()
    case .symbol(.leftBracket):
      let elements = try parseElements(.leftBracket, closedBy: .rightBracket)
      return try node(.list(elements.expressions), from: start)
    case .symbol, .newline, .endOfFile, .foreign, .malformed: throw unexpected("an expression")
    }
  }

  private mutating func parseNameOrCall() throws(SyntaxError) -> SyntaxExpression {
    let token = current
    let name = text(token)
    let start = token.range.start
    switch name {
    case "True", "False":
      advance()
      return try node(.boolean(name == "True"), from: start)
    case "None":
      advance()
      return try node(.none, from: start)
    default: break
    }
    if ReservedWord.isReserved(name) { throw SyntaxError(.reservedWord(name), token.range) }
    advance()
    guard at(.leftParenthesis) else { return try node(.name(name), from: start) }
    let arguments = try parseArguments()
    return try node(.call(Identifier(name, range: token.range), arguments), from: start)
  }

  /// A tuple, or one expression with the parentheses counted into its range.
  private mutating func parseParentheses() throws(SyntaxError) -> SyntaxExpression {
    let start = current.range.start
    let elements = try parseElements(.leftParenthesis, closedBy: .rightParenthesis)
    if let only = elements.expressions.first, elements.expressions.count == 1,
      !elements.endsWithComma
    {
      return only.with(range: range(from: start))
    }
    return try node(.tuple(elements.expressions), from: start)
  }

  /// Expressions with commas between them; one may follow the last.
  mutating func parseElements(
    _ opening: Symbol, closedBy closing: Symbol
  ) throws(SyntaxError) -> (expressions: [SyntaxExpression], endsWithComma: Bool) {
    try expect(opening)
    var elements: [SyntaxExpression] = []
    var endsWithComma = false
    while !at(closing) {
      elements.append(try parseExpression())
      endsWithComma = take(.comma)
      if !endsWithComma { break }
    }
    try expect(closing, "`,` or `\(closing.rawValue)`")
    return (elements, endsWithComma)
  }
}
