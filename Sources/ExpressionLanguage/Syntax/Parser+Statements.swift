import Diagnostics

extension Parser {
  mutating func parseStatementKind() throws(SyntaxError) -> Statement.Kind {
    guard current.kind == .name else {
      if at(.twoSlashes) || at(.slash) {
        throw SyntaxError(.statement(.foreignComment), current.range)
      }
      if case .symbol(let symbol) = current.kind, ChainOperator(rawValue: symbol.rawValue) != nil {
        throw SyntaxError(.statement(.continuation), current.range)
      }
      throw unexpected("a statement")
    }
    if at(word: "import") || (at(word: "from") && next.kind == .name) {
      throw SyntaxError(.statement(.importing), current.range)
    }
    if let starts = startLinesBeforeBlock() { return .block(try parseBlock(after: starts)) }
    if at(word: "for") {
      guard isBlock else { throw loop() }
      return .block(try parseBlock())
    }
    guard let keyword = StatementKeyword(rawValue: text(current)), !isDefinedName(keyword) else {
      return try parseNamedStatement()
    }
    advance()
    switch keyword {
    case .dims: return .dims(try parseDims())
    case .budget: return .budget(try parseBudget())
    case .input: return .declaration(try parseDeclarations(.input))
    case .param: return .declaration(try parseDeclarations(.param))
    case .const: return .declaration(try parseDeclarations(.const))
    case .def: return .function(try parseFunction())
    case .loss: return .loss(try parseLoss())
    case .output: return .output(try parseOutput())
    case .check: return .check(try parseCheck())
    case .assertion: return .assertion(try parseAssertion())
    }
  }

  /// Whether the keyword here is the name of a value, as in `loss = sum(y)` and in `def = 2 * dy`, the
  /// gradient of `ef`. `assert` never is, being reserved in Python.
  private func isDefinedName(_ keyword: StatementKeyword) -> Bool {
    if keyword == .assertion { return false }
    switch next.kind {
    case .symbol(.assign), .symbol(.colon), .symbol(.leftBracket), .symbol(.accumulate): return true
    default: return false
    }
  }

  /// A statement that begins with the name that it defines.
  private mutating func parseNamedStatement() throws(SyntaxError) -> Statement.Kind {
    let start = position
    let isReserved = ReservedWord.isReserved(text(current))
    switch next.kind {
    case .symbol(.assign):
      return .assignment(try parseAssignment(try parseNewName(), shape: nil))
    case .symbol(.colon):
      let name = try parseNewName()
      let shape = try parseShapeAfterColon()
      guard at(.assign) else { return .shape(ShapeStatement(name, shape)) }
      return .assignment(try parseAssignment(name, shape: shape))
    case .symbol(.leftBracket) where !isReserved:
      if let statement = try parseIndexStatementIfOne() { return .index(statement) }
      rewind(to: start)
    case .symbol(.accumulate):
      let name = try parseNewName()
      return .index(try parseIndexStatement(IndexAccess(name, [], range: name.range)))
    case .foreign(.augmented), .foreign(.notEqual):
      if let error = augmentedAssignment() { throw error }
    case .foreign(.walrus), .foreign(.arrow): throw foreignDefinition()
    case .symbol(.comma):
      if commaSeparatedNamesAreAssigned { return .unpacking(try parseUnpacking()) }
    case .name where !isReserved && !ReservedWord.isReserved(text(next)):
      throw unknownStatement()
    default: break
    }
    if let update = updateAtPlaces() { return .index(update) }
    throw try bareExpression()
  }

  /// `np.add.at(x, idx, values)` as a line: `x += …`, of which the module says what is added.
  private mutating func updateAtPlaces() -> IndexStatement? {
    guard next.kind == .symbol(.dot) else { return nil }
    var parser = self
    guard let expression = try? parser.parseExpression(), parser.atEndOfStatement,
      case .methodCall(let function, let method, let arguments) = expression.kind,
      method.name == "at", case .attribute(let prefix, let operation) = function.kind,
      arguments.count == 3, arguments.allSatisfy({ $0.label == nil }),
      let name = arguments[0].value.nameValue
    else { return nil }
    self = parser
    let added = Identifier("\(operation.name)_\(method.name)", range: method.range)
    let target = arguments[0].value.range
    return IndexStatement(
      IndexAccess(Identifier(name, range: target), [], range: target),
      SyntaxExpression(.methodCall(prefix, added, arguments), range: expression.range), [])
  }

