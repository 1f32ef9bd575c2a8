import Diagnostics
import Layers
import TensorExpressions

extension DiagnosticCode {
  static let unknownName: DiagnosticCode = "unknown-name"
  static let unknownFunction: DiagnosticCode = "unknown-function"
  static let functionWithoutCall: DiagnosticCode = "function-without-call"
  static let unknownAttribute: DiagnosticCode = "unknown-attribute"
  static let nameTaken: DiagnosticCode = "name-taken"
  static let reservedGradient: DiagnosticCode = "reserved-gradient"
  static let usedBeforeDefined: DiagnosticCode = "used-before-defined"
  static let sizeExpected: DiagnosticCode = "size-expected"
  static let sizeTooLarge: DiagnosticCode = "size-too-large"
  static let sizeNotPositive: DiagnosticCode = "size-not-positive"
  static let sizeRange: DiagnosticCode = "size-range"
  static let sizeCondition: DiagnosticCode = "size-condition"
  static let argument: DiagnosticCode = "argument"
  static let notNumeric: DiagnosticCode = "not-numeric"
  static let divisionByZero: DiagnosticCode = "division-by-zero"
  static let numberTooLarge: DiagnosticCode = "number-too-large"
  static let subscript_: DiagnosticCode = "subscript"
  static let derivative: DiagnosticCode = "derivative"
  static let tooComplex: DiagnosticCode = "too-complex"
  static let infinity: DiagnosticCode = "infinity"
  static let shapeMismatch: DiagnosticCode = "shape-mismatch"
  static let lossRank: DiagnosticCode = "loss-rank"
  static let secondOutput: DiagnosticCode = "second-output"
  static let undefinedValue: DiagnosticCode = "undefined-value"
  static let missingShape: DiagnosticCode = "missing-shape"
  static let recursion: DiagnosticCode = "recursion"
  static let unboundedIndex: DiagnosticCode = "unbounded-index"
  static let indexName: DiagnosticCode = "index-name"
  static let indexAccess: DiagnosticCode = "index-access"
  static let indexTerm: DiagnosticCode = "index-term"
  static let claimName: DiagnosticCode = "claim-name"
  static let claimFile: DiagnosticCode = "claim-file"
  static let structure: DiagnosticCode = "structure"
  static let budget: DiagnosticCode = "budget"
}

extension ElaborationError {
  typealias Words = (code: DiagnosticCode, message: String, note: String?)

  var diagnostic: Diagnostic {
    let help = help.map { "did you mean `\($0)`?" } ?? advice
    if case .shape(let error, let operation) = problem {
      return error.diagnostic(
        of: operation, at: range, labels: labels, help: help, numbers: numbers)
    }
    let (code, message, note) = words
    return Diagnostic(
      code: code, message, at: range, secondary: labels, notes: note.map { [$0] } ?? [],
      help: help)
  }

  private var words: Words {
    switch problem {
    case .name(let problem): Self.words(problem)
    case .size(let problem): Self.words(problem)
    case .shape(let error, _): (error.code, "", nil)
    case .argument(let error): Self.words(error)
    case .value(let problem): Self.words(problem)
    case .definition(let problem): Self.words(problem)
    case .index(let problem): Self.words(problem)
    case .claim(let problem): Self.words(problem)
    case .structure(let problem): Self.words(problem)
    case .budget(let problem): Self.words(problem)
    case .block(let problem): problem.words
    }
  }

