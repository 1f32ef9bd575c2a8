import Diagnostics
import Layers

/// What is wrong with lines of other languages, and of other forms, and what they are here.
extension Parser {
  /// What stands from an offset to the end of the line.
  func lineText(from start: Int) -> String {
    var parser = self
    while !parser.atEndOfStatement { parser.advance() }
    let text = source[SourceRange(start: start, end: max(start, parser.previousEnd))]
    return String(text.drop { $0 == " " })
  }

  /// ``unexpected(_:)`` with what to do.
  func unexpected(_ expected: String, help: String) -> SyntaxError {
    let error = unexpected(expected)
    guard case .expected(let what, let found, nil) = error.problem else { return error }
    return SyntaxError(
      .expected(what, found: found, help: help), error.range, opening: error.opening)
  }

  /// What is wrong where a statement should end: two operands side by side are a product or a call.
  func afterStatement() -> SyntaxError {
    guard let previous, previous.range.end < current.range.start,
      current.kind == .name || current.kind == .number, !ReservedWord.isReserved(text(current))
    else { return unexpected("the end of the statement") }
    let (left, right) = (text(previous), text(current))
    let help: String
    switch previous.kind {
    case .number: help = "a product is `\(left) * \(right)`"
    case .name where isFunction(left): help = "a function is called: `\(left)(\(right))`"
    case .name: help = "a product is `\(left) * \(right)`, of matrices `\(left) @ \(right)`"
    case .string, .symbol, .newline, .endOfFile, .foreign, .malformed:
      return unexpected("the end of the statement")
    }
    return SyntaxError(
      .statement(.sideBySide(left: left, right: right, help: help)),
      SourceRange(start: previous.range.start, end: current.range.end))
  }

  private func isFunction(_ name: String) -> Bool {
    FunctionCatalogue.standard.function(name) != nil
  }

  /// A line that begins with a word which no statement begins with: `let y = 2 * x`, `parameter W: [N]`.
  mutating func unknownStatement() -> SyntaxError {
    let (word, range) = (text(current), current.range)
    var suggestion =
      ForeignWord.keywords[word]
      ?? SpellingSuggestion.closest(to: word, among: StatementKeyword.allCases.map(\.rawValue))
    if suggestion == nil {
      var parser = self
      parser.advance()
      let start = parser.current.range.start
      parser.advance()
      if parser.at(.assign) { suggestion = lineText(from: start) }
    }
    return SyntaxError(.statement(.unknown(word, suggestion: suggestion)), range)
  }

  /// `output x + 1`
  func unnamedOutput(from name: Identifier) -> SyntaxError {
    let value = lineText(from: name.range.start)
    let own = Self.replacingWord("y", with: "", in: value) == value ? "y" : "out"
    return unexpected(
      "the end of the statement", help: "an output has a name: `output \(own) = \(value)`")
  }

  /// `y := 2 * x`, `y -> 2 * x`
  func foreignDefinition() -> SyntaxError {
    SyntaxError(
      .statement(
        .foreignDefinition(
          symbol: text(next), name: text(current), value: lineText(from: next.range.end))),
      next.range)
  }

  /// `y <- 2 * x`, which reads as a comparison.
  func definitionByArrow(_ expression: SyntaxExpression) -> SyntaxError? {
    guard case .comparison(.less, let left, let right) = expression.kind,
      let name = left.nameValue
    else { return nil }
    let value = source[SourceRange(start: left.range.end, end: right.range.end)]
      .drop { $0 == " " }
    guard value.hasPrefix("<-") else { return nil }
    return SyntaxError(
      .statement(
        .foreignDefinition(
          symbol: "<-", name: name, value: String(value.dropFirst(2).drop { $0 == " " }))),
      expression.range)
  }

  /// `print(x)`, `y.backward()`, `x.requires_grad = True`: nothing of which is run.
  func actionOrSetting(_ expression: SyntaxExpression) -> SyntaxError? {
    switch expression.kind {
    case .call(let function, _), .methodCall(_, let function, _):
      guard atEndOfStatement, OtherName.actions[function.name] != nil else { return nil }
      return SyntaxError(.statement(.action(function.name)), expression.range)
    case .attribute(_, let name):
      guard at(.assign), ForeignWord.settings.contains(name.name) else { return nil }
      return unexpected(
        "the end of the statement", help: "leave the line out: gradients are derived")
    case .number, .string, .boolean, .none, .name, .unary, .chain, .power, .comparison,
      .subscripted, .tuple, .list:
      return nil
    }
  }

  /// `check grad(x) = …`, `check x.grad = …`, `check dL/dx = …`, `check dx: …`
  mutating func claimForm() -> SyntaxError? {
    var parser = self
    let start = current.range.start
    guard let expression = try? parser.parseSum(), parser.at(.assign) || parser.at(.colon) else {
      return nil
    }
    let value = parser.lineText(from: parser.current.range.end)
    if parser.at(.colon) {
      parser.advance()
      guard !parser.at(.leftBracket), let name = expression.nameValue else { return nil }
      return SyntaxError(
        .statement(.claimForm("check \(name) = \(value)")), parser.range(from: start))
    }
    guard let name = Self.subject(of: expression) else { return nil }
    return SyntaxError(
      .statement(.claimForm("check d\(name) = \(value)")), expression.range)
  }

