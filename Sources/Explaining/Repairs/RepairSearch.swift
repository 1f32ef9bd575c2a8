import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Notation
import Scalars
import TensorExpressions

/// Finds the smallest change of the author's own text that makes a wrong claim right.
struct RepairSearch {
  let program: Program
  let side: ClaimExpressions
  let truth: [TensorExpression: TensorExpression]
  let options: CheckOptions
  let witness: Draw?
  /// The claims that hold, which a change of a line above must leave so.
  let others: [ClaimExpressions]
  let confirmation: RepairConfirmation
  /// What has repaired other claims of the file: one slip of a line shows in all that use it.
  let known: [LineEdit]
  let completed: Completion
  var trials: LineTrials
  /// What the claim means with another text in place of a line.
  var readings: [Reading: TensorExpression?] = [:]

  struct Reading: Hashable {
    let line: Int
    let text: String
  }

  /// The most lines of a claim that are changed, its own first.
  private static let lineLimit = 6
  /// How much more a change of another line costs than one of the claim itself.
  static let distance = 2
  /// What a field shows at this cost is not looked for in double precision as well.
  private static let surelyNear = 4
  /// The most changes that are evaluated in full: of sums and products, with functions whose laws a field knows in
  /// part, and where masks of irrational values are decided at each.
  private static let fullLimits = (plain: 400, transcendental: 192, masked: 96)
  /// The most that are read.
  private static let readLimit = 1000
  /// So many are evaluated at once, fewer of the smallest; the first that fits is the smallest.
  private static let groupSize = 48
  private static let firstGroupSize = 16
  private static let confirmationLimit = 20
  /// The most that are compared at the file's own draws.
  private static let comparisonLimit = 120
  /// The most that are evaluated in double precision, where a field does not know some function's laws.
  private static let floatingLimit = 400

  var claim: Program.Claim { side.claim }

  private(set) lazy var derived = DerivedFormulas(
    exact: side.exact, claim: side.claim, program: program, truth: truth)

  /// A change that makes a claim right, and the cause that it tells.
  struct Repair {
    let edit: LineEdit
    let cause: Cause
  }

  /// The smallest change with the cause that it tells; nil where none was found.
  mutating func repair() -> Repair? {
    guard let draw = witness ?? confirmation.draws.first else { return nil }
    let lines = ClaimLine.lines(of: claim, in: program, trials).prefix(Self.lineLimit)
    guard let order = lines.first?.order else { return nil }
    let shared = known.filter { edit in lines.contains { $0.order == edit.line.order } }
    if let again = confirmed(shared, order) { return repair(again) }
    let written = confirmation.written
    let question = side.claimed.map {
      Question(exact: written(side.exact), claimed: written($0), weights: written(weights)) {
        [completed] in written(completed($0))
      }
    }
    var offers = Offers()
    var near: Judged?
    for line in lines {
      let most = near?.edit.cost ?? .max
      // What a line above would repair at no less cost is named second.
      if most <= Self.distance + 1 { break }
      var own = Offers()
      offer(line, order, question, at: draw, costing: most, &own)
      near = confirmed(own.found.filter { $0.cost < most }, order) ?? near
      offers.add(own)
    }
    if near.map({ $0.edit.cost > Self.surelyNear }) ?? true, isBeyondFields, let question {
      let seen = offers.plans.flatMap { one in
        LinearFilter(one.plans, question, at: draw)?.hits().map { $0.costing(one.distance) } ?? []
      }
      let most = near?.edit.cost ?? .max
      near = confirmed(seen.filter { $0.cost < most }, order) ?? near
    }
    // Two small changes that dot products show cost less than to look for a larger one in full.
    near = near ?? pairs(offers.filters, order)
    let best = near?.edit.cost ?? .max
    let full = ranked((offers.full + Self.together(offers.alike)).filter { $0.cost < best })
    let other = firstConfirmed(full, order, at: draw)
    let chosen = other ?? near ?? floating(offers, full, order, at: draw)
    return chosen.map(repair)
  }

