import Evaluation
import Scalars
import TensorExpressions

/// Decides an equation on all cells at one point of a field.
struct CellTrial {
  private typealias Cells = CellSearch<PlainFieldArithmetic>

  private let decision: MaskDecision
  private let evaluation: CellEvaluation
  private let points: CellPoints
  private var search: Cells
  private let differences: [CellEvaluation.Polynomial]
  private(set) var enclosures: [IntervalEvidence] = []

  private var program: CellProgram { search.program }
  private var table: MaskTable { program.table }
  var programsLeft: Int { search.programsLeft }
  var maskCount: Int { table.maskCount }
  var cellCount: Int { search.cells.count - contradictions }
  var excludedCount: Int { search.excluded.count + contradictions }
  /// The cells that were met and then found impossible.
  private var contradictions = 0
  /// The arguments of data that may be zero.
  var borders: [ArgumentForm] { table.sides.borders }

  init(
    _ decision: MaskDecision, _ draw: Draw, _ levels: FieldLevels, attempt: Int,
    roots: RootModel, border: Border, programLimit: Int
  ) throws(EvaluationError) {
    self.decision = decision
    let evaluation = try CellEvaluation(
      decision, draw, levels, attempt: attempt, roots: roots, border: border)
    self.evaluation = evaluation
    differences = try evaluation.differences(assuming: [:])
    points = CellPoints(draw: draw, symbols: decision.symbols, point: evaluation.point)
    search = Cells(
      evaluation.arithmetic, evaluation.program, programLimit: programLimit
    ) { assignment in
      guard let all = try? evaluation.differences(assuming: assignment) else { return nil }
      return (all, evaluation.program)
    }
  }

  /// What is found; nil where the equation holds on every cell.
  mutating func finding() -> MaskDecision.Finding? {
    var look = CellLook(decision: decision, points: points)
    defer { contradictions = look.contradictions.count }
    for (entry, difference) in differences.enumerated() where difference.terms?.isEmpty != true {
      let outcome = search.visitCells(of: difference, entry: entry) {
        look.visit($0, $1, isGuess: $2)
      }
      switch outcome {
      case .finished: continue
      case .stopped: return look.finding
      case .outOfWork:
        return look.finding
          ?? .undecided("its masks fall in more ways together than can be looked at")
      }
    }
    enclosures = look.enclosures
    if let finding = look.finding { return finding }
    return evaluation.hasTwofoldRoots
      ? .undecided("roots of opposite numbers are alike in a field") : nil
  }

  // MARK: Borders

  /// An entry, and what it equals where the form is zero; nil where there is none.
  func solution(of form: ArgumentForm) -> BorderForm? {
    BorderForm(solving: form, table)
  }

  /// The form as a formula of entries.
  func formula(of form: ArgumentForm) -> EntryFormula? { EntryFormula(form, table.variables) }

  /// Which borders meet in an entry of the equation.
  func links(_ decision: MaskDecision) -> BorderLinks? {
    BorderLinks(
      of: borders, table.variables, at: evaluation.point, sides: decision.sides, decision.symbols)
  }

  func groups(of form: ArgumentForm, _ links: BorderLinks) -> UInt64? {
    links.groups(of: form, table.variables)
  }

  func mayBeZero(_ form: ArgumentForm) -> Bool {
    if case .infeasible = program.solved([.init(form: form, relation: .equal)]) {
      false
    } else {
      true
    }
  }

  func words(_ form: ArgumentForm) -> String {
    CellWords(table: table, point: evaluation.point).text(form)
  }
}

/// Evaluates the sides of an equation as polynomials in masks at one point of a field.
struct CellEvaluation: Sendable {
  typealias Polynomial = MaskPolynomial<PrimeTowerElement>

  let arithmetic: MaskPolynomialArithmetic<PlainFieldArithmetic>
  let point: MaskedPoint
  private let arguments: MaskPolynomialArithmetic<FormArithmetic>
  private let sides: [TensorExpression]
  /// The masks on whose borders there are kinks.
  private let kinks: [TensorExpression]

