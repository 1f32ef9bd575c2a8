import Evaluation
import Scalars
import TensorExpressions

/// Decides whether an equation with masks holds however they fall, by trials in which masks are unknowns.
///
/// An equation that holds with unknowns in place of masks holds on every cell. For others the cells on which
/// it does not hold are looked for, and each is shown to be impossible, or a point of it is looked at: see
/// ``CellSearch``, ``CellProgram`` and ``CellPoints``. What is data may also lie on the borders between
/// cells, which are looked at like cells.
struct MaskDecision {
  let equation: Equation
  let draws: [Draw]
  let options: CheckOptions
  let forward: TensorExpression?
  let sides: [TensorExpression]
  let symbols: [TensorExpression]
  let profile: FunctionProfile
  /// What the gradient is by, where borders of it are looked at; empty where it is no data.
  let own: Set<TensorExpression>
  /// The masks on whose borders it has kinks then.
  let kinks: [TensorExpression]
  /// Whether declared tensors are taken as data.
  let takesInputsAsData: Bool

  init(
    _ equation: Equation, draws: [Draw], options: CheckOptions, forward: TensorExpression?
  ) {
    self.init(
      equation, view: nil, draws: draws, options: options, forward: forward)
  }

  /// Decides where declared tensors lie on borders of masks, too.
  init(_ view: DataView, draws: [Draw], options: CheckOptions) {
    self.init(
      view.equation, view: view, draws: draws, options: options, forward: view.forward)
  }

  private init(
    _ equation: Equation, view: DataView?, draws: [Draw], options: CheckOptions,
    forward: TensorExpression?
  ) {
    self.equation = equation
    self.draws = draws
    self.options = options
    self.forward = forward
    takesInputsAsData = view != nil
    own = view?.own ?? []
    let plain = TensorExpression.withPlainSteps(
      [equation.left, equation.right] + (view?.kinks ?? []))
    sides = Array(plain.prefix(2))
    self.kinks = MaskRecord.maskNodes(in: Array(plain.dropFirst(2)))
    symbols = FieldTrials.symbols(of: sides + self.kinks)
    profile = FunctionProfile(of: sides + self.kinks)
  }

  enum Finding: Sendable {
    case holds(MaskEvidence)
    /// As enclosures only, on some cells.
    case enclosed(IntervalEvidence, MaskEvidence)
    /// With the draw that shows it.
    case differs(Difference, Draw)
    case kink(KinkFinding)
    case undecided(String)
  }

  /// How many trials an agreement needs, each in fields of its own.
  private static let trials = 2
  /// The most products that one trial may take, in the unit of ``WorkMeter``: inside of cells, and where declared
  /// tensors are looked at on borders as well.
  private static let workLimits = (cells: 600_000_000, borders: 900_000_000)

  /// Decides by masks on cells, at all sizes of the draws.
  func decided() -> Finding {
    var sizes: Set<[String: Int]> = []
    let distinct = draws.filter { sizes.insert($0.sizes).inserted }
    let first = distinct.count < Self.trials ? Array(draws.prefix(Self.trials)) : distinct
    let chosen = draws.spanning(first, symbols)
    var evidence: MaskEvidence?
    var enclosure: IntervalEvidence?
    for (number, draw) in chosen.enumerated() {
      switch decided(at: draw, trial: number) {
      case .holds(let found): evidence = evidence.map { $0.combined(with: found) } ?? found
      case .enclosed(let interval, let found):
        evidence = evidence.map { $0.combined(with: found) } ?? found
        enclosure = interval
      case .differs(let difference, let draw): return .differs(difference, draw)
      case .kink(let finding): return .kink(finding)
      case .undecided(let why): return .undecided(why)
      }
    }
    guard let evidence else { return .undecided("there is no draw") }
    return enclosure.map { .enclosed($0, evidence) } ?? .holds(evidence)
  }

  private func decided(at draw: Draw, trial: Int) -> Finding {
    var finding = trialFinding(at: draw, trial: trial, roots: .formal)
    // The law of roots holds up to their signs, which real values tell.
    if profile.hasRoots, !finding.isFinal {
      let other = trialFinding(at: draw, trial: trial, roots: .principal)
      if other.isFinal || other.holds { finding = other }
    }
    if case .undecided = finding {
      return ClassCorners(decision: self, draw: draw).finding() ?? finding
    }
    return finding
  }

  /// What choices of what is differentiated explain: where inputs are data, of what the gradient is by alone.
  var ties: TieSides {
    TieSides(
      equation: equation, options: options, forward: forward,
      primal: takesInputsAsData ? equation.primal : nil)
  }

  /// The most entries of symbols and sides that are looked at one by one.
  private static let mostEntries = 200_000

  private func entryCount(at draw: Draw) -> Int {
    (symbols + sides).reduce(0) { sum, node in
      let extents = (try? TensorShape.extents(node.shape, draw.sizes)) ?? []
      let (total, overflow) = sum.addingReportingOverflow(TensorShape.count(extents) ?? .max)
      return overflow ? .max : total
    }
  }

  private func trialFinding(at draw: Draw, trial: Int, roots: RootModel) -> Finding {
    if entryCount(at: draw) > Self.mostEntries {
      return .undecided("it has more entries with masks than can be looked at one by one")
    }
    let limits = EvaluationLimits.current
    let limit = takesInputsAsData ? Self.workLimits.borders : Self.workLimits.cells
    let part = EvaluationLimits(
      memory: limits.memory,
      meter: limits.meter.map { $0.separate(limit: limit) } ?? WorkMeter(limit: limit))
    return part.value {
      var last = "no point was found at which everything is defined"
      for attempt in 0..<FieldTrials.attempts {
        let levels = draw.levels(for: profile, attempt: attempt &+ 0x3A5, roots: roots)
        var search = BorderSearch(self, draw, levels, attempt: attempt, roots: roots)
        do throws(EvaluationError) {
          return try search.finding()
        } catch {
          last = error.message
          if !error.mayVanishElsewhere { break }
        }
      }
      return .undecided(last)
    }
  }
}

extension MaskDecision.Finding {
  /// Whether another model of roots can change nothing.
  fileprivate var isFinal: Bool {
    switch self {
    case .holds, .differs, .kink: true
    case .enclosed, .undecided: false
    }
  }

  fileprivate var holds: Bool {
    switch self {
    case .holds, .enclosed: true
    case .differs, .kink, .undecided: false
    }
  }
}

/// On how many cells an equation was decided.
public struct MaskEvidence: Hashable, Sendable {
  /// How many masks were unknowns.
  public let masks: Int
  /// How many ways for them to fall were looked at one by one; 0 where it holds whatever they are.
  public let cells: Int
  /// How many further ways cannot occur.
  public let excluded: Int

  public init(masks: Int, cells: Int = 0, excluded: Int = 0) {
    self.masks = masks
    self.cells = cells
    self.excluded = excluded
  }

  /// The evidence of two trials of one equation: the larger figures.
  func combined(with other: MaskEvidence) -> MaskEvidence {
    MaskEvidence(
      masks: max(masks, other.masks), cells: max(cells, other.cells),
      excluded: max(excluded, other.excluded))
  }

  /// What it says, to follow a verdict that holds.
  public var sentence: String {
    if cells > 0 {
      let others =
        excluded > 0 ? " (\(excluded) more cannot occur)" : ""
      return "in all \(cells) \(cells == 1 ? "cell" : "cells")\(others)"
    }
    return "whatever its \(masks == 1 ? "mask" : "\(masks) masks")"
  }
}