  /// Whether the statement is of the form `a, b, … = …`.
  private var commaSeparatedNamesAreAssigned: Bool {
    var parser = self
    while parser.current.kind == .name {
      parser.advance()
      if parser.at(.assign) { return true }
      guard parser.take(.comma) else { return false }
    }
    return false
  }

  /// `a, b = value`; a value with commas is a tuple.
  private mutating func parseUnpacking() throws(SyntaxError) -> UnpackingStatement {
    var names: [Identifier] = []
    repeat { names.append(try parseNewName("a name")) } while take(.comma)
    try expect(.assign)
    let start = current.range.start
    var values = [try parseExpression()]
    while take(.comma) { values.append(try parseExpression()) }
    let value = values.count == 1 ? values[0] : try node(.tuple(values), from: start)
    return UnpackingStatement(names, value)
  }

  /// What is wrong with a line that is an expression; its own mistakes come first.
  private mutating func bareExpression() throws(SyntaxError) -> SyntaxError {
    let start = current.range.start
    let expression = try parseExpression()
    if let error = actionOrSetting(expression) { return error }
    if at(.assign) {
      if case .call(_, let arguments) = expression.kind,
        arguments.allSatisfy({ $0.label == nil && $0.value.nameValue != nil })
      {
        let text = text(from: start)
        return SyntaxError(.statement(.functionWithoutDef(text)), range(from: start))
      }
      return SyntaxError(
        .expected("a name before `=`", found: "an expression"), range(from: start))
    }
    guard atEndOfStatement else { return afterStatement() }
    if let error = definitionByArrow(expression) { return error }
    if case .comparison(.equal, let left, let right) = expression.kind,
      let name = left.nameValue
    {
      let value = source[right.range]
      return SyntaxError(
        .statement(.equalityForDefinition(name: name, value: value)), range(from: start))
    }
    let text = expression.range.count > 60 ? "…" : text(from: start)
    return SyntaxError(.statement(.bareExpression(text)), range(from: start))
  }

  /// Whether a loop runs over a range, and so is a block.
  var isBlock: Bool {
    var parser = self
    parser.advance()
    guard parser.current.kind == .name, parser.next.kind == .name else { return false }
    parser.advance()
    guard parser.at(word: "in") else { return false }
    parser.advance()
    return parser.at(word: "range") || parser.at(word: "reversed")
  }

  /// What is wrong with a loop: its body is an index statement when it sets entries.
  private mutating func loop() -> SyntaxError {
    let start = current.range
    let isParenthesised = next.kind == .symbol(.leftParenthesis)
    var body = position
    while !atEndOfStatement {
      if take(.colon) { body = position } else { advance() }
    }
    rewind(to: body)
    let from = current.range.start
    while !atEndOfStatement { advance() }
    var text = text(from: max(from, start.start))
    if let sign = text.firstRange(of: "] = ") { text.replaceSubrange(sign, with: "] += ") }
    let head = source[SourceRange(start: start.start, end: max(start.end, from))]
    if head.contains("..") || isParenthesised {
      return SyntaxError(
        .expected(
          "`in range(…)`", found: "another loop", help: "a loop over steps is `for t in range(T):`"),
        start)
    }
    guard body > 0, text.contains("] += ") else {
      return SyntaxError(.reservedWord("for"), start)
    }
    return SyntaxError(.statement(.loop(body: text)), start)
  }

  /// `ds /= N`, `z *= 2`.
  private mutating func augmentedAssignment() -> SyntaxError? {
    let name = text(current)
    let symbol = text(next)
    guard symbol.hasSuffix("="), symbol != "!=" else { return nil }
    let place = next.range
    let end = place.end
    while !atEndOfStatement { advance() }
    let operand = source[SourceRange(start: end, end: max(end, previousEnd))]
      .drop { $0 == " " }
    return SyntaxError(
      .statement(.augmented(name: name, operation: "\(symbol.dropLast()) \(operand)")), place)
  }

