import Diagnostics
import Layers
import TensorExpressions

/// A value while expressions are elaborated: a size as long as it is one, then a number that depends on sizes,
/// then a tensor.
typealias Value = Layers.Argument

/// The state of one elaboration. It is a value, so that a repair can be tried on a copy.
struct Elaboration {
  var program: Program
  let outline: FileOutline
  let overrides: [String: Int]
  /// What is known and assumed of the sizes.
  var assumptions = ShapeAssumptions()
  /// How many of the assumptions' conditions the program has.
  var takenConditions = 0
  /// The numbers that the sizes have in numeric checks.
  var numbers: [String: Int] = [:]
  var scope = Scope()
  /// Shapes declared for values that index statements define, with what was added so far.
  var accumulations: [String: Accumulation] = [:]
  /// What index statements add to claims, by the name of the gradient.
  var claimAccumulations: [String: Accumulation] = [:]
  /// Where the loss or output is stated.
  var outputRange: SourceRange?
  /// A loss or outputs whose values stand elsewhere.
  var openOutputs: [OpenOutput] = []
  /// The claim that the current statement makes.
  var claim: OpenClaim?
  /// What the author of the current claim may have meant otherwise.
  var claimNote: String?
  /// The gradient that the claim is about, which its right side must not use.
  var claimedName: String?
  var diagnostics: [Diagnostic] = []

  // The current statement.

  var order = 0
  /// The places of the statements that differentiate.
  var differentiatingStatements: Set<Int> = []
  /// What is wrong with it.
  var problems: [ElaborationError] = []
  /// A change that is tried in place of the expression at that range.
  var substitution: (range: SourceRange, expression: SyntaxExpression)?
  /// The call of a file's function that is being put in, for diagnostics inside of it.
  var callRange: SourceRange?
  /// How many expressions the statement has come to with its functions put in.
  var evaluationSteps = 0
  /// Results of calls of the file's functions.
  var callResults: [FunctionCall: Value] = [:]
  /// The names that are indices in the current index statement.
  var statedIndices: Set<String> = []
  /// Whether a change of the statement is tried, which must define nothing.
  var isTrial = false
  /// Whether nobody reads what is wrong with the statement, so that it is not worded.
  var isQuiet = false
  /// Whether names of sizes that nothing declares were reported, which is done once for all of them.
  var undeclaredSizesAreReported = false
  /// The call whose places are wanted beside its value: `v, i = topk(x, k)`, `sort(x).indices`.
  var pairRange: SourceRange?
  /// How accesses are read inside an index statement.
  var accessReading: AccessReading?
  /// What parts of expressions are known to mean, by their text in ``partSource``: where changes of a line are tried.
  var knownParts: [String: Value] = [:]
  var partSource: SourceText?
  /// The index tensors in the coordinates of an index statement.
  var lookupReading = LookupReading()
  /// The block whose lines are read.
  var stepContext: StepContext?
  /// The block that was read last.
  var readBlock: ReadBlock?
  /// What the block's lines claim.
  var pendingClaims: [PendingClaim] = []
  /// What the block's lines add to sums over its steps.
  var pendingSums: [(name: Identifier, value: TensorExpression, range: SourceRange)] = []
  /// Values of sequences outside of their arrays, for blocks that read them.
  var sequenceStarts: [String: SequenceStarts] = [:]
  /// Problems that were already reported, which another call of the same function would repeat.
  var reported: Set<ReportedProblem> = []

  var space: ExpressionSpace { program.space }
  static let catalogue = FunctionCatalogue.standard

  init(
    source: SourceText, outline: FileOutline, overrides: [String: Int], space: ExpressionSpace
  ) {
    program = Program(source: source, space: space)
    self.outline = outline
    self.overrides = overrides
  }

  struct FunctionCall: Hashable {
    let name: String
    let order: Int
    let module: Framework?
    let arguments: [Value]
  }

  struct ReportedProblem: Hashable {
    let code: DiagnosticCode
    let range: SourceRange
  }

  /// The text of a range.
  func text(_ range: SourceRange) -> String { program.source[range] }
}

// MARK: Statements

extension Elaboration {
  /// Elaborates one statement and reports what is wrong with it.
  mutating func process(_ statement: Statement, order: Int) {
    self.order = order
    problems = []
    claim = nil
    claimedName = nil
    callResults = [:]
    evaluationSteps = 0
    perform(statement)
    if !problems.isEmpty { findRepairs(statement) }
    if let claim { settle(claim, of: statement) } else { report(problems) }
  }

  mutating func perform(_ statement: Statement) {
    switch statement.kind {
    case .dims(let dims): define(dims)
    case .budget(let budget): set(budget)
    case .declaration(let declaration): define(declaration)
    case .shape(let shape): define(shape, statement.range)
    case .assignment(let assignment):
      define(assignment.name, assignment.shape, assignment.value, statement.range)
    case .unpacking(let unpacking): define(unpacking, statement.range)
    case .index(let index): add(index, statement.range)
    case .function(let function): define(function)
    case .loss(let loss): defineLoss(loss, statement.range)
    case .output(let output): defineOutput(output, statement.range)
    case .check(.value(let check)): makeClaim(check, statement.range)
    case .check(.index(let check)): makeClaim(check, statement.range)
    case .check(.step(let check)): fail(.block(.outsideOfBlock), check.target)
    case .check(.file): break
    case .assertion(let assertion): makeClaim(assertion, statement.range)
    case .block(let block): define(block, statement.range)
    case .step(let line): fail(.block(.outsideOfBlock), line.target)
    }
  }

  mutating func report(_ problems: [ElaborationError]) {
    for problem in problems {
      let diagnostic = problem.diagnostic
      if let range = diagnostic.range {
        let key = ReportedProblem(code: diagnostic.code, range: range)
        guard reported.insert(key).inserted else { continue }
      }
      diagnostics.append(diagnostic)
    }
  }

  mutating func fail(
    _ problem: ElaborationError.Problem, _ range: SourceRange,
    labels: [Diagnostic.Label] = [], repairs: [Repair] = []
  ) {
    var labels = labels
    if let callRange { labels.append(Diagnostic.Label(callRange, "in this call")) }
    problems.append(
      ElaborationError(
        problem: problem, range: range, labels: labels, repairs: repairs,
        numbers: numbers))
  }
}

// MARK: Conditions

extension Elaboration {
  /// Gives the program the conditions assumed since the last time, which `range` needs.
  mutating func takeConditions(_ range: SourceRange) {
    let conditions = assumptions.conditions
    guard conditions.count > takenConditions else { return }
    for condition in conditions[takenConditions...] {
      if !program.shapeConditions.contains(where: { $0.condition == condition }) {
        program.shapeConditions.append((condition, range))
      }
      // What follows from an unmet condition is no further mistake.
      let isFirst = !problems.contains {
        if case .size(.unmetCondition) = $0.problem { true } else { false }
      }
      if isFirst, let isMet = try? condition.isMet(numbers), !isMet {
        fail(.unmetCondition(condition, numbers: numbers), range)
      }
    }
    takenConditions = conditions.count
  }

  /// The same assumptions, which what follows adds to without changing these.
  mutating func forkAssumptions() {
    assumptions = ShapeAssumptions(facts: assumptions.facts)
    takenConditions = 0
  }
}
