import Evaluation
import Scalars
import TensorExpressions

/// Decides an equation on all cells at one point of a field.
struct CellTrial {
  private typealias Cells = CellSearch<PlainFieldArithmetic>

  private let decision: MaskDecision
  private let point: MaskedPoint
  private let table: MaskTable
  private let program: CellProgram
  private let points: CellPoints
  private var search: Cells
  private let differences: [MaskPolynomial<PrimeTowerElement>]
  private(set) var enclosures: [IntervalEvidence] = []

  var programsLeft: Int { search.programsLeft }
  var maskCount: Int { table.maskCount }
  var cellCount: Int { search.cells.count }
  var excludedCount: Int { search.excluded.count }
  /// The arguments of data that may be zero.
  var borders: [ArgumentForm] { table.borders }

  /// How many cells are left undecided before the search ends.
  private static let undecidedLimit = 4

  init(
    _ decision: MaskDecision, _ draw: Draw, _ levels: FieldLevels, attempt: Int,
    roots: RootModel, border: [Int: ArgumentForm], programLimit: Int
  ) throws(EvaluationError) {
    self.decision = decision
    let shared = SharedMaskTable()
    let field = levels.identityField
    let tower = PrimeTowerArithmetic(
      chain: field.chain ?? PrimeFieldChain(count: 1, seed: draw.seed), levels: levels.fields.count,
      seed: field.seed, roots: roots)
    let plain = PlainFieldArithmetic(tower: tower, seed: draw.seed, table: shared)
    let formed = FormArithmetic(plain: plain)
    let point = try MaskedPoint(
      decision.symbols, at: draw, in: levels, attempt: attempt, formed, border: border)
    let domain = point.domain
    let isImpossible: @Sendable (MaskAssignment) -> Bool = { assignment in
      CellProgram(table: shared { $0 }, domain: domain).isInfeasible(assignment)
    }
    let arguments = MaskPolynomialArithmetic(
      base: formed, table: shared, isImpossible: isImpossible)
    // The arguments first, with their forms; what is computed again without finds them by their values.
    _ = try Evaluator(arguments, at: point.formedPoint, maskModel: arguments.model)
      .evaluate(MaskRecord.maskNodes(in: decision.sides))
    let arithmetic = MaskPolynomialArithmetic(
      base: plain, table: shared, isImpossible: isImpossible)
    let values = try Evaluator(arithmetic, at: point.plainPoint, maskModel: arithmetic.model)
      .evaluate(decision.sides)
    differences = zip(values[0].elements, values[1].elements).map(arithmetic.subtract)
    self.point = point
    table = shared { $0 }
    program = CellProgram(table: table, domain: domain)
    points = CellPoints(draw: draw, symbols: decision.symbols, point: point, program: program)
    search = Cells(arithmetic, program, programLimit: programLimit)
  }

  /// What is found; nil where the equation holds on every cell.
  mutating func finding() -> MaskDecision.Finding? {
    var look = CellLook(decision: decision, points: points)
    for difference in differences where difference.terms?.isEmpty != true {
      switch search.visitCells(of: difference, { look.visit($0) }) {
      case .finished: continue
      case .stopped: return look.finding(program)
      case .outOfWork:
        return look.finding(program)
          ?? .undecided("its masks fall in more ways together than can be looked at")
      }
    }
    enclosures = look.enclosures
    return look.finding(program)
  }

  // MARK: Borders

  /// A variable of a form, and what it equals where the form is zero.
  func replacement(for form: ArgumentForm) -> (variable: Int, form: ArgumentForm)? {
    guard form.isAffine,
      let term = form.terms.first(where: { term in
        let variable = term.monomial[0]
        return table.variables[variable].isFree && point.entries[variable] != nil
      })
    else { return nil }
    let variable = term.monomial[0]
    let rest = form - ArgumentForm(variable: variable).scaled(by: term.coefficient)
    return (variable, rest.scaled(by: -term.coefficient.reciprocal))
  }

  func mayBeZero(_ form: ArgumentForm) -> Bool {
    if case .infeasible = program.solved([.init(form: form, relation: .equal)]) {
      false
    } else {
      true
    }
  }

  func words(_ form: ArgumentForm) -> String { CellWords(table: table, point: point).text(form) }
}

/// Looks at cells on which a field says that the sides differ.
struct CellLook {
  let decision: MaskDecision
  let points: CellPoints
  private(set) var enclosures: [IntervalEvidence] = []
  private var difference: (Difference, Draw)?
  private var kink: KinkFinding?
  private var undecided: [MaskAssignment] = []

  private static let undecidedLimit = 4

  init(decision: MaskDecision, points: CellPoints) {
    self.decision = decision
    self.points = points
  }

  /// Looks at a cell; false where no other need be looked at.
  mutating func visit(_ assignment: MaskAssignment) -> Bool {
    var seen: [IntervalEvidence] = []
    for candidate in points.candidates(for: assignment) {
      let comparison = ValueComparison(
        point: candidate.point, precisionLimit: decision.options.precisionLimit)
      switch try? comparison.compare(decision.equation) {
      case .different(let found)?:
        let ties = TieSides(
          equation: decision.equation, options: decision.options, forward: decision.forward)
        if let finding = ties.kink(at: candidate.point) {
          kink = kink ?? finding
          return true
        }
        difference = (found, points.draw.placed(at: candidate.point.values))
        return false
      case .enclosed(let precision, let bits)? where candidate.isInside:
        seen.append(IntervalEvidence(points: 1, precision: precision, widthBits: bits))
      case .equal? where candidate.isInside && decision.profile.isTranscendental:
        seen.append(IntervalEvidence(points: 1, precision: 0, widthBits: Int.min / 2))
      case .equal?, .enclosed?, .undecided?, nil: continue
      }
    }
    if seen.isEmpty {
      undecided.append(assignment)
    } else {
      enclosures += seen
    }
    return undecided.count < Self.undecidedLimit
  }

  /// What was found; nil where no cell tells the sides apart.
  func finding(_ program: CellProgram) -> MaskDecision.Finding? {
    if let (difference, draw) = difference { return .differs(difference, draw) }
    if let kink { return .kink(kink) }
    guard let open = undecided.first else { return nil }
    let words = CellWords(table: program.table, point: points.point)
    return .undecided("not decided where \(words.text(program.conditions(of: open)))")
  }
}
