import Diagnostics

/// Reads tokens as statements.
///
/// After an error it goes on with the next statement, so that every mistake is named once.
///
/// - Complexity: O(*n*) in the number of tokens.
struct Parser {
  let source: SourceText
  private let tokens: [Token]
  private(set) var position = 0
  /// Levels of recursion, which ``SyntaxExpression/depthLimit`` bounds.
  private var nesting = 0
  /// The brackets that are open, outermost first.
  private var openBrackets: [(symbol: Symbol, range: SourceRange)] = []
  /// What was wrong with lines of the current block.
  private var errorsInBlock: [SyntaxError] = []

  init(_ source: SourceText) {
    self.source = source
    tokens = Lexer.tokens(of: source)
  }

  // MARK: Files

  mutating func parseStatements(into diagnostics: inout DiagnosticList) -> [Statement] {
    var statements: [Statement] = []
    var errors = 0
    while current.kind != .endOfFile {
      if current.kind == .newline {
        advance()
        continue
      }
      let start = position
      do throws(SyntaxError) {
        statements.append(try parseStatement())
      } catch {
        diagnostics.append(error.diagnostic(in: source))
        errors += 1
        if errors == SyntaxFile.errorLimit {
          diagnostics.append(
            Diagnostic(
              .note, code: .tooManyErrors, "the rest of the file is not read", at: current.range))
          break
        }
        recover(after: start)
        if tokens[start].kind == .name, text(tokens[start]) == "for" { skipIndentedLines() }
      }
      for error in errorsInBlock { diagnostics.append(error.diagnostic(in: source)) }
      errors += errorsInBlock.count
      errorsInBlock = []
    }
    return statements
  }

  mutating func parseWholeExpression() throws(SyntaxError) -> SyntaxExpression {
    while current.kind == .newline { advance() }
    let expression = try parseExpression()
    if current.kind == .newline { advance() }
    guard current.kind == .endOfFile else { throw unexpected("the end of the expression") }
    return expression
  }

  private mutating func parseStatement() throws(SyntaxError) -> Statement {
    openBrackets.removeAll()
    nesting = 0
    let start = current.range.start
    let kind = try parseStatementKind()
    guard atEndOfStatement else {
      if current.kind == .name, next.kind == .name,
        StatementKeyword(rawValue: text(current)) != nil
      {
        throw SyntaxError(.statement(.secondStatement(keyword: text(current))), current.range)
      }
      throw afterStatement()
    }
    return Statement(kind, range: range(from: start))
  }

  /// Keeps what is wrong with a line of a block, whose other lines are read all the same.
  mutating func keep(_ error: SyntaxError) {
    openBrackets.removeAll()
    nesting = 0
    errorsInBlock.append(error)
  }

  /// Goes to the next line end outside brackets, or to an unindented line that begins like a
  /// statement, whichever is first.
  private mutating func recover(after start: Int) {
    while current.kind != .endOfFile {
      if current.kind == .newline {
        advance()
        return
      }
      if position > start, current.startsLine, looksLikeStatement { return }
      advance()
    }
  }

  private var looksLikeStatement: Bool {
    guard current.kind == .name else { return false }
    if next.kind == .symbol(.assign) || next.kind == .symbol(.colon) { return true }
    return next.kind == .name && StatementKeyword(rawValue: text(current)) != nil
  }

  // MARK: Tokens

  var current: Token { tokens[position] }
  /// The token after the current one; the end of the file for ever after.
  var next: Token { tokens[min(position + 1, tokens.count - 1)] }
  var previousEnd: Int { position > 0 ? tokens[position - 1].range.end : 0 }
  var atEndOfStatement: Bool { current.kind == .newline || current.kind == .endOfFile }

  func text(_ token: Token) -> String { source[token.range] }
  func text(from start: Int) -> String { source[range(from: start)] }
  func at(_ symbol: Symbol) -> Bool { current.kind == .symbol(symbol) }
  func at(word: String) -> Bool { current.kind == .name && text(current) == word }

  /// From an offset to the end of the last token that was read.
  func range(from start: Int) -> SourceRange { SourceRange(start: start, end: previousEnd) }

  mutating func advance() {
    switch current.kind {
    case .symbol(let symbol) where symbol.opens: openBrackets.append((symbol, current.range))
    case .symbol(let symbol) where symbol.closes: _ = openBrackets.popLast()
    default: break
    }
    if position < tokens.count - 1 { position += 1 }
  }

  /// Goes back to a token, outside brackets.
  mutating func rewind(to earlier: Int) {
    position = earlier
    openBrackets.removeAll()
  }