  init(
    _ decision: MaskDecision, _ draw: Draw, _ levels: FieldLevels, attempt: Int,
    roots: RootModel, border: Border
  ) throws(EvaluationError) {
    let table = SharedMaskTable()
    table {
      $0.sides.zeros = border.zeros
      $0.sides.own = decision.own
    }
    let field = levels.identityField
    let tower = PrimeTowerArithmetic(
      chain: field.chain ?? PrimeFieldChain(count: 1, seed: draw.seed), levels: levels.fields.count,
      seed: field.seed, roots: roots)
    let plain = PlainFieldArithmetic(tower: tower, seed: draw.seed, table: table)
    let formed = FormArithmetic(plain: plain)
    let point = try MaskedPoint(
      decision.symbols, at: draw, in: levels, attempt: attempt, formed, border: border.formulas)
    let (domain, ties) = (point.domain, point.ties)
    let isImpossible: @Sendable (MaskAssignment) -> Bool = { assignment in
      CellProgram(table: table { $0 }, domain: domain, ties: ties).isInfeasible(assignment)
    }
    self.point = point
    sides = decision.sides
    kinks = decision.kinks
    arguments = MaskPolynomialArithmetic(base: formed, table: table, isImpossible: isImpossible)
    arithmetic = MaskPolynomialArithmetic(base: plain, table: table, isImpossible: isImpossible)
  }

  /// The conditions of all masks that were met.
  var program: CellProgram {
    CellProgram(
      table: arithmetic.table { $0 }, domain: point.domain, ties: point.ties)
  }

  /// Whether one value in the field is two real numbers.
  var hasTwofoldRoots: Bool { arithmetic.table { $0.variables.hasTwofoldRoots } }

  /// Takes down on which borders there are kinks.
  private func noteKinks() throws(EvaluationError) {
    arguments.table { $0.sides.takesKinks = true }
    defer { arguments.table { $0.sides.takesKinks = false } }
    _ = try Evaluator(arguments, at: point.formedPoint, maskModel: arguments.model).evaluate(kinks)
  }

  /// By entry, the left side less the right one, where some masks are decided.
  func differences(assuming assignment: MaskAssignment) throws(EvaluationError) -> [Polynomial] {
    var (arguments, arithmetic) = (self.arguments, self.arithmetic)
    arguments.assumed = assignment
    arithmetic.assumed = assignment
    arithmetic.table { $0.forgetUnknowns() }
    if !kinks.isEmpty, assignment.isEmpty { try noteKinks() }
    // The arguments first, with their forms; what is computed again without finds them by their values.
    _ = try Evaluator(
      arguments, at: arguments.restricted(point.formedPoint), maskModel: arguments.model
    ).evaluate(MaskRecord.maskNodes(in: sides))
    let values = try Evaluator(
      arithmetic, at: arithmetic.restricted(point.plainPoint), maskModel: arithmetic.model
    ).evaluate(sides)
    return zip(values[0].elements, values[1].elements).map(arithmetic.subtract)
  }
}

extension MaskPolynomialArithmetic {
  /// A point where the masks are decided that are assumed.
  fileprivate func restricted(_ point: EvaluationPoint<Element>) -> EvaluationPoint<Element> {
    if assumed.isEmpty { return point }
    return EvaluationPoint(
      sizes: point.sizes,
      values: point.values.mapValues { tensor in tensor.map { restricted($0, assumed) } })
  }
}

/// Looks at cells on which a field says that the sides differ.
struct CellLook {
  let decision: MaskDecision
  let points: CellPoints
  private(set) var enclosures: [IntervalEvidence] = []
  private var difference: (Difference, Draw)?
  private var kink: KinkFinding?
  private var undecidedCount = 0
  /// The cells that were found impossible.
  private(set) var contradictions: Set<MaskAssignment> = []
  /// The first cell that is left undecided.
  private var words: String?

