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
  private var runsLeft = BorderSearch.runLimit
  private var programsLeft = BorderSearch.programLimit
  private var masks = 0
  private var cells = 0
  private var excluded = 0
  private var enclosures: [IntervalEvidence] = []
  private var seen: Set<[Int: ArgumentForm]> = []

  /// How many borders are looked at, and how many linear programs are solved, for one equation.
  private static let runLimit = 160
  private static let programLimit = 6000

  init(
    _ decision: MaskDecision, _ draw: Draw, _ levels: FieldLevels, attempt: Int, roots: RootModel
  ) {
    self.decision = decision
    self.draw = draw
    self.levels = levels
    self.attempt = attempt
    self.roots = roots
  }

  mutating func finding() throws(EvaluationError) -> MaskDecision.Finding {
    if let finding = try finding(on: [:]) { return finding }
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
    on border: [Int: ArgumentForm]
  ) throws(EvaluationError) -> MaskDecision.Finding? {
    guard seen.insert(border).inserted else { return nil }
    runsLeft -= 1
    var trial = try CellTrial(
      decision, draw, levels, attempt: attempt, roots: roots, border: border,
      programLimit: programsLeft)
    let finding = trial.finding()
    programsLeft = trial.programsLeft
    masks = max(masks, trial.maskCount)
    cells += trial.cellCount
    excluded += trial.excludedCount
    enclosures += trial.enclosures
    if let finding { return finding }
    for form in trial.borders {
      guard let inner = trial.replacement(for: form) else {
        return .undecided("not decided where \(trial.words(form)) is 0")
      }
      guard trial.mayBeZero(form) else { continue }
      guard runsLeft > 0 else {
        return .undecided("there are too many borders of data to look at each")
      }
      var all = border.mapValues {
        $0.substituting { $0 == inner.variable ? inner.form : nil } ?? $0
      }
      all[inner.variable] = inner.form
      if let finding = try self.finding(on: all) { return finding }
    }
    return nil
  }
}
