import Diagnostics

/// The first thing that is wrong with a statement, as data; `SyntaxError+Diagnostic` has the words.
struct SyntaxError: Error, Hashable, Sendable {
  enum Problem: Hashable, Sendable {
    /// Something else stands where the text needs what is named.
    case expected(String, found: String)
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
    case target(callee: String)
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
    case equalityForAssignment
    case assertWithoutEquality
    case functionWithoutDef(String)
    case functionWithColon(String)
    case rangeWithStep
    /// A block's head with nothing below it.
    case emptyBlock
    /// A block in a block.
    case nestedBlock
    case lossWithoutName
    /// A line that begins with an operator.
    case continuation
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
