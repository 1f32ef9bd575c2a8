import Evaluation
import Notation
import Scalars
import TensorExpressions

/// Chooses further draws until every entry of every mask has been seen on both of its sides, every place of a window
/// taken, and every class of a one-hot tensor chosen, as far as a bounded amount of work reaches.
///
/// An identity is tested on the cell of a point, where masks are constants: a slip in an entry whose mask was 0 at
/// every draw shows at none of them. Equations that hold with formal masks need none of this.
struct CellCoverage {
  private let equations: [Equation]
  private let sides: [TensorExpression]
  private let symbols: [TensorExpression]
  private let options: CheckOptions
  private let masks: [TensorExpression]
  private let effort: Effort
  /// Where a kink is one of what is differentiated; a mask that only a claim uses has a value on its border.
  private let trueMasks: Set<MaskRecord.Kink.Place>

  /// How many products and entries all further draws together may evaluate.
  struct Effort {
    let work: Int

    static let fields = Effort(work: 6_000_000)
    /// Intervals of 256 bits are a hundred times as slow.
    static let intervals = Effort(work: 60_000)
  }

  /// How many draws are made in any case where they are affordable: pairs of masks have four sides.
  private static let wanted = 12
  /// The most draws, and how many in a row may show nothing new.
  private static let limit = 64
  private static let patience = 16
  /// The scales of every fourth draw: large values reach masks that saturate, small ones masks that a sum drives to
  /// one side.
  private static let scales: [Rational] = [
    8, Rational(1, 16), 64, Rational(1, 1_000_000), 1_000_000,
  ]

  init(_ equations: [Equation], options: CheckOptions, effort: Effort) {
    self.effort = effort
    self.equations = equations
    trueMasks = MaskRecord.places(in: equations.map(\.left))
    // The same symbols as the trials', since values are drawn for all of them together.
    sides = equations.flatMap { [$0.left, $0.right] }
    symbols = FieldTrials.symbols(of: sides)
    masks = MaskRecord.maskNodes(in: sides).filter { node in
      // What is given at every draw has one cell.
      TensorExpression.symbols(of: [node]).contains {
        options.givenValues[$0.name ?? ""] == nil
      }
    }
    self.options = options
  }

  /// The draws to make, and what none of them and none of the first draws shows.
  struct Plan {
    var draws: [Draw] = []
    var unseen: [String] = []
  }

  /// Draws at the sizes of the cheapest one that show what `draws` do not.
  ///
  /// - Parameter records: how masks fell at `draws`, in their order.
  func plan(beyond draws: [Draw], records: [MaskRecord]) -> Plan {
    guard let base = draws.min(by: { $0.work(of: sides) < $1.work(of: sides) }),
      !masks.isEmpty || symbols.contains(where: { isDrawnClass($0, base) })
    else { return Plan() }
    var seen = SeenCells(masks: masks, sizes: base.sizes)
    for (draw, record) in zip(draws, records) where draw.sizes == base.sizes {
      seen.add(record, classes: classes(at: draw))
    }
    var sights: [MaskSeparation.Sight] = []
    var plan = Plan()
    var idle = 0
    let affordable = effort.work / max(1, base.work(of: sides))
    for number in 1...max(1, min(Self.limit * 2, affordable)) where number <= affordable {
      let isEnough = plan.draws.count + draws.count >= Self.wanted
      if isEnough && (seen.isComplete || idle >= Self.patience) || plan.draws.count >= Self.limit {
        break
      }
      let draw = candidate(number, base)
      guard let record = sight(of: draw) else { continue }
      sights.append((draw, record))
      let isNew = seen.add(record, classes: classes(at: draw))
      idle = isNew ? 0 : idle + 1
      if isNew || !isEnough { plan.draws.append(draw) }
    }
    plan.unseen = seen.unseen
    plan.draws += MaskSeparation(equations, symbols: symbols, options: options)
      .draws(beyond: sights)
    return plan
  }

  private func candidate(_ number: Int, _ base: Draw) -> Draw {
    let draw = base.sibling(number)
    return number % 4 == 3 ? draw.scaled(by: Self.scales[number / 4 % Self.scales.count]) : draw
  }

