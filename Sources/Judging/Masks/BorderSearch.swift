import Evaluation
import Scalars
import TensorExpressions

/// Decides an equation on all cells at one point of a field, and on the borders between cells where these are data.
struct BorderSearch {
  private let decision: MaskDecision
  private let draw: Draw
  private let levels: FieldLevels
  private let attempt: Int
  private let roots: RootModel
  private var runsLeft: Int
  private var programsLeft: Int
  private var masks = 0
  private var cells = 0
  private var excluded = 0
  private var enclosures: [IntervalEvidence] = []
  private var seen: Set<Border> = []
  /// Which borders meet, once there are several; nil where that is not known.
  private var links: BorderLinks?
  /// Whether borders that meet nowhere are looked at apart.
  private var usesLinks = true
  /// Whether a border turned up of which ``links`` say nothing.
  private var isBeyondLinks = false

  /// How many borders are looked at, and how many linear programs are solved, for one equation.
  private static let limits = (runs: 160, programs: 6000)
  /// The same where inputs are taken as data, which is looked at once more.
  private static let limitsOfInputs = (runs: 40, programs: 1000)

  private var limits: (runs: Int, programs: Int) {
    decision.takesInputsAsData ? Self.limitsOfInputs : Self.limits
  }

  init(
    _ decision: MaskDecision, _ draw: Draw, _ levels: FieldLevels, attempt: Int, roots: RootModel
  ) {
    self.decision = decision
    self.draw = draw
    self.levels = levels
    self.attempt = attempt
    self.roots = roots
    (runsLeft, programsLeft) = decision.takesInputsAsData ? Self.limitsOfInputs : Self.limits
  }

  mutating func finding() throws(EvaluationError) -> MaskDecision.Finding {
    if let finding = try finding(on: Border()) { return finding }
    if isBeyondLinks {
      (usesLinks, isBeyondLinks, links) = (false, false, nil)
      (seen, runsLeft, enclosures) = ([], limits.runs, [])
      (masks, cells, excluded) = (0, 0, 0)
      return try finding()
    }
    let evidence = MaskEvidence(masks: masks, cells: cells, excluded: excluded)
    guard let widest = enclosures.max(by: { $0.precision < $1.precision }) else {
      return .holds(evidence)
    }
    return .enclosed(
      IntervalEvidence(
        points: enclosures.reduce(0) { $0 + $1.points }, precision: widest.precision,
        widthBits: enclosures.map(\.widthBits).max() ?? 0), evidence)
  }

  /// What is found on a border, and on the borders inside it; nil where it holds there.
  private mutating func finding(
    on border: Border
  ) throws(EvaluationError) -> MaskDecision.Finding? {
    guard seen.insert(border).inserted else { return nil }
    runsLeft -= 1
    var trial = try CellTrial(
      decision, draw, levels, attempt: attempt, roots: roots, border: border,
      programLimit: programsLeft)
    // Where inputs are taken as data, what holds inside of the cells is known.
    let isKnown = decision.takesInputsAsData && border == Border()
    let finding = isKnown ? nil : trial.finding()
    programsLeft = trial.programsLeft
    masks = max(masks, trial.maskCount)
    cells += trial.cellCount
    excluded += trial.excludedCount
    enclosures += trial.enclosures
    if let finding { return finding }
    // Where an argument was only taken as zero no point lies on the border, and none shows that the sides meet there.
    if !border.zeros.isEmpty, !trial.enclosures.isEmpty {
      return .undecided("not decided on a border of data that has no point")
    }
    if usesLinks, border == Border(), trial.borders.count > 1 { links = trial.links(decision) }
    for form in trial.borders where isMet(form, in: trial, border) {
      if let finding = try self.finding(where: form, in: trial, border) { return finding }
    }
    return nil
  }

  /// Whether some entry of the equation depends on what an argument and a border are about.
  private mutating func isMet(
    _ form: ArgumentForm, in trial: CellTrial, _ border: Border
  ) -> Bool {
    guard let links, let own = trial.groups(of: form, links) else {
      isBeyondLinks = isBeyondLinks || links != nil
      return true
    }
    return links.meet(own | border.groups)
  }

  /// What is found where an argument is zero, on a border already.
  private mutating func finding(
    where form: ArgumentForm, in trial: CellTrial, _ border: Border
  ) throws(EvaluationError) -> MaskDecision.Finding? {
    guard trial.mayBeZero(form) else { return nil }
    let undecided = MaskDecision.Finding.undecided("not decided where \(trial.words(form)) is 0")
    guard runsLeft > 0 else {
      return .undecided("there are too many borders of data to look at each")
    }
    let groups = links.flatMap { trial.groups(of: form, $0) } ?? 0
    guard let inner = trial.solution(of: form),
      var inside = border.putting(inner.formula, for: inner.variable)
    else {
      // What holds for all values with no mask of the argument holds where it is zero.
      guard let zero = trial.formula(of: form), border.zeros.count < Self.zeroLimit else {
        return undecided
      }
      var all = border
      all.zeros.insert(zero)
      all.groups |= groups
      switch try finding(on: all) {
      case nil: return nil
      case .differs, .kink, .enclosed, .holds, .undecided: return undecided
      }
    }
    inside.groups |= groups
    if let finding = try finding(on: inside) { return finding }
    // Where the factor is zero, the argument's rest is one by itself.
    guard let factor = inner.factor else { return nil }
    return try finding(where: factor, in: trial, border)
  }

  /// How many arguments are taken as zero without a solution.
  private static let zeroLimit = 3
}

/// A border between cells: entries of data that equal formulas of others, and arguments that are zero.
struct Border: Hashable, Sendable {
  var formulas: [Int: EntryFormula] = [:]
  var zeros: Set<EntryFormula> = []
  /// The groups of entries that it is about, as ``BorderLinks`` numbers them.
  var groups: UInt64 = 0

  /// The border with a formula for one more entry; nil where that makes too long ones.
  func putting(_ formula: EntryFormula, for variable: Int) -> Border? {
    var all = Border(
      formulas: formulas.mapValues { $0.substituting(variable, by: formula) },
      zeros: Set(zeros.map { $0.substituting(variable, by: formula) }))
    all.formulas[variable] = formula
    all.groups = groups
    let isShort = all.formulas.values.allSatisfy { $0.length <= EntryFormula.longest }
    return isShort ? all : nil
  }
}