  /// `= value`
  mutating func parseAssignment(
    _ name: Identifier, shape: ShapeSyntax?
  ) throws(SyntaxError) -> AssignmentStatement {
    try expect(.assign)
    return AssignmentStatement(name, shape: shape, try parseExpression())
  }

  private mutating func parseLoss() throws(SyntaxError) -> LossStatement {
    let name = try parseNewName("the name of the loss")
    if at(.leftParenthesis) {
      throw SyntaxError(
        .statement(.lossWithoutName(value: lineText(from: name.range.start))), name.range)
    }
    let shape = at(.colon) ? try parseShapeAfterColon() : nil
    let value = take(.assign) ? try parseExpression() : nil
    return LossStatement(name, shape: shape, value)
  }

  private mutating func parseOutput() throws(SyntaxError) -> OutputStatement {
    var parts: [OutputStatement.Part] = []
    repeat {
      let name = try parseNewName("the name of the output")
      let shape = at(.colon) ? try parseShapeAfterColon() : nil
      let value = take(.assign) ? try parseExpression() : nil
      parts.append(OutputStatement.Part(name, shape: shape, value))
      guard at(.comma) || atEndOfStatement || value != nil else {
        throw unnamedOutput(from: name)
      }
    } while take(.comma)
    return OutputStatement(parts)
  }

  private mutating func parseFunction() throws(SyntaxError) -> FunctionDefinition {
    let name = try parseNewName("the name of the function")
    try expect(.leftParenthesis)
    var parameters: [FunctionDefinition.Parameter] = []
    while !at(.rightParenthesis) {
      let parameter = try parseNewName("a parameter")
      guard !parameters.contains(where: { $0.name == parameter }) else {
        throw SyntaxError(.call(.duplicateArgument(parameter.name)), parameter.range)
      }
      let defaultValue = take(.assign) ? try parseExpression() : nil
      if defaultValue == nil, parameters.last?.defaultValue != nil {
        throw SyntaxError(.call(.positionalAfterKeyword), parameter.range)
      }
      parameters.append(FunctionDefinition.Parameter(parameter, defaultValue: defaultValue))
      if !take(.comma) { break }
    }
    try expect(.rightParenthesis, "`,` or `)`")
    if at(.colon) {
      let text = text(from: name.range.start)
      throw SyntaxError(.statement(.functionWithColon(text)), current.range)
    }
    try expect(.assign)
    return FunctionDefinition(name, parameters, try parseExpression())
  }

  mutating func parseCheck() throws(SyntaxError) -> CheckStatement {
    if at(word: "from") {
      advance()
      guard current.kind == .string else { throw unexpected("a file name in quotes") }
      return .file(try parsePrimary())
    }
    guard current.kind == .name else { throw unexpected("the name of a gradient, such as `dW`") }
    if next.kind == .symbol(.leftBracket) {
      guard let statement = try parseIndexStatementIfOne() else { throw unexpected("`+=`") }
      return .index(statement)
    }
    if let error = claimForm() { throw error }
    let name = try parseNewName()
    if at(.accumulate) {
      return .index(try parseIndexStatement(IndexAccess(name, [], range: name.range)))
    }
    let shape = at(.colon) ? try parseShapeAfterColon() : nil
    if at(.equal) {
      throw SyntaxError(
        .statement(
          .equalityForAssignment(name: name.name, value: lineText(from: current.range.end))),
        current.range)
    }
    return .value(try parseAssignment(name, shape: shape))
  }

  private mutating func parseAssertion() throws(SyntaxError) -> AssertStatement {
    let start = current.range.start
    let expression = try parseExpression()
    if at(.assign) {
      let claim = "assert \(text(from: start)) == \(lineText(from: current.range.end))"
      throw unexpected("the end of the statement", help: "an identity has `==`: `\(claim)`")
    }
    guard atEndOfStatement else { throw afterStatement() }
    guard case .comparison(.equal, let left, let right) = expression.kind else {
      throw SyntaxError(.statement(.assertWithoutEquality), expression.range)
    }
    return AssertStatement(left, right)
  }
}