  /// How masks fall at a draw's first point; nil on a kink, or where something has no value.
  private func sight(of draw: Draw) -> MaskRecord? {
    if masks.isEmpty { return MaskRecord() }
    guard let point = try? draw.rationalPoint(for: symbols, attempt: 0),
      let record = try? MaskRecord.recording(
        sides, at: point, largestPrecision: options.precisionLimit),
      !record.kinks.contains(where: { trueMasks.contains($0.place) })
    else { return nil }
    return record
  }

  private func classes(at draw: Draw) -> [TensorExpression: Tensor<Rational>] {
    let own = Set(symbols.filter { isDrawnClass($0, draw) })
    guard !own.isEmpty,
      let point = try? draw.rationalPoint(for: symbols.filter(\.isOneHot), attempt: 0)
    else { return [:] }
    return point.values.filter { own.contains($0.key) }
  }

  private func isDrawnClass(_ symbol: TensorExpression, _ draw: Draw) -> Bool {
    symbol.isOneHot && draw.given[symbol.name ?? ""] == nil
  }
}

/// Which sides of which entries some draws have shown.
struct SeenCells {
  private let masks: [TensorExpression]
  private let sizes: [String: Int]
  /// By entry: bit 0 for a 0 that was seen, bit 1 for a 1.
  private var sides: [TensorExpression: [UInt8]] = [:]
  /// By output entry, the places of its window that were taken.
  private var places: [Extremum: [Set<Int>]] = [:]
  /// How many places windows have inside their operand, in all.
  private var reachable: [Extremum: Int] = [:]

  init(masks: [TensorExpression], sizes: [String: Int]) {
    self.masks = masks
    self.sizes = sizes
    for node in masks {
      switch node.kind {
      case .extremum(let extremum), .selector(let extremum):
        reachable[extremum] = MaskRecord.placeCount(of: extremum, sizes: sizes)
      default: break
      }
    }
  }

  /// Whether nothing is left to see.
  var isComplete: Bool {
    sides.values.allSatisfy { $0.allSatisfy { $0 == 3 } }
      && reachable.allSatisfy { extremum, count in
        (places[extremum] ?? []).reduce(0) { $0 + $1.count } == count
      }
  }

  /// Takes in one draw; true when it shows something new.
  @discardableResult
  mutating func add(
    _ record: MaskRecord, classes: [TensorExpression: Tensor<Rational>]
  ) -> Bool {
    var isNew = false
    for node in masks {
      if let pattern = record.steps[node] { isNew = add(node, pattern) || isNew }
    }
    for (node, value) in classes {
      isNew = add(node, value.elements.map { !$0.isZero }) || isNew
    }
    for (extremum, taken) in record.windows where reachable[extremum] != nil {
      var known = places[extremum] ?? Array(repeating: [], count: taken.count)
      for (entry, ties) in taken.enumerated() where known.indices.contains(entry) {
        if let place = ties.first, known[entry].insert(place).inserted { isNew = true }
      }
      places[extremum] = known
    }
    return isNew
  }

  private mutating func add(_ node: TensorExpression, _ pattern: [Bool]) -> Bool {
    var known = sides[node] ?? Array(repeating: 0, count: pattern.count)
    guard known.count == pattern.count else { return false }
    let before = known
    for entry in pattern.indices { known[entry] |= pattern[entry] ? 2 : 1 }
    sides[node] = known
    return known != before
  }

  /// What was not seen, in words.
  var unseen: [String] {
    let steps = sides.keys.sorted { $0.id < $1.id }.flatMap { node -> [String] in
      let known = sides[node] ?? []
      return [(UInt8(1), 0), (2, 1)].compactMap { bit, side in
        let missing = known.filter { $0 & bit == 0 }.count
        if missing == 0 { return nil }
        let name = "`\(node.formulaText)` was never \(side)"
        return missing == known.count ? name : "\(name) in \(missing) of its \(known.count) entries"
      }
    }
    let windows = reachable.keys.sorted { $0.operand.id < $1.operand.id }.compactMap { extremum in
      let count = reachable[extremum] ?? 0
      let taken = (places[extremum] ?? []).reduce(0) { $0 + $1.count }
      let word = extremum.kind == .maximum ? "largest" : "smallest"
      return taken == count
        ? nil
        : "\(count - taken) of \(count) entries in windows of `\(extremum.operand.formulaText)` were never the \(word)"
    }
    return steps + windows
  }
}
