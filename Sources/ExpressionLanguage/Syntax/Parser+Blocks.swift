import Diagnostics

extension Parser {
  /// Lines `h[0] = x[0]` before a block, which say what its head may say as well; nil where there are none, and then
  /// nothing is read.
  mutating func startLinesBeforeBlock() -> [StepStatement]? {
    var ahead = self
    var starts: [StepStatement] = []
    while let found = try? ahead.parseStepStatementIfOne(), !found.adds, ahead.atEndOfStatement {
      starts.append(found)
      while ahead.current.kind == .newline { ahead.advance() }
      guard ahead.current.startsLine else { return nil }
    }
    guard !starts.isEmpty, ahead.at(word: "for"), ahead.isBlock else { return nil }
    self = ahead
    return starts
  }

  /// `for t in range(T), h[-1] = h0:` and what follows the colon, on its line or indented below.
  ///
  /// - Parameter earlier: starts that stand on lines before it.
  mutating func parseBlock(
    after earlier: [StepStatement] = []
  ) throws(SyntaxError) -> BlockStatement {
    let start = earlier.first?.target.start ?? current.range.start
    advance()
    let index = try parseNewName("the name of the step")
    guard at(word: "in") else { throw unexpected("`in`") }
    advance()
    let isReversed = at(word: "reversed") && next.kind == .symbol(.leftParenthesis)
    if isReversed {
      advance()
      advance()
    }
    let bounds = try parseRange()
    if isReversed { try expect(.rightParenthesis) }
    var starts: [StepStatement] = []
    while take(.comma) { starts.append(try parseStart()) }
    guard take(.colon) else {
      throw unexpected(
        "`:` or `, h[-1] = …`",
        help: "a `:` stands before the block's lines: `\(text(from: start)):`")
    }
    let header = range(from: start)
    let lines = try parseBlockLines(header)
    return BlockStatement(
      index, lower: bounds.lower, upper: bounds.upper, isReversed: isReversed,
      startLines: earlier, starts: starts,
      lines: lines, header: header)
  }

  /// `range(upper)` or `range(lower, upper)`
  private mutating func parseRange() throws(SyntaxError) -> (
    lower: SyntaxExpression?, upper: SyntaxExpression
  ) {
    guard at(word: "range"), next.kind == .symbol(.leftParenthesis) else {
      throw unexpected("`range(…)` or `reversed(range(…))`")
    }
    advance()
    let start = current.range.start
    let bounds = try parseArguments().map(\.value)
    switch bounds.count {
    case 1: return (nil, bounds[0])
    case 2: return (bounds[0], bounds[1])
    case 3:
      throw SyntaxError(.statement(.rangeWithStep(instead: reversed(bounds))), bounds[2].range)
    default:
      throw SyntaxError(
        .expected("one or two bounds", found: "\(bounds.count)"), range(from: start))
    }
  }

  /// `h[-1] = h0`
  private mutating func parseStart() throws(SyntaxError) -> StepStatement {
    guard let statement = try parseStepStatementIfOne(), !statement.adds else {
      throw unexpected("a value before the first step, such as `h[-1] = h0`")
    }
    return statement
  }

  private mutating func parseBlockLines(
    _ header: SourceRange
  ) throws(SyntaxError) -> [Statement] {
    if current.kind != .newline { return [try parseLineOfBlock()] }
    var lines: [Statement] = []
    var errors = 0
    while isIndentedLineNext {
      while current.kind == .newline { advance() }
      let start = position
      do throws(SyntaxError) {
        lines.append(try parseLineOfBlock())
      } catch {
        errors += 1
        keep(error)
        skipLine(after: start)
      }
    }
    if lines.isEmpty, errors == 0 {
      if let body = bodyOfNestedLoops() { throw SyntaxError(.statement(.loop(body: body)), header) }
      throw SyntaxError(.statement(.emptyBlock), header)
    }
    return lines
  }

  /// The index statement that loops in loops over entries are, where the body reads nothing of what it sets.
  private func bodyOfNestedLoops() -> String? {
    var parser = self
    var depth = 1
    while true {
      while parser.current.kind == .newline { parser.advance() }
      guard parser.at(word: "for") else { break }
      depth += 1
      while !parser.atEndOfStatement, !parser.take(.colon) { parser.advance() }
    }
    guard depth > 1, parser.current.kind == .name, parser.next.kind == .symbol(.leftBracket) else {
      return nil
    }
    let name = text(parser.current)
    let line = parser.lineText(from: parser.current.range.start)
    guard let sign = line.firstRange(of: "] = "), !line[sign.upperBound...].contains("\(name)[")
    else { return nil }
    return line.replacing("] = ", with: "] += ", maxReplacements: 1)
  }

  /// Whether the next line is indented.
  private var isIndentedLineNext: Bool {
    var parser = self
    while parser.current.kind == .newline { parser.advance() }
    return parser.current.kind != .endOfFile && !parser.current.startsLine
  }

  /// Goes past the lines below a block's head that cannot be read.
  mutating func skipIndentedLines() {
    while isIndentedLineNext {
      while current.kind == .newline { advance() }
      skipLine(after: position)
    }
  }

  private mutating func skipLine(after start: Int) {
    while current.kind != .endOfFile, current.kind != .newline { advance() }
  }

  private mutating func parseLineOfBlock() throws(SyntaxError) -> Statement {
    let start = current.range.start
    let kind: Statement.Kind
    if at(word: "for") {
      if let body = bodyOfNestedLoops() {
        throw SyntaxError(.statement(.loop(body: body)), current.range)
      }
      throw SyntaxError(.statement(.nestedBlock), current.range)
    }
    if at(word: "check"), next.kind == .name {
      advance()
      if let statement = try parseStepStatementIfOne() {
        kind = .check(.step(statement))
      } else {
        kind = .check(try parseCheck())
      }
    } else if let statement = try parseStepStatementIfOne() {
      kind = .step(statement)
    } else {
      kind = try parseStatementKind()
    }
    guard atEndOfStatement else { throw afterStatement() }
    return Statement(kind, range: range(from: start))
  }

  /// `name[…] = value`, and `name[…] += value` where the brackets hold a slice; nil where it is none, and
  /// then nothing is read.
  mutating func parseStepStatementIfOne() throws(SyntaxError) -> StepStatement? {
    guard current.kind == .name, next.kind == .symbol(.leftBracket) else { return nil }
    let start = position
    let begin = current.range.start
    let name = try parseNewName()
    let target = try parsePostfix(of: SyntaxExpression(.name(name.name), range: name.range))
    guard case .subscripted(let receiver, let items) = target.kind, receiver.nameValue != nil,
      at(.assign) || (at(.accumulate) && items.contains { $0.isSlice })
    else {
      rewind(to: start)
      return nil
    }
    let side = range(from: begin)
    let adds = at(.accumulate)
    advance()
    return StepStatement(name, items, adds: adds, try parseExpression(), target: side)
  }
}

extension SubscriptItem {
  /// Whether it is no single place.
  var isSlice: Bool {
    switch self {
    case .index: false
    case .slice, .ellipsis, .newAxis: true
    }
  }
}