  private func repair(_ judged: Judged) -> Repair {
    Repair(edit: judged.edit, cause: cause(judged.edit, judged.verdict))
  }

  /// A change that was judged.
  private typealias Judged = (edit: LineEdit, verdict: String)

  /// Both sides as they are evaluated.
  private var sides: [TensorExpression] {
    ([side.exact] + (side.claimed.map { [$0] } ?? [])).map { confirmation.written($0) }
  }

  private var fullLimit: Int {
    let profile = FunctionProfile(of: sides)
    if !profile.isTranscendental { return Self.fullLimits.plain }
    return profile.hasMasks ? Self.fullLimits.masked : Self.fullLimits.transcendental
  }

  /// The whole derived line, where it is one of names that the file has: what to write where no change was found.
  /// Nothing is derived for an assertion.
  ///
  /// It is judged as one claim more, whatever the search has taken.
  mutating func derivedLine() -> Cause.Repair? {
    EvaluationLimits.current.own.value { judgedDerivedLine() }
  }

  private mutating func judgedDerivedLine() -> Cause.Repair? {
    guard !side.isAssertion,
      let line = ClaimLine.lines(of: claim, in: program, trials).first,
      line.statement.range == claim.range
    else { return nil }
    let head = line.statement.claimedName.map { "check \($0) = " }
    let range = line.index == nil ? line.root.range : claim.range
    for formula in derived.formulas(for: line, &trials) {
      guard let text = derived.text(formula), text.utf8.count <= Self.longestLine else {
        continue
      }
      let edit = Cause.Repair.Edit(
        range: range, text: line.index == nil ? text : (head ?? "") + text)
      guard
        let value = trials.claimed(
          claim.name, at: line.order,
          with: [line.order: line.text(with: [edit], in: program.source)]
        ).map(completed.callAsFunction), value.shape == side.exact.shape,
        let verdict = confirmation.verdict(on: value, of: side)
      else { continue }
      return Cause.Repair(text: text, verdict: verdict, edits: [edit])
    }
    return nil
  }

  /// A longer line helps nobody.
  private static let longestLine = 400

  var weights: TensorExpression {
    program.space.symbol(TensorSymbol("weights__", role: .input), shape: side.exact.shape)
  }

