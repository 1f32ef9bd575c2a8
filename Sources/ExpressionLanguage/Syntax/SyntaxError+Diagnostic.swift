import Diagnostics
import Layers

extension DiagnosticCode {
  static let unexpectedToken: DiagnosticCode = "unexpected-token"
  static let foreignSpelling: DiagnosticCode = "foreign-spelling"
  static let malformedNumber: DiagnosticCode = "malformed-number"
  static let malformedString: DiagnosticCode = "malformed-string"
  static let trailingBackslash: DiagnosticCode = "trailing-backslash"
  static let unclosedBracket: DiagnosticCode = "unclosed-bracket"
  static let nestingTooDeep: DiagnosticCode = "nesting-too-deep"
  static let chainTooLong: DiagnosticCode = "chain-too-long"
  static let fileTooLarge: DiagnosticCode = "file-too-large"
  static let tooManyErrors: DiagnosticCode = "too-many-errors"
  static let unknownStatement: DiagnosticCode = "unknown-statement"
  static let bareExpression: DiagnosticCode = "bare-expression"
  static let reservedWord: DiagnosticCode = "reserved-word"
  static let chainedComparison: DiagnosticCode = "chained-comparison"
  static let callTarget: DiagnosticCode = "call-target"
  static let argumentOrder: DiagnosticCode = "argument-order"
  static let duplicateArgument: DiagnosticCode = "duplicate-argument"
  static let emptySubscript: DiagnosticCode = "empty-subscript"
  static let assignmentTarget: DiagnosticCode = "assignment-target"
  static let shapeSyntax: DiagnosticCode = "shape-syntax"
  static let claimSyntax: DiagnosticCode = "claim-syntax"
  static let lossSyntax: DiagnosticCode = "loss-syntax"
  static let functionSyntax: DiagnosticCode = "function-syntax"
}

extension SyntaxError {
  func diagnostic(in source: SourceText) -> Diagnostic {
    let (code, message, help) = words
    var diagnostic = Diagnostic(code: code, message, at: range, help: help)
    if let opening, opening != range {
      diagnostic.secondary.append(Diagnostic.Label(opening, "opened here"))
    }
    return diagnostic
  }

  private typealias Words = (code: DiagnosticCode, message: String, help: String?)

  private var words: Words {
    switch problem {
    case .expected(let what, let found, let help):
      return (.unexpectedToken, "expected \(what), found \(found)", help)
    case .foreign(let spelling, let text, let operand): return Self.words(spelling, text, operand)
    case .malformed(let problem, let text): return Self.words(problem, text)
    case .unclosed(let symbol):
      let closing = symbol == .leftParenthesis ? ")" : "]"
      return (
        .unclosedBracket, "`\(symbol.rawValue)` is never closed",
        "a `\(closing)` is missing after it"
      )
    case .nestingTooDeep:
      let limit = SyntaxExpression.depthLimit
      return (
        .nestingTooDeep, "expressions nest at most \(limit) levels deep",
        "give a part of it a name of its own"
      )
    case .chainTooLong:
      let limit = SyntaxExpression.chainLimit
      return (
        .chainTooLong, "a sum or product has at most \(limit) operators",
        "give a part of it a name of its own"
      )
    case .fileTooLarge:
      return (.fileTooLarge, "a file holds at most \(SyntaxFile.sizeLimit) bytes", nil)
    case .reservedWord(let word): return Self.words(reserved: word)
    case .chainedComparison:
      return (
        .chainedComparison, "a comparison has two sides", "`a < b < c` is `(a < b) * (b < c)`"
      )
    case .call(let problem): return Self.words(problem)
    case .statement(let problem): return Self.words(problem)
    }
  }

  private static func words(_ problem: CallProblem) -> Words {
    switch problem {
    case .target(let help): (.callTarget, "only a name can be called", help)
    case .positionalAfterKeyword:
      (.argumentOrder, "positional arguments come before keyword arguments", nil)
    case .duplicateArgument(let name):
      (.duplicateArgument, "the argument `\(name)` is given twice", nil)
    case .colonArgument(let callee):
      (
        .unexpectedToken, "a colon stands in subscripts only",
        "all entries in one axis are `\(callee).flatten()`"
      )
    case .emptySubscript(let receiver):
      (.emptySubscript, "a subscript holds an index", "write `\(receiver)` for all of it")
    }
  }

