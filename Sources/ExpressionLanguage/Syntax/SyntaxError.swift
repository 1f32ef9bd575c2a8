import Diagnostics

/// The first thing that is wrong with a statement, as data; `SyntaxError+Diagnostic` has the words.
struct SyntaxError: Error, Hashable, Sendable {
  enum Problem: Hashable, Sendable {
    /// Something else stands where the text needs what is named.
    case expected(String, found: String, help: String? = nil)
    case foreign(ForeignSpelling, text: String, operand: String)
    case malformed(LexicalProblem, text: String)
    case unclosed(Symbol)
    case nestingTooDeep
    case chainTooLong
    case fileTooLarge
    case reservedWord(String)
    case chainedComparison
    case call(CallProblem)
    case statement(StatementProblem)
  }

  /// What can be wrong with a call or a subscript.
  enum CallProblem: Hashable, Sendable {
    /// What is called is no name; with what may be meant.
    case target(help: String?)
    case positionalAfterKeyword
    case duplicateArgument(String)
    case emptySubscript(receiver: String)
    /// `z(:)`
    case colonArgument(callee: String)
  }

  /// What can be wrong with the form of a statement.
  enum StatementProblem: Hashable, Sendable {
    /// A name that begins no statement, with the keyword that was likely meant.
    case unknown(String, suggestion: String?)
    case bareExpression(String)
    case assignedAccess(String)
    case missingShape(String)
    /// A shape without the colon before it.
    case shapeWithoutColon(name: String, shape: String)
    /// `z == x @ W` for `z = x @ W`.
    case equalityForDefinition(name: String, value: String)
    /// `y := 2 * x`, `y <- 2 * x`
    case foreignDefinition(symbol: String, name: String, value: String)
    /// `y.backward()`
    case action(String)
    /// `check dx: …`, `check x.grad = …`, with the claim that is meant.
    case claimForm(String)
    /// Names or numbers side by side, with what may be meant.
    case sideBySide(left: String, right: String, help: String)
    /// A word between a declaration's keyword and its name.
    case typeWord(String)
    /// A second statement on the line.
    case secondStatement(keyword: String)
    /// `import numpy as np`
    case importing
    /// `for i in range(N): z[i] = …`, with the statement without its loops.
    case loop(body: String)
    /// `ds /= N`
    case augmented(name: String, operation: String)
    /// `dx[x < 0] = 0`
    case assignedMask(name: String, condition: String, value: String)
    case parenthesisedShape(inside: String)
    case equalityForAssignment(name: String, value: String)
    case assertWithoutEquality
    case functionWithoutDef(String)
    case functionWithColon(String)
    /// `range(T-1, -1, -1)`, with the range that is meant.
    case rangeWithStep(instead: String?)
    /// A block's head with nothing below it.
    case emptyBlock
    /// A block in a block.
    case nestedBlock
    case lossWithoutName(value: String)
    /// A line that begins with an operator.
    case continuation
    /// `// …`
    case foreignComment
  }

  let problem: Problem
  let range: SourceRange
  /// The bracket that is open, when that matters.
  let opening: SourceRange?

  init(_ problem: Problem, _ range: SourceRange, opening: SourceRange? = nil) {
    self.problem = problem
    self.range = range
    self.opening = opening
  }
}