  private static func words(_ problem: NameProblem) -> Words {
    switch problem {
    case .unknown(let name, let isDefinedLater):
      let note =
        isDefinedLater ? "`\(name)` is defined below; a name is used after its definition" : nil
      return (.unknownName, "no value or size is called `\(name)` here", note)
    case .unknownFunction(let name, let isValue):
      let note = isValue ? "`\(name)` is a value; a product is `\(name) * (…)`" : nil
      return (.unknownFunction, "no function is called `\(name)`", note)
    case .ambiguousFunction(let name, let modules):
      return (
        .unknownFunction,
        modules == 1
          ? "`\(name)` is a function of a module, and is called by its prefix"
          : "`\(name)` means different things in NumPy and in PyTorch", nil
      )
    case .functionWithoutCall(let name):
      return (.functionWithoutCall, "`\(name)` is a function, and is called as `\(name)(…)`", nil)
    case .unknownAttribute(let name, let isFunction):
      return (
        .unknownAttribute, "a value has no attribute `\(name)`",
        isFunction ? "`\(name)` is a function, and is called as `.\(name)(…)`" : nil
      )
    case .calledAttribute(let name):
      return (.unknownAttribute, "`\(name)` is an attribute, and is not called", nil)
    case .updatedLate(let name):
      return (
        .nameTaken, "`\(name)` is in use, and a name means one value",
        "the sum has a name of its own: `\(name)2 = \(name) + …`"
      )
    case .taken(let name): return (.nameTaken, "`\(name)` is defined twice", nil)
    case .functionTaken(let name, let isOfLanguage):
      return (
        .nameTaken,
        isOfLanguage
          ? "`\(name)` is a function of the language" : "the function `\(name)` is defined twice",
        nil
      )
    case .reservedGradient(let name, let primal):
      return (
        .reservedGradient, "`\(name)` is the gradient by `\(primal)`, and is not defined otherwise",
        nil
      )
    case .gradientBeforeValue(let name, let primal):
      return (.unknownName, "`\(name)` stands before the value `\(primal)` that it is of", nil)
    case .usedBeforeDefined(let name):
      return (.usedBeforeDefined, "`\(name)` is used before it is wholly defined", nil)
    case .undeclaredSizes(let names):
      let list = names.map { "`\($0)`" }.joined(separator: ", ")
      return (.unknownName, "no size is called \(list)", nil)
    case .unknownOverride(let name): return (.unknownName, "no size is called `\(name)`", nil)
    }
  }

  private static func words(_ problem: SizeProblem) -> Words {
    switch problem {
    case .expected(let text): return (.sizeExpected, "`\(text)` is not a size", nil)
    case .tooLarge: return (.sizeTooLarge, "a size has at most 63 bits", nil)
    case .notPositive(let name, let value):
      return (.sizeNotPositive, "the size `\(name)` is \(value), and a size is at least 1", nil)
    case .emptyRange(let lower, let upper):
      return (.sizeRange, "the range \(lower)..\(upper) holds no size", nil)
    case .neverPositive(let size):
      return (.sizeNotPositive, "the extent `\(size)` is below 1 for all sizes", nil)
    case .unmetCondition(let condition, let numbers):
      let used = numbers.keys.sorted().map { "`\($0)` is \(numbers[$0] ?? 0)" }
      return (
        .sizeCondition,
        "this needs \(condition.text), and \(used.joined(separator: ", "))", nil
      )
    case .tooManyAxes(let limit):
      return (.sizeRange, "a tensor has at most \(limit) axes", nil)
    }
  }

  private static func words(_ error: ArgumentError) -> Words {
    switch error {
    case .unknownFunction(let name): (.unknownFunction, "no function is called `\(name)`", nil)
    case .missing(let function, let parameter):
      (.argument, "`\(function)` needs its argument `\(parameter)`", nil)
    case .unknownKeyword(let function, let keyword, let known):
      (
        .argument, "`\(function)` has no argument `\(keyword)`",
        "its arguments are \(known.map { "`\($0)`" }.joined(separator: ", "))"
      )
    case .repeated(let function, let parameter):
      (.argument, "`\(function)` is given its argument `\(parameter)` twice", nil)
    case .tooMany(let function, let limit, let found):
      (.argument, "`\(function)` takes \(limit) arguments at most, and is given \(found)", nil)
    }
  }