  private static let undecidedLimit = 4
  /// How many cells that a linear program takes for possible are looked at more closely.
  private static let closerLooks = 60
  private var closerLooksLeft = CellLook.closerLooks
  private var closelySeen: [MaskAssignment: Bool] = [:]

  init(decision: MaskDecision, points: CellPoints) {
    self.decision = decision
    self.points = points
  }

  /// Looks at a cell.
  ///
  /// - Parameter isGuess: whether the cell is looked at more closely where nothing is found.
  mutating func visit(
    _ assignment: MaskAssignment, _ program: CellProgram, isGuess: Bool
  ) -> CellView {
    if isImpossible(assignment, program) {
      if !isGuess { contradictions.insert(assignment) }
      return .settled
    }
    var seen: [IntervalEvidence] = []
    var isTied = false
    // Of a mask of which nothing is known no point shows that it falls so.
    let hasFree =
      program.table.hasRounded || assignment.keys.contains { program.table.isFree($0) }
    for candidate in points.candidates(for: assignment, program) {
      let comparison = ValueComparison(
        point: candidate.point, precisionLimit: decision.options.precisionLimit)
      switch try? comparison.compare(decision.equation) {
      case .different(let found)?:
        if let finding = decision.ties.kink(at: candidate.point) {
          if !decision.takesInputsAsData {
            kink = kink ?? finding
            return .settled
          }
          // Inputs that happen to be tied are no cell: there either convention is right, at all points of it.
          isTied = true
          continue
        }
        difference = shown(found, at: candidate.point)
        return .stop
      case .enclosed(let precision, let bits)? where candidate.isInside && !hasFree:
        seen.append(IntervalEvidence(points: 1, precision: precision, widthBits: bits))
      case .equal?
      where candidate.isInside && !hasFree && decision.profile.isTranscendental:
        seen.append(IntervalEvidence(points: 1, precision: 0, widthBits: Int.min / 2))
      case .equal?, .enclosed?, .undecided?, nil: continue
      }
    }
    if isGuess { return .open }
    if isTied { return .settled }
    if seen.isEmpty {
      undecidedCount += 1
      words =
        words
        ?? CellWords(table: program.table, point: points.point)
        .text(program.conditions(of: assignment))
    } else {
      enclosures += seen
    }
    return undecidedCount < Self.undecidedLimit ? .settled : .stop
  }

  /// Entries of one equation have cells in common.
  private mutating func isImpossible(
    _ assignment: MaskAssignment, _ program: CellProgram
  ) -> Bool {
    if let known = closelySeen[assignment] { return known }
    let conditions = program.conditions(of: assignment)
    guard closerLooksLeft > 0, !conditions.allSatisfy(\.form.isAffine) else { return false }
    closerLooksLeft -= 1
    let isImpossible = program.contradictsByProducts(conditions)
    closelySeen[assignment] = isImpossible
    return isImpossible
  }

  /// A difference as a generic draw of the point's scale shows it, in more entries than one; else as the point does.
  private func shown(
    _ found: Difference, at point: EvaluationPoint<Rational>
  ) -> (Difference, Draw) {
    let largest = point.values.values.reduce(Rational(1)) { largest, tensor in
      tensor.elements.reduce(largest) { max($0, $1.magnitude) }
    }
    for scale in [largest, largest * 8] {
      let draw = points.draw.scaled(by: scale)
      guard let generic = try? draw.rationalPoint(for: points.symbols, attempt: 0),
        case .different(let more)? = try? ValueComparison(
          point: generic, precisionLimit: decision.options.precisionLimit
        ).compare(decision.equation)
      else { continue }
      return (more, draw.fixed(to: points.symbols, attempt: 0))
    }
    return (found, points.draw.placed(at: point.values))
  }

  /// What was found; nil where no cell tells the sides apart.
  var finding: MaskDecision.Finding? {
    if let (difference, draw) = difference { return .differs(difference, draw) }
    if let kink { return .kink(kink) }
    return words.map { .undecided("not decided where \($0)") }
  }
}
