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
  }

  /// What can be wrong with the form of a statement.
  enum StatementProblem: Hashable, Sendable {
    /// A name that begins no statement, with the keyword that was likely meant.
    case unknown(String, suggestion: String?)
    case bareExpression(String)
    case assignedAccess(String)
    case assignedTuple
    case missingShape(String)
    case parenthesisedShape(inside: String)
    case equalityForAssignment
    case assertWithoutEquality
    case functionWithoutDef(String)
    case functionWithColon(String)
    case rangeWithStep
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