  private static func words(_ problem: ValueProblem) -> Words {
    switch problem {
    case .notNumeric(let text): return (.notNumeric, "`\(text)` is not a number or tensor", nil)
    case .divisionByZero: return (.divisionByZero, "the divisor is 0", nil)
    case .numberTooLarge: return (.numberTooLarge, "this number is too large to compute with", nil)
    case .subscriptOfNumber: return (.subscript_, "a number has no entries", nil)
    case .subscriptPlace(let text):
      return (.subscript_, "`\(text)` is not a size, and places and bounds are sizes", nil)
    case .pair(let text):
      return (.notNumeric, "`\(text)` is a pair of values and their places in PyTorch", nil)
    case .derivativeOperand(let function, let operand):
      return (
        .derivative, "`\(function)` differentiates by a declared or named value",
        "`\(operand)` has no name"
      )
    case .derivativeOfTensor(let function, let shape):
      return (
        .derivative, "`\(function)` differentiates a scalar, and this is \(shapeText(shape))", nil
      )
    case .derivativeDirection(let function, let expected, let found):
      return (
        .derivative, "`\(function)` needs a direction of shape \(shapeText(expected))",
        "this one is \(shapeText(found))"
      )
    case .noDerivative(let function, let operand):
      return (.derivative, "`\(function)` has no derivative by its operand \(operand + 1)", nil)
    case .derivativeArguments(let function, let count):
      return (.argument, "`\(function)` takes \(count) arguments by place", nil)
    case .tooComplex:
      return (.tooComplex, "this expression has too many parts once its functions are put in", nil)
    case .infinity(let text):
      return (
        .infinity, "`\(text)` would compute with −∞",
        "−∞ stands in `where`, `masked_fill` and sums; `exp`, `max`, `softmax` take it"
      )
    }
  }

  private static func words(_ problem: DefinitionProblem) -> Words {
    switch problem {
    case .shape(let name, let declared, let found):
      return (
        .shapeMismatch,
        "`\(name)` is declared \(shapeText(declared)) and computed \(shapeText(found))", nil
      )
    case .lossRank(let name, let shape):
      return (.lossRank, "the loss `\(name)` is \(shapeText(shape)), and a loss is a scalar", nil)
    case .secondOutput: return (.secondOutput, "a file has one loss or one output", nil)
    case .undefined(let name):
      return (.undefinedValue, "`\(name)` has a shape and no definition", nil)
    case .missingShape(let name):
      return (
        .missingShape, "`\(name)` has no shape yet",
        "a value that index statements define is declared before them: `\(name): [...]`"
      )
    case .recursion(let name): return (.recursion, "the function `\(name)` calls itself", nil)
    case .unpacking(let names, let parts):
      return (
        .assignmentTarget,
        "\(names) names are given to \(parts) \(parts == 1 ? "value" : "values")", nil
      )
    case .emptyExtent(let name, let extent):
      return (.sizeNotPositive, "`\(name)` has an axis of extent \(extent)", nil)
    }
  }

  private static func words(_ problem: IndexProblem) -> Words {
    switch problem {
    case .unbounded(let index):
      return (
        .unboundedIndex, "nothing bounds the index `\(index)`",
        "a range can be given: `… for \(index) in range(…)`"
      )
    case .isValue(let name):
      return (
        .indexName, "`\(name)` is a size or a number, and an index has a name of its own", nil
      )
    case .outsideAccess(let name):
      return (.indexAccess, "the index `\(name)` stands outside of an access", nil)
    case .rank(let access, let expected, let found):
      return (
        .indexAccess,
        """
        `\(access)` has \(found == 1 ? "1 coordinate" : "\(found) coordinates"), \
        and the tensor \(expected == 1 ? "1 axis" : "\(expected) axes")
        """,
        nil
      )
    case .notAffine(let text):
      return (
        .indexAccess, "the coordinate `\(text)` is not affine in the indices",
        "a coordinate is a sum of indices times sizes"
      )
    case .withoutAccess(let text, let shape):
      return (
        .indexAccess, "`\(text)` is \(shapeText(shape)), and an index statement reads entries",
        nil
      )
    case .notPointwise(let function):
      return (
        .indexTerm, "`\(function)` is not applied entry by entry", "give its value a name first"
      )
    case .operator(let symbol):
      return (.indexTerm, "`\(symbol)` has no meaning for entries", nil)
    case .unevenTerms(let index):
      return (
        .indexTerm, "the index `\(index)` is summed over, and does not occur in this term",
        "two statements `+=` add to the same value"
      )
    case .tooManyTerms(let limit):
      return (.tooComplex, "a product of sums has at most \(limit) terms here", nil)
    case .laterAddition(let name):
      return (.usedBeforeDefined, "`\(name)` is defined above", nil)
    }
  }