  private static func words(_ problem: StatementProblem) -> Words {
    switch problem {
    case .unknown(let word, let suggestion):
      (
        .unknownStatement, "no statement begins with `\(word)`",
        suggestion.map { "did you mean `\($0)`?" }
      )
    case .bareExpression(let text):
      (.bareExpression, "an expression alone is not a statement", "give it a name: `y = \(text)`")
    case .assignedAccess(let access):
      (
        .assignmentTarget, "entries are defined by `+=`, zero where nothing is added",
        "write `\(access) += …`"
      )
    case .missingShape(let name):
      (.shapeSyntax, "`\(name)` is declared without a shape", "a scalar is `\(name): []`")
    case .shapeWithoutColon(let name, let shape):
      (.shapeSyntax, "a colon stands between a name and its shape", "write `\(name): \(shape)`")
    case .equalityForDefinition(let name, let value):
      (
        .bareExpression, "a comparison alone is not a statement",
        "a value is defined with `=`: `\(name) = \(value)`"
      )
    case .foreignDefinition(let symbol, let name, let value):
      (
        .foreignSpelling, "`\(symbol)` is not part of the language",
        "a value is defined with `=`: `\(name) = \(value)`"
      )
    case .action(let name):
      (
        .bareExpression, "`\(name)` does something, and lines here say what values are",
        OtherName.actions[name]
      )
    case .claimForm(let claim):
      (.claimSyntax, "a claim names a gradient by `d` and its value", "write `\(claim)`")
    case .sideBySide(let left, let right, let help):
      (.unexpectedToken, "nothing stands between `\(left)` and `\(right)`", help)
    case .typeWord(let word):
      (
        .shapeSyntax, "every entry is a real number, and `\(word)` says no more",
        "leave `\(word)` out"
      )
    case .secondStatement(let keyword):
      (
        .unexpectedToken, "a line holds one statement",
        "`\(keyword)` begins a line of its own; `-e` takes `;` between statements"
      )
    case .importing:
      (
        .unknownStatement, "nothing is imported here",
        "leave the line out: `np.`, `torch.` and `F.` are known"
      )
    case .loop(let body):
      (
        .reservedWord, "a loop over entries is an index statement here",
        "declare the shape, and write `\(body)`"
      )
    case .augmented(let name, let operation):
      (
        .assignmentTarget, "a name means one value",
        "put it into the line that defines `\(name)`: `(…) \(operation)`"
      )
    case .assignedMask(let name, let condition, let value):
      (
        .assignmentTarget, "entries are not set one by one",
        "put it into the line that defines `\(name)`: `where(\(condition), \(value), …)`"
      )
    case .parenthesisedShape(let inside):
      (.shapeSyntax, "a shape is written in brackets", "write `[\(inside)]`")
    case .equalityForAssignment(let name, let value):
      (
        .claimSyntax, "a claim about a gradient is written with `=`",
        "write `check \(name) = \(value)`, or `assert` for an identity of two expressions"
      )
    case .assertWithoutEquality:
      (.claimSyntax, "an `assert` compares two expressions with `==`", nil)
    case .functionWithoutDef(let text):
      (.functionSyntax, "a function is defined with `def`", "write `def \(text) = …`")
    case .functionWithColon(let text):
      (.functionSyntax, "a function is one expression after `=`", "write `def \(text) = …`")
    case .rangeWithStep(let instead):
      (
        .claimSyntax, "the range of an index has no step",
        instead.map { "write `\($0)`" } ?? "multiply the index in its accesses"
      )
    case .emptyBlock:
      (.unexpectedToken, "a block has lines below it", "indent them, or write one behind the colon")
    case .nestedBlock:
      (
        .unexpectedToken, "blocks do not nest",
        "a line takes all entries of its step: leave the inner loop and its index out"
      )
    case .lossWithoutName(let value):
      (.lossSyntax, "a loss has a name", "write `loss L = \(value)`")
    case .foreignComment: (.unexpectedToken, "a comment begins with `#`", "write `#`")
    case .continuation:
      (
        .unexpectedToken, "a line ends its statement",
        "put the expression in parentheses; a line does not end inside them"
      )
    }
  }

  private static func words(
    _ spelling: ForeignSpelling, _ text: String, _ operand: String
  ) -> Words {
    let message =
      switch spelling {
      case .invisibleSpace: "this is a space of another kind"
      case .notUTF8: "these bytes are not UTF-8"
      default: "`\(text)` is not part of the language"
      }
    let help = spelling.help.map { $0.split(separator: "{}", omittingEmptySubsequences: false) }
    return (.foreignSpelling, message, help?.joined(separator: operand))
  }

  private static func words(_ problem: LexicalProblem, _ text: String) -> Words {
    switch problem {
    case .unterminatedString: (.malformedString, "a string ends on its line with its quote", nil)
    case .unknownEscape:
      (.malformedString, "a backslash in a string stands before `\\`, `'` or `\"` only", nil)
    case .trailingBackslash:
      (
        .trailingBackslash, "a backslash does not continue a line",
        "put the expression in parentheses; a line does not end inside them"
      )
    case .nameAfterNumber:
      (.malformedNumber, "a name follows a number", "write `\(productText(text))`")
    case .radixPrefix: (.malformedNumber, "numbers are decimal", nil)
    case .leadingZero:
      (
        .malformedNumber, "an integer has no zeros in front",
        "write `\(text.drop { $0 == "0" || $0 == "_" })`"
      )
    case .misplacedUnderscore:
      (.malformedNumber, "an underscore in a number stands between two digits", nil)
    case .missingExponent: (.malformedNumber, "an exponent needs digits", nil)
    case .numberTooLong:
      (.malformedNumber, "a number has at most \(DecimalLiteral.limit) digits", nil)
    }
  }

  /// `2x` as a product.
  private static func productText(_ text: String) -> String {
    let number = text.prefix { $0.isNumber || $0 == "." || $0 == "_" }
    return "\(number) * \(text.dropFirst(number.count))"
  }

  private static func words(reserved word: String) -> Words {
    return (.reservedWord, "`\(word)` is a reserved word of Python", ForeignWord.reserved[word])
  }
}
