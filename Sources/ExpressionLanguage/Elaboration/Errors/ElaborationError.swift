import Diagnostics
import Layers
import Scalars
import TensorExpressions

/// A mistake in what a statement means, as data; `ElaborationError+Diagnostic` has the words.
struct ElaborationError: Error, Sendable {
  enum Problem: Sendable {
    case name(NameProblem)
    case size(SizeProblem)
    /// Operands that do not fit together, with the operation's text.
    case shape(ShapeError, operation: String)
    case argument(ArgumentError)
    case value(ValueProblem)
    case definition(DefinitionProblem)
    case index(IndexProblem)
    case claim(ClaimProblem)
    case structure(StructureProblem)
    case budget(BudgetProblem)
    case block(BlockProblem)
  }

  enum NameProblem: Sendable {
    case unknown(String, isDefinedLater: Bool)
    case unknownFunction(String, isValue: Bool)
    /// A name that frameworks give different meanings.
    case ambiguousFunction(String, modules: Int)
    /// A function's name that no parenthesis follows.
    case functionWithoutCall(String)
    case unknownAttribute(String, isFunction: Bool)
    /// `x.shape(0)`
    case calledAttribute(String)
    case taken(String)
    /// `+=` on a value that is in use, or that is declared.
    case updatedLate(String)
    case functionTaken(String, isOfLanguage: Bool)
    /// A name `dX` where there is an `X`.
    case reservedGradient(String, of: String)
    case gradientBeforeValue(String, of: String)
    case usedBeforeDefined(String)
    case unknownOverride(String)
    /// Names of sizes that shapes use and no `dims` declares.
    case undeclaredSizes([String])
  }

  enum SizeProblem: Sendable {
    case expected(String)
    case tooLarge
    case notPositive(name: String, value: String)
    case emptyRange(lower: Int, upper: Int)
    case neverPositive(Size)
    case unmetCondition(ShapeCondition, numbers: [String: Int])
    case tooManyAxes(limit: Int)
  }

  /// What can be wrong with an operand, whatever its shape.
  enum ValueProblem: Sendable {
    /// A text, flag or `None` where a tensor is needed.
    case notNumeric(String)
    case divisionByZero
    case numberTooLarge
    case subscriptOfNumber
    case subscriptPlace(String)
    /// A value and places, where one tensor is wanted.
    case pair(String)
    case derivativeOperand(function: String, operand: String)
    case derivativeOfTensor(function: String, shape: [Size])
    case derivativeDirection(function: String, expected: [Size], found: [Size])
    case noDerivative(function: String, operand: Int)
    case derivativeArguments(function: String, count: Int)
    case tooComplex
    /// What would compute with −∞.
    case infinity(String)
  }

  enum DefinitionProblem: Sendable {
    case shape(name: String, declared: [Size], found: [Size])
    case lossRank(name: String, shape: [Size])
    case secondOutput
    case undefined(String)
    case missingShape(String)
    case recursion(String)
    case emptyExtent(name: String, Size)
    /// A value that has not as many parts as there are names for them.
    case unpacking(names: Int, parts: Int)
  }

  enum IndexProblem: Sendable {
    case unbounded(String)
    case isValue(String)
    case outsideAccess(String)
    case rank(access: String, expected: Int, found: Int)
    case notAffine(String)
    case withoutAccess(String, shape: [Size])
    case notPointwise(String)
    case `operator`(String)
    case unevenTerms(String)
    case tooManyTerms(limit: Int)
    case laterAddition(String)
  }

  enum ClaimProblem: Sendable {
    case shape(name: String, primal: String, expected: [Size], found: [Size])
    case sides(left: [Size], right: [Size])
    case notGradient(String)
    case circular(String)
    /// What is differentiated reads a gradient of itself.
    case circularOutput(String)
    /// A claim on the gradient by an output that another output is computed from.
    case twoMeanings(String, of: String, reader: String)
    case unreadable(String, reason: String)
    case givenShape(name: String, primal: String, expected: [Size], found: [Int])
  }

  enum StructureProblem: Sendable {
    case unknown(String)
    case misfit(String, rule: String, shape: [Size])
    case argument(String, rule: String)
    /// A word that does not go together with those before it.
    case contradiction(String, others: [String])
  }

  enum BudgetProblem: Sendable {
    case unknown(String, known: [String])
    case repeated(String)
    case notPositive(String, Int)
  }

  var problem: Problem
  var range: SourceRange
  /// Other places that matter.
  var labels: [Diagnostic.Label] = []
  /// Changes worth trying, the likeliest first.
  var repairs: [Repair] = []
  /// The change that was tried and passes.
  var help: String?
  /// What to do, as a sentence, where the change is none of an expression.
  var advice: String?

  /// The numbers of the sizes, shown beside their names.
  var numbers: [String: Int] = [:]

  /// Whether it is a mismatch of shapes, which makes a claim wrong and not the file.
  var isMisfit: Bool {
    switch problem {
    case .shape, .claim(.shape), .claim(.sides), .claim(.givenShape): true
    case .size(.unmetCondition): true
    case .value(.derivativeDirection), .value(.derivativeOfTensor): true
    case .name, .size, .argument, .value, .definition, .index, .claim, .structure, .budget, .block:
      false
    }
  }
}

/// A change to the text of a statement: another expression in place of the one at a range.
struct Repair: Sendable {
  let range: SourceRange
  let replacement: SyntaxExpression
  /// What the help shows: the changed operation.
  let shown: String

  init(_ range: SourceRange, _ replacement: SyntaxExpression, shown: String? = nil) {
    self.range = range
    self.replacement = replacement
    self.shown = shown ?? replacement.description
  }
}