  private static func words(_ problem: ClaimProblem) -> Words {
    switch problem {
    case .shape(let name, let primal, let expected, let found):
      (
        .shapeMismatch,
        "`\(name)` is claimed \(shapeText(found)), and `\(primal)` is \(shapeText(expected))",
        nil
      )
    case .sides(let left, let right):
      (
        .shapeMismatch, "the sides differ in shape: \(shapeText(left)) and \(shapeText(right))", nil
      )
    case .notGradient(let name):
      (
        .claimName, "`\(name)` is not the gradient of a value",
        "a claim is about `dX` for a declared or computed value `X`"
      )
    case .twoMeanings(let name, let value, let reader):
      (
        .claimName,
        "`\(name)` is the upstream gradient of `\(value)`, and the gradient through `\(reader)` comes on top of it",
        "give the output a name of its own, such as `\(value)_out = \(value)`: then `\(name)` is the whole gradient"
      )
    case .circular(let name):
      (
        .claimName, "the claim about `\(name)` rests on `\(name)` itself",
        "on the lines below a claim, `\(name)` is what it claims"
      )
    case .circularOutput(let name):
      (.claimName, "`\(name)` is differentiated, and reads a gradient of itself", nil)
    case .unreadable(let name, let reason): (.claimFile, "cannot read `\(name)`: \(reason)", nil)
    case .givenShape(let name, let primal, let expected, let found):
      (
        .shapeMismatch,
        "`\(name)` is given as \(found.description), and `\(primal)` is \(shapeText(expected))", nil
      )
    }
  }

  private static func words(_ problem: StructureProblem) -> Words {
    switch problem {
    case .unknown(let word): (.structure, "`\(word)` is not a word of structure or domain", nil)
    case .misfit(let word, let rule, let shape):
      (.structure, "`\(word)` is said of \(rule), and this is \(shapeText(shape))", nil)
    case .argument(let word, let rule): (.structure, "`\(word)` \(rule)", nil)
    case .contradiction(let word, let others):
      (
        .structure,
        "`\(word)` does not go together with \(others.map { "`\($0)`" }.joined(separator: " and "))",
        nil
      )
    }
  }

  private static func words(_ problem: BudgetProblem) -> Words {
    switch problem {
    case .unknown(let name, let known):
      let names = known.map { "`\($0)`" }.joined(separator: " and ")
      return (.budget, "a budget is of \(names), and not of `\(name)`", nil)
    case .repeated(let name): return (.budget, "the budget of `\(name)` is given twice", nil)
    case .notPositive(let name, let number):
      return (.budget, "the budget of `\(name)` is \(number), and a budget is at least 1", nil)
    }
  }
}

extension ElaborationError.Problem {
  static func unknownName(_ name: String, isDefinedLater: Bool) -> Self {
    .name(.unknown(name, isDefinedLater: isDefinedLater))
  }
  static func functionWithoutCall(_ name: String) -> Self { .name(.functionWithoutCall(name)) }
  static func nameTaken(_ name: String) -> Self { .name(.taken(name)) }
  static func reservedGradient(_ name: String, of primal: String) -> Self {
    .name(.reservedGradient(name, of: primal))
  }
  static func gradientBeforeValue(_ name: String, of primal: String) -> Self {
    .name(.gradientBeforeValue(name, of: primal))
  }
  static func usedBeforeDefined(_ name: String) -> Self { .name(.usedBeforeDefined(name)) }
  static func unmetCondition(_ condition: ShapeCondition, numbers: [String: Int]) -> Self {
    .size(.unmetCondition(condition, numbers: numbers.filter { condition.names.contains($0.key) }))
  }
}

extension ShapeCondition {
  /// The condition as the object of a sentence.
  fileprivate var text: String {
    switch self {
    case .divisible: "that \(self)"
    case .atLeast: "`\(self)`"
    }
  }

  var names: Set<String> {
    switch self {
    case .divisible(let condition): condition.dividend.names.union(condition.divisor.names)
    case .atLeast(let size, _): size.names
    }
  }
}
