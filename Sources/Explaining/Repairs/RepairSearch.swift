import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Notation
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
  var trials: LineTrials

  /// The most lines of a claim that are changed, its own first.
  private static let lineLimit = 6
  /// The most changes that are evaluated in full, and where masks of irrational values are decided at each.
  private static let fullLimits = (plain: 400, masked: 96)
  /// The most that are read.
  private static let readLimit = 1500
  /// So many are evaluated at once; the first that fits is the smallest.
  private static let groupSize = 48
  private static let confirmationLimit = 20
  /// The most that are evaluated in double precision, where a field does not know some function's laws.
  private static let floatingLimit = 600

  private var claim: Program.Claim { side.claim }

  /// The cause with its repair; nil where no change was found.
  mutating func cause() -> Cause? {
    guard let draw = witness ?? confirmation.draws.first else { return nil }
    let lines = ClaimLine.lines(of: claim, in: program, trials.statements).prefix(Self.lineLimit)
    guard let order = lines.first?.order else { return nil }
    var found: [LineEdit] = []
    var full: [LineEdit] = []
    var alike: [LineEdit] = []
    // What a field may not see, where functions have laws that it does not know.
    var simple: [LineEdit] = []
    var filters: [LinearFilter] = []
    for line in lines {
      let parts = LineParts(line, of: claim, exact: side.exact, program: program, &trials)
      let plan = planned(parts, order)
      // What stands in the claim itself is named before what it uses.
      let distance = line.order == order ? 0 : 2
      full += plan.full.map { $0.costing(distance) }
      alike +=
        plan.full + plan.affine.flatMap { $0.variants.map { LineEdit($0.variant, of: line) } }
      alike += renamings(parts)
      simple += plan.affine.flatMap { plan in
        plan.variants.map { LineEdit($0.variant, of: line).costing(distance) }
          + exchanges(plan.site, parts, longest: 40).map { $0.costing(distance) }
      }
      if plan.affine.isEmpty { continue }
      if let claimed = side.claimed,
        let filter = LinearFilter(
          parts, plan.affine, exact: side.exact, claimed: claimed, weights: weights, truth: truth,
          at: draw, options: options)
      {
        filters.append(filter)
        found += filter.hits().map { $0.costing(distance) }
      } else {
        full += plan.affine.flatMap { plan in
          plan.variants.map { LineEdit($0.variant, of: line).costing(distance) }
        }
      }
    }
    let near = confirmed(found, order)
    let best = near?.edit.cost ?? .max
    full = ranked((full + Self.together(alike)).filter { $0.cost < best })
    let other = confirmed(firstMatching(full, order, at: draw), order)
    let chosen =
      other ?? near ?? pairs(filters, order)
      ?? floating(ranked(full + simple), order, at: draw)
    return chosen.map { cause($0.edit, $0.verdict) }
  }

  /// A change that was judged.
  private typealias Judged = (edit: LineEdit, verdict: String)

  private var fullLimit: Int {
    let profile = FunctionProfile(of: [side.exact] + (side.claimed.map { [$0] } ?? []))
    return profile.hasMasks && profile.isTranscendental
      ? Self.fullLimits.masked : Self.fullLimits.plain
  }

  /// The whole derived line, where it is one of names that the file has: what to write where no change was found.
  /// Nothing is derived for an assertion.
  mutating func derivedLine() -> Cause.Repair? {
    guard !side.isAssertion,
      let line = ClaimLine.lines(of: claim, in: program, trials.statements).first,
      line.statement.range == claim.range
    else { return nil }
    let head = line.statement.claimedName.map { "check \($0) = " }
    let range = line.index == nil ? line.root.range : claim.range
    for formula in Vocabulary.derivedFormulas(side.exact, line, claim, program, trials.statements) {
      guard let text = TextNotation().text(formula), text.utf8.count <= Self.longestLine else {
        continue
      }
      let edit = Cause.Repair.Edit(
        range: range, text: line.index == nil ? text : (head ?? "") + text)
      guard
        let value = trials.claimed(
          claim.name, at: line.order,
          with: [line.order: line.text(with: [edit], in: program.source)]
        )?.replacing(truth), value.shape == side.exact.shape,
        let verdict = confirmation.verdict(on: value, of: side)
      else { continue }
      return Cause.Repair(text: text, verdict: verdict, edits: [edit])
    }
    return nil
  }

  /// A longer line helps nobody.
  private static let longestLine = 160

  private var weights: TensorExpression {
    program.space.symbol(TensorSymbol("weights__", role: .input), shape: side.exact.shape)
  }

  private func ranked(_ edits: [LineEdit]) -> [LineEdit] {
    edits.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }
      .map(\.element)
  }

  // MARK: Plans

  private struct LinePlan {
    var affine: [LinearFilter.Plan] = []
    var full: [LineEdit] = []
  }

  private mutating func planned(_ parts: LineParts, _ order: Int) -> LinePlan {
    var plan = LinePlan()
    plan.full = parts.indexEdits
    for site in parts.sites {
      let variants = parts.variants(of: site)
      guard let value = affineValue(site.fragment, site, parts.line),
        let weights = cotangent(of: site, parts.line, order)
      else {
        plan.full += variants.map { LineEdit($0, of: parts.line) } + exchanges(site, parts)
        continue
      }
      var own: [(Variant, TensorExpression)] = []
      for variant in variants {
        let changed = affineValue(variant.fragment, site, parts.line)
        if let changed, changed.shape == value.shape {
          own.append((variant, changed))
        } else {
          plan.full.append(LineEdit(variant, of: parts.line))
        }
      }
      plan.affine.append(
        LinearFilter.Plan(site: site, value: value, weights: weights, variants: own))
    }
    return plan
  }

  /// The value of a text at a site, for a divisor that of its reciprocal.
  private mutating func affineValue(
    _ fragment: Fragment, _ site: Site, _ line: ClaimLine
  ) -> TensorExpression? {
    guard site.value != nil else { return nil }
    let text = site.isDivisor ? "1 / \(fragment.text(atLeast: .sign))" : fragment.text
    return trials.value(of: text, at: line.order)
  }

  /// The cotangent of a site under random weights; nil where the claim does not depend on it affinely.
  private mutating func cotangent(
    of site: Site, _ line: ClaimLine, _ order: Int
  ) -> TensorExpression? {
    guard let value = site.value, side.claimed != nil, !site.isMasking else { return nil }
    let hole = program.space.symbol(TensorSymbol("site__", role: .input), shape: value.shape)
    let edit = site.hole("site__")
    let text = line.text(with: [edit], in: program.source)
    guard
      let claimed = trials.claimed(
        claim.name, at: order, with: [line.order: text], standIns: ["site__": hole]),
      claimed.shape == side.exact.shape,
      let cotangent = try? Derivatives.vectorJacobianProduct(of: claimed, by: hole, with: weights)
    else { return nil }
    // The derivative of what is affine does not depend on where it is taken.
    return TensorExpression.symbols(of: [cotangent]).contains(hole) ? nil : cotangent
  }

  /// Words in place of a site, or beside it, where they must be evaluated in full.
  private func exchanges(_ site: Site, _ parts: LineParts, longest: Int = 6) -> [LineEdit] {
    // A line that does not fit is seldom mended by another value.
    guard side.claimed != nil else { return misfits(site, parts) }
    guard site.fragment.length <= longest else { return [] }
    let words = site.isNumber ? parts.words.filter(\.isNumber) : Array(parts.words.prefix(60))
    return words.flatMap { word -> [LineEdit] in
      guard word.cost <= 6, word.fragment.text != site.fragment.text else { return [] }
      guard let fit = WordFit(word, at: site) else { return [] }
      let uses = WordUses(site: site, fit: fit, word: word, line: parts.line, parts.context)
      // What is left out is less likely where it must be evaluated in full.
      let instead = uses.edit(.instead)
      guard word.cost == 1, !site.isMasking else { return [instead] }
      return [instead] + [.times, .over, .plus, .minus].map { uses.edit($0).costing(3) }
    }
  }

  /// A value of another shape in place of a name, where the line does not fit.
  private func misfits(_ site: Site, _ parts: LineParts) -> [LineEdit] {
    guard site.expression.nameValue != nil, let value = site.value, value.rank > 1 else {
      return []
    }
    return parts.words.filter {
      $0.cost <= 4 && $0.value.rank == value.rank && $0.value.shape != value.shape
    }.map { word in
      LineEdit(parts.line, [site.edit(word.fragment)], .shape, cost: word.cost + 2) {
        "`\(site.fragment.text)` stands where `\(word.fragment.text)` belongs"
      }
    }
  }

  /// A name that stands more than once, for another one of its shape.
  private func renamings(_ parts: LineParts) -> [LineEdit] {
    let names = parts.sites.filter { $0.expression.nameValue != nil }
    let counts = Dictionary(grouping: names) { $0.fragment.text }.mapValues(\.count)
    return names.filter { counts[$0.fragment.text, default: 0] > 1 }.flatMap { site in
      parts.words.filter { $0.cost == 1 && $0.value.shape == site.value?.shape }
        .filter { $0.fragment.text != site.fragment.text }
        .compactMap { word in
          WordFit(word, at: site).map {
            WordUses(site: site, fit: $0, word: word, line: parts.line, parts.context)
              .edit(.instead)
          }
        }
    }
  }

  /// Changes that are alike, made at all their places at once.
  private static func together(_ edits: [LineEdit]) -> [LineEdit] {
    var groups: [String: [LineEdit]] = [:]
    for edit in edits {
      guard let signature = edit.signature else { continue }
      groups["\(edit.line.order) \(signature)", default: []].append(edit)
    }
    return groups.sorted { $0.key < $1.key }.compactMap { _, group in
      var members: [LineEdit] = []
      for edit in group where members.allSatisfy({ $0.isApart(from: edit) }) {
        members.append(edit)
      }
      return members.count > 1 ? joined(members) : nil
    }
  }

  private static func joined(_ edits: [LineEdit]) -> LineEdit? {
    guard let first = edits.first, edits.allSatisfy({ $0.line.order == first.line.order }) else {
      return nil
    }
    return LineEdit(
      first.line, edits.flatMap(\.edits), first.kind, cost: edits.reduce(0) { $0 + $1.cost }
    ) { edits.map { $0.detail() }.removingRepetitions().joined(separator: "; ") }
  }

  // MARK: Evaluation

  private mutating func claimed(_ edit: LineEdit, _ order: Int) -> TensorExpression? {
    let text = edit.line.text(with: edit.edits, in: program.source)
    guard !edit.line.isTrivial(text, in: program.source),
      let value = trials.claimed(claim.name, at: order, with: [edit.line.order: text]),
      value.shape == side.exact.shape
    else { return nil }
    return value.replacing(truth)
  }

  /// Those of the first group in which a change fits.
  private mutating func firstMatching(
    _ edits: [LineEdit], _ order: Int, at draw: Draw
  ) -> [LineEdit] {
    var group: [(LineEdit, TensorExpression)] = []
    var tried = 0
    var seen: Set<TensorExpression> = []
    for (number, edit) in edits.prefix(Self.readLimit).enumerated() {
      // What cannot be read, or says the same as another one, costs next to nothing.
      if edit.isSmall(in: program.source), let value = claimed(edit, order),
        seen.insert(value).inserted
      {
        group.append((edit, value))
      }
      let isLast = number == min(edits.count, Self.readLimit) - 1
      guard group.count == Self.groupSize || isLast else { continue }
      let found = matching(group, at: draw)
      if !found.isEmpty { return found }
      tried += group.count
      group = []
      if tried >= fullLimit { return [] }
    }
    return []
  }

  /// Those changes whose values are the true ones at a draw.
  private func matching(
    _ group: [(edit: LineEdit, value: TensorExpression)], at draw: Draw
  ) -> [LineEdit] {
    let snapshots = FieldSnapshot.taken(
      of: [side.exact], and: group.map(\.value), at: draw, options: options)
    return group.filter { one in snapshots.contains { $0.agree(one.value, side.exact) } }
      .map(\.edit)
  }

  private mutating func confirmed(_ edits: [LineEdit], _ order: Int) -> Judged? {
    let small = edits.filter { $0.isSmall(in: program.source) }
    for edit in ranked(small).prefix(Self.confirmationLimit) {
      guard let value = claimed(edit, order),
        let verdict = confirmation.verdict(on: value, of: side), keepsOthers(edit, order)
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
      let place = trials.statements.lastIndex {
        other.claim.range.start <= $0.range.start && $0.range.end <= other.claim.range.end
      }
      guard let place, place > edit.line.order else { continue }
      guard
        let value = trials.claimed(
          other.claim.name, at: place, with: [edit.line.order: text])?.replacing(truth)
      else { return false }
      if value === other.claimed { continue }
      if confirmation.verdict(on: value, of: other) == nil { return false }
    }
    return true
  }

  private mutating func pairs(_ filters: [LinearFilter], _ order: Int) -> Judged? {
    for filter in filters {
      let pairs = filter.pairs(costing: 8).prefix(Self.confirmationLimit)
      let joined = pairs.compactMap { Self.joined([$0.0, $0.1]) }
      if let found = confirmed(joined, order) { return found }
    }
    return nil
  }

  /// The change that repairs a claim with functions whose laws a field does not know.
  private mutating func floating(_ edits: [LineEdit], _ order: Int, at draw: Draw) -> Judged? {
    // Roots have values in a field for some draws only.
    guard let before = side.claimed, FunctionProfile(of: [side.exact, before]).isTranscendental
    else { return nil }
    let tried = edits.filter { $0.isSmall(in: program.source) }.prefix(Self.floatingLimit)
    let values = tried.map { claimed($0, order) }
    guard
      let snapshot = FloatingSnapshot(
        [side.exact] + values.compactMap { $0 }.removingRepetitions(), at: draw)
    else { return nil }
    let found = zip(tried, values).compactMap { edit, value in
      value.map { snapshot.agree($0, side.exact) } == true ? edit : nil
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