  /// The value whose gradient other forms than `dx` name.
  private static func subject(of expression: SyntaxExpression) -> String? {
    switch expression.kind {
    case .call(let function, let arguments):
      guard ["grad", "gradient", "d"].contains(function.name), let last = arguments.last else {
        return nil
      }
      return last.value.nameValue
    case .attribute(let value, let name):
      return ["grad", "gradient"].contains(name.name) ? value.nameValue : nil
    case .chain(let first, let links):
      guard links.count == 1, links[0].operator == .divide,
        first.nameValue?.hasPrefix("d") == true, let by = links[0].operand.nameValue,
        by.hasPrefix("d"), by.count > 1
      else { return nil }
      return String(by.dropFirst())
    case .number, .string, .boolean, .none, .name, .unary, .power, .comparison, .methodCall,
      .subscripted, .tuple, .list:
      return nil
    }
  }

  /// What is meant where something that is no name is called: a layer of a module, or a function of functions.
  func calledTarget(_ callee: SyntaxExpression) -> String? {
    let arguments = "(\(argumentsText))"
    switch callee.kind {
    case .call(let name, let inner), .methodCall(_, let name, let inner):
      if let function = Self.functionName(ofLayer: name.name), inner.isEmpty {
        return "a layer is a function: `\(function)\(arguments)`"
      }
      if inner.count == 1, let function = inner[0].value.nameValue, isFunction(function) {
        return "functions take whole arrays: `\(function)\(arguments)`"
      }
      return nil
    case .chain, .power, .unary, .number, .tuple:
      return "a product is `\(source[callee.range]) * \(arguments)`"
    case .string, .boolean, .none, .name, .comparison, .attribute, .subscripted, .list: return nil
    }
  }

  private var argumentsText: String {
    var parser = self
    guard let _ = try? parser.parseArguments() else { return "…" }
    return String(
      source[SourceRange(start: current.range.start, end: parser.previousEnd)].dropFirst()
        .dropLast())
  }

  /// `CrossEntropyLoss` as `cross_entropy`, `ReLU` as `relu`.
  private static func functionName(ofLayer name: String) -> String? {
    guard name.first?.isUppercase == true else { return nil }
    var snake = ""
    var wasLower = false
    for letter in name {
      if letter.isUppercase, wasLower { snake += "_" }
      snake += letter.lowercased()
      wasLower = letter.isLowercase
    }
    let candidates = [name.lowercased(), snake, snake.replacing("_loss", with: "")]
    return OtherName.layers[name]
      ?? candidates.first { FunctionCatalogue.standard.function($0) != nil }
  }

  /// A range with the step −1 as the reversed one: `range(T-1, -1, -1)` runs through `range(T)`.
  func reversed(_ bounds: [SyntaxExpression]) -> String? {
    let texts = bounds.map { source[$0.range].filter { $0 != " " } }
    guard texts.count == 3, texts[2] == "-1" else { return nil }
    func raised(_ text: String) -> String {
      text == "-1" ? "0" : text.hasSuffix("-1") ? String(text.dropLast(2)) : "\(text) + 1"
    }
    let (lower, upper) = (raised(texts[1]), raised(texts[0]))
    return "reversed(range(\(lower == "0" ? upper : "\(lower), \(upper)")))"
  }

  /// The expression before a generator's `for` on whole arrays: `x[i]**2 for i in range(N)` is `x**2`; nil where the
  /// index stands elsewhere than alone in a subscript.
  func wholeArrays() -> String? {
    guard at(word: "for"), next.kind == .name, let opening = innermostBracket else { return nil }
    var parser = self
    parser.advance()
    let index = text(parser.current)
    parser.advance()
    guard parser.at(word: "in") else { return nil }
    parser.advance()
    let body = source[SourceRange(start: opening.end, end: current.range.start)]
      .trimmingSpaces
    let isRange = parser.at(word: "range")
    let array = text(parser.current)
    parser.advance()
    let result =
      isRange
      ? body.replacing("[\(index)]", with: "")
      : parser.at(.rightBracket) || parser.at(.rightParenthesis)
        ? Self.replacingWord(index, with: array, in: body) : body
    return Self.replacingWord(index, with: "", in: result) == result ? result : nil
  }

  private static func replacingWord(_ word: String, with other: String, in text: String) -> String {
    var (result, name) = ("", "")
    for letter in text + " " {
      if letter.isLetter || letter.isNumber || letter == "_" {
        name.append(letter)
        continue
      }
      result += (name == word ? other : name) + String(letter)
      name = ""
    }
    return String(result.dropLast())
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