  mutating func take(_ symbol: Symbol) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Symbol, _ what: String? = nil) throws(SyntaxError) {
    guard take(symbol) else { throw unexpected(what ?? "`\(symbol.rawValue)`") }
  }

  /// A name that the file defines or declares; reserved words are none.
  mutating func parseNewName(_ what: String = "a name") throws(SyntaxError) -> Identifier {
    guard current.kind == .name else { throw unexpected(what) }
    let name = text(current)
    if ReservedWord.isReserved(name) { throw SyntaxError(.reservedWord(name), current.range) }
    let identifier = Identifier(name, range: current.range)
    advance()
    return identifier
  }

  /// What is wrong when the current token is not what the text needs here.
  func unexpected(_ expected: String) -> SyntaxError {
    let token = current
    if let open = openBrackets.last, token.startsLine, looksLikeStatement {
      return SyntaxError(.unclosed(open.symbol), open.range)
    }
    switch token.kind {
    case .foreign(let spelling):
      let previous = position > 0 ? tokens[position - 1] : token
      let isOperand = previous.kind == .name && previous.range.end == token.range.start
      let isGroup = previous.kind == .symbol(.rightParenthesis)
      let operand = isOperand ? text(previous) : isGroup ? "(…)" : "x"
      if spelling == .caret, next.kind == .name, text(next) == "T" {
        let after = tokens[min(position + 2, tokens.count - 1)]
        let product = after.kind == .name ? "\(operand).T @ \(text(after))" : "\(operand).T"
        return SyntaxError(.foreign(.transposePower, text: "^T", operand: product), token.range)
      }
      if spelling == .backslash, next.kind == .name, next.range.start == token.range.end {
        return SyntaxError(
          .foreign(
            .texCommand, text: "\\" + text(next), operand: String(text(next).prefix { $0 != "_" })),
          token.range)
      }
      return SyntaxError(.foreign(spelling, text: text(token), operand: operand), token.range)
    case .malformed(let problem):
      return SyntaxError(.malformed(problem, text: text(token)), token.range)
    case .newline, .endOfFile:
      if let open = openBrackets.last { return SyntaxError(.unclosed(open.symbol), open.range) }
      let isFile = token.kind == .endOfFile
      let found = isFile ? "the end of the file" : "the end of the line"
      return SyntaxError(.expected(expected, found: found), token.range)
    case .name where ReservedWord.isReserved(text(token)):
      if let whole = wholeArrays() {
        let call = nameBeforeBracket.map { "\($0)(\(whole))" } ?? whole
        return SyntaxError(
          .expected(
            expected, found: "`for`",
            help: "functions and operators take whole arrays: over all entries it is `\(call)`"),
          token.range)
      }
      if text(token) == "for", !openBrackets.isEmpty {
        return SyntaxError(
          .expected(
            expected, found: "`for`",
            help: "functions and operators take whole arrays; the index itself is `arange(…)`"),
          token.range)
      }
      return SyntaxError(.reservedWord(text(token)), token.range)
    case .symbol(.either) where next.kind == .name:
      return SyntaxError(.foreign(.magnitude, text: "|", operand: text(next)), token.range)
    case .name, .number, .string, .symbol:
      let found = "`\(abbreviated(text(token)))`"
      let closes = expected.hasSuffix("`)`") || expected.hasSuffix("`]`")
      return SyntaxError(
        .expected(expected, found: found), token.range,
        opening: closes ? openBrackets.last?.range : nil)
    }
  }

  /// Where the innermost open bracket stands.
  var innermostBracket: SourceRange? { openBrackets.last?.range }

  /// The name right before the innermost open bracket.
  private var nameBeforeBracket: String? {
    guard let open = openBrackets.last?.range,
      let place = tokens.firstIndex(where: { $0.range == open }), place > 0,
      tokens[place - 1].kind == .name, tokens[place - 1].range.end == open.start
    else { return nil }
    return text(tokens[place - 1])
  }

  /// The token before the current one.
  var previous: Token? { position > 0 ? tokens[position - 1] : nil }

  /// The name before the bracket that was just opened.
  var calleeOfCall: String? {
    position > 1 && tokens[position - 2].kind == .name ? text(tokens[position - 2]) : nil
  }

  private func abbreviated(_ text: String) -> String {
    text.count > 40 ? text.prefix(39) + "…" : text
  }

  // MARK: Nesting

  /// Runs a step one level deeper.
  mutating func nested<Result>(
    _ body: (inout Parser) throws(SyntaxError) -> Result
  ) throws(SyntaxError) -> Result {
    guard nesting < SyntaxExpression.depthLimit else {
      throw SyntaxError(.nestingTooDeep, current.range)
    }
    nesting += 1
    defer { nesting -= 1 }
    return try body(&self)
  }

  /// A node from `start` to the end of the last token, unless it would be too deep.
  func node(
    _ kind: SyntaxExpression.Kind, from start: Int
  ) throws(SyntaxError) -> SyntaxExpression {
    let node = SyntaxExpression(kind, range: range(from: start))
    guard node.depth <= SyntaxExpression.depthLimit else {
      throw SyntaxError(.nestingTooDeep, SourceRange(start: previousEnd, end: previousEnd))
    }
    return node
  }
}