  private func ranked(_ edits: [LineEdit]) -> [LineEdit] {
    edits.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }
      .map(\.element)
  }

  // MARK: Evaluation

  private mutating func claimed(_ edit: LineEdit, _ order: Int) -> TensorExpression? {
    let text = edit.line.text(with: edit.edits, in: program.source)
    if edit.line.isTrivial(text, in: program.source) { return nil }
    let reading = Reading(line: edit.line.order, text: text)
    if let known = readings[reading] { return known }
    let value = trials.claimed(claim.name, at: order, with: [edit.line.order: text])
      .flatMap { $0.shape == side.exact.shape ? completed($0) : nil }
    readings[reading] = .some(value)
    return value
  }

  /// The first change that fits where it is evaluated in full and is confirmed.
  private mutating func firstConfirmed(
    _ edits: [LineEdit], _ order: Int, at draw: Draw
  ) -> Judged? {
    var group: [(LineEdit, TensorExpression)] = []
    var (tried, refused) = (0, 0)
    var size = Self.firstGroupSize
    var seen: Set<TensorExpression> = []
    let read = edits.prefix(Self.readLimit)
    for (number, edit) in read.enumerated() {
      // What cannot be read, or says the same as another one, costs next to nothing.
      if edit.isSmall(in: program.source), let value = claimed(edit, order),
        seen.insert(value).inserted
      {
        group.append((edit, value))
      }
      guard group.count == size || number == read.count - 1 else { continue }
      let fitting = matching(group, at: draw)
      if let found = confirmed(fitting, order) { return found }
      tried += group.count
      refused += fitting.count
      group = []
      size = Self.groupSize
      if tried >= fullLimit || refused >= Self.confirmationLimit { return nil }
    }
    return nil
  }

  /// Those changes whose values are the true ones at a draw.
  private func matching(
    _ group: [(edit: LineEdit, value: TensorExpression)], at draw: Draw
  ) -> [LineEdit] {
    let exact = confirmation.written(side.exact)
    let values = group.map { confirmation.written($0.value) }
    let snapshots = FieldSnapshot.taken(of: [exact], and: values, at: draw, options: options)
    return zip(group, values).filter { one in
      snapshots.contains { $0.agree(one.1, exact) }
    }.map(\.0.edit)
  }

  private mutating func confirmed(_ edits: [LineEdit], _ order: Int) -> Judged? {
    let source = program.source
    let small = ranked(edits).lazy.filter { $0.isSmall(in: source) }
    var tried = 0
    for edit in small.prefix(Self.comparisonLimit) where tried < Self.confirmationLimit {
      // What fits at one draw alone is mostly seen at the next one.
      guard let value = claimed(edit, order), !confirmation.refuses(value, of: side) else {
        continue
      }
      tried += 1
      guard let verdict = confirmation.verdict(on: value, of: side, isHeld: true),
        keepsOthers(edit, order)
      else { continue }
      return (edit, verdict)
    }
    return nil
  }

  /// Whether the claims that hold still do.
  private mutating func keepsOthers(_ edit: LineEdit, _ order: Int) -> Bool {
    if edit.line.order == order { return true }
    let text = edit.line.text(with: edit.edits, in: program.source)
    for other in others {
      let place = trials.lines.lastIndex {
        other.claim.range.start <= $0.range.start && $0.range.end <= other.claim.range.end
      }
      guard let place, place > edit.line.order else { continue }
      guard
        let value = trials.claimed(
          other.claim.name, at: place, with: [edit.line.order: text]
        ).map(completed.callAsFunction)
      else { return false }
      if value === other.claimed { continue }
      if confirmation.verdict(on: value, of: other) == nil { return false }
    }
    return true
  }

  private mutating func pairs(_ filters: [LinearFilter<PrimeFieldArithmetic>], _ order: Int)
    -> Judged?
  {
    for filter in filters {
      let pairs = filter.pairs(costing: 8).prefix(Self.confirmationLimit)
      let joined = pairs.compactMap { Self.joined([$0.0, $0.1]) }
      if let found = confirmed(joined, order) { return found }
    }
    return nil
  }

  /// Whether values in double precision may show what a field does not.
  private var isBeyondFields: Bool {
    // Roots have values in a field for some draws only.
    side.claimed != nil && FunctionProfile(of: sides).isTranscendental
  }

  /// The change that repairs a claim with functions whose laws a field does not know.
  private mutating func floating(
    _ offers: Offers, _ full: [LineEdit], _ order: Int, at draw: Draw
  ) -> Judged? {
    guard isBeyondFields else { return nil }
    let source = program.source
    let small = ranked(full + simple(offers)).lazy.filter { $0.isSmall(in: source) }
    let tried = Array(small.prefix(Self.floatingLimit))
    let values = tried.map { claimed($0, order).map(confirmation.written.callAsFunction) }
    let exact = confirmation.written(side.exact)
    guard
      let snapshot = FloatingSnapshot(
        [exact] + values.compactMap { $0 }.removingRepetitions(), at: draw)
    else { return nil }
    let found = zip(tried, values).compactMap { edit, value in
      value.map { snapshot.agree($0, exact) } == true ? edit : nil
    }
    return confirmed(found, order)
  }

  // MARK: Words

  private func cause(_ edit: LineEdit, _ verdict: String) -> Cause {
    let text = edit.line.text(with: edit.edits, in: program.source)
    let head =
      edit.line.index == nil
      ? edit.line.root.range.start - edit.line.statement.range.start : 0
    let isOwn =
      edit.line.statement.range == claim.range
      || claim.range.contains(edit.line.statement.range.start)
    let shown = isOwn ? String(decoding: Array(text.utf8).dropFirst(head), as: UTF8.self) : text
    return Cause(
      edit.kind, edit.detail(),
      repair: Cause.Repair(
        text: shown, verdict: verdict,
        edits: edit.edits.map { $0.trimmed(in: program.source) }))
  }
}
