import Diagnostics

extension Parser {
  mutating func parseDims() throws(SyntaxError) -> DimsStatement {
    var sizes: [SizeDeclaration] = []
    repeat {
      let name = try parseNewName("the name of a size")
      if take(.assign) {
        sizes.append(SizeDeclaration(name, .value(try parseSum())))
        if current.kind == .name, next.kind == .symbol(.assign) {
          throw unexpected(
            "`,`",
            help: "sizes have commas between them: `, \(lineText(from: current.range.start))`")
        }
      } else if at(word: "in") {
        advance()
        let lower = try parseSum()
        try expect(.twoDots, "`..`, as in `in 5..9`")
        sizes.append(SizeDeclaration(name, .range(lower, try parseSum())))
      } else {
        sizes.append(SizeDeclaration(name, .free))
      }
    } while take(.comma)
    return DimsStatement(sizes)
  }

  mutating func parseBudget() throws(SyntaxError) -> BudgetStatement {
    var limits: [BudgetStatement.Limit] = []
    repeat {
      let name = try parseNewName("`work` or `memory`")
      try expect(.assign)
      limits.append(BudgetStatement.Limit(name, try parseSum()))
    } while take(.comma)
    return BudgetStatement(limits)
  }

  mutating func parseDeclarations(
    _ role: DeclarationStatement.Role
  ) throws(SyntaxError) -> DeclarationStatement {
    var declarations: [TensorDeclaration] = []
    repeat {
      let name = try parseNewName("the name of a tensor")
      if current.kind == .name, next.kind == .symbol(.colon) {
        throw SyntaxError(.statement(.typeWord(name.name)), name.range)
      }
      if at(.comma) || atEndOfStatement {
        throw SyntaxError(.statement(.missingShape(name.name)), name.range)
      }
      if at(.leftBracket) { throw try shapeWithoutColon(after: name) }
      let shape = try parseShapeAfterColon()
      var structures: [StructureSyntax] = []
      while current.kind == .name { structures.append(try parseStructure()) }
      declarations.append(TensorDeclaration(name, shape, structures))
    } while take(.comma)
    return DeclarationStatement(role, declarations)
  }

  private mutating func shapeWithoutColon(
    after name: Identifier
  ) throws(SyntaxError) -> SyntaxError {
    let start = current.range.start
    _ = try parseElements(.leftBracket, closedBy: .rightBracket)
    let role = keywordBefore(name)
    return SyntaxError(
      .statement(.shapeWithoutColon(name: role + name.name, shape: text(from: start))),
      range(from: start))
  }

  /// The word of the declaration that a name begins, with a space; empty where another name stands between.
  private func keywordBefore(_ name: Identifier) -> String {
    let line = source[SourceRange(start: 0, end: name.range.start)]
    let word = line.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
    return DeclarationStatement.Role(rawValue: word) == nil ? "" : word + " "
  }

  /// `: [B, 2*H]`
  mutating func parseShapeAfterColon() throws(SyntaxError) -> ShapeSyntax {
    try expect(.colon, "`:` and a shape")
    let start = current.range.start
    if at(.leftParenthesis) {
      _ = try parseElements(.leftParenthesis, closedBy: .rightParenthesis)
      let inside = text(from: start).dropFirst().dropLast()
      throw SyntaxError(
        .statement(.parenthesisedShape(inside: String(inside))), range(from: start))
    }
    if let inside = shapeOfAnotherForm() {
      throw SyntaxError(.statement(.parenthesisedShape(inside: inside)), current.range)
    }
    guard at(.leftBracket) else { throw unexpected("a shape, such as `[B, 2*H]`") }
    let extents = try parseElements(.leftBracket, closedBy: .rightBracket)
    return ShapeSyntax(extents.expressions, range: range(from: start))
  }

  /// The extents of a shape that is written `N, D`, `[N][D]`, `[N D]` or `Tensor[N, D]`; nil for all others.
  private func shapeOfAnotherForm() -> String? {
    var parser = self
    let hasType = current.kind == .name && next.kind == .symbol(.leftBracket)
    if hasType { parser.advance() }
    var extents: [String] = []
    var form = ""
    while !parser.atEndOfStatement {
      switch parser.current.kind {
      case .name, .number:
        extents.append(text(parser.current))
        form += "x"
      case .symbol(let symbol) where [.leftBracket, .rightBracket, .comma].contains(symbol):
        form += symbol.rawValue
      case .symbol, .string, .newline, .endOfFile, .foreign, .malformed: return nil
      }
      parser.advance()
    }
    let isBracketed = form.hasPrefix("[") && form.hasSuffix("]") && !form.contains("],")
    let isOther =
      hasType || (isBracketed ? form.contains("][") || form.contains("xx") : !form.contains("["))
    let areSizes = extents.allSatisfy { $0.count == 1 || $0.first?.isLowercase == false }
    return isOther && areSizes && !extents.isEmpty && (isBracketed || !form.contains("xx"))
      ? extents.joined(separator: ", ") : nil
  }

  private mutating func parseStructure() throws(SyntaxError) -> StructureSyntax {
    let name = try parseNewName("a word of structure, such as `symmetric`")
    guard at(.leftParenthesis) else { return StructureSyntax(name) }
    let arguments = try parseArguments()
    return StructureSyntax(
      name, arguments.filter { $0.label == nil }.map(\.value),
      keywords: arguments.filter { $0.label != nil })
  }
}
