import Derivation
import Evaluation
import ExpressionLanguage
import Judging
import Scalars
import TensorExpressions

// MARK: - What is offered for a line

extension RepairSearch {
  /// Changes of the lines that a claim is made of.
  struct Offers {
    /// Those of the line that a dot product has found to repair the claim.
    var found: [LineEdit] = []
    /// Those that must be evaluated in full.
    var full: [LineEdit] = []
    /// Those that may be made at several places at once.
    var alike: [LineEdit] = []
    var filters: [LinearFilter<PrimeFieldArithmetic>] = []
    var plans: [Weighed] = []

    mutating func add(_ other: Offers) {
      full += other.full
      alike += other.alike
      filters += other.filters
      plans += other.plans
    }
  }

  /// Sites of a line, and how much more its changes cost than those of the claim itself.
  typealias Weighed = (plans: LinePlans, distance: Int)

  /// Adds the changes of a line, of which only those that cost less than `most` are asked for.
  mutating func offer(
    _ line: ClaimLine, _ order: Int, _ question: Question?, at draw: Draw, costing most: Int,
    _ offers: inout Offers
  ) {
    let parts = LineParts(
      line, of: claim, derived: derived, program: program, costing: most, &trials)
    let plan = planned(parts, order)
    // What stands in the claim itself is named before what it uses; a count has a line of its own for its name's sake.
    let distance =
      line.order == order || parts.sites.first?.isNumber == true ? 0 : Self.distance
    let variants = plan.affine.flatMap { $0.variants.map { LineEdit($0.variant, of: line) } }
    offers.full += plan.full.map { $0.costing(distance) }
    offers.alike += plan.full + variants + renamings(parts)
    if plan.affine.isEmpty { return }
    let plans = LinePlans(parts: parts, plans: plan.affine)
    offers.plans.append((plans, distance))
    if let question,
      let filter = LinearFilter(plans, question, at: draw, options: options)
    {
      offers.filters.append(filter)
      offers.found += narrowed(filter.hits(), plans, question, beyond: draw).map {
        $0.costing(distance)
      }
    } else {
      offers.full += variants.map { $0.costing(distance) }
    }
  }

  /// The changes of affine sites that a field may not see, where functions have laws that it does not know.
  func simple(_ offers: Offers) -> [LineEdit] {
    offers.plans.flatMap { one in
      let (parts, plans) = (one.plans.parts, one.plans.plans)
      let variants = plans.flatMap { $0.variants.map { LineEdit($0.variant, of: parts.line) } }
      return (variants + plans.flatMap { exchanges($0.site, parts, longest: 40) })
        .map { $0.costing(one.distance) }
    }
  }

  /// More hits at one draw than are compared by themselves afterwards.
  private static let manyHits = 60

  /// Hits that are hits at further draws as well, where one shows many: on a cell on which the true gradient is 0
  /// whatever makes the claim 0 is one.
  private func narrowed(
    _ hits: [LineEdit], _ plans: LinePlans, _ question: Question, beyond draw: Draw
  ) -> [LineEdit] {
    func text(_ edit: LineEdit) -> String {
      edit.line.text(with: edit.edits, in: program.source)
    }
    var hits = hits
    let own = confirmation.draws.first ?? draw
    for other in [own] + (1...5).map(own.sibling) where hits.count > Self.manyHits {
      guard let further = LinearFilter(plans, question, at: other, options: options) else {
        continue
      }
      let seen = Set(further.hits().map(text))
      hits = hits.filter { seen.contains(text($0)) }
    }
    return hits
  }

  private struct LinePlan {
    var affine: [LinePlans.Plan] = []
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
        LinePlans.Plan(site: site, value: value, weights: weights, variants: own))
    }
    return plan
  }

  /// The value of a text at a site, for a divisor that of its reciprocal.
  private mutating func affineValue(
    _ fragment: Fragment, _ site: Site, _ line: ClaimLine
  ) -> TensorExpression? {
    guard site.value != nil else { return nil }
    let text = site.isDivisor ? "1 / \(fragment.text(atLeast: .sign))" : fragment.text
    return trials.value(of: text, at: line.order)?.whole
  }

  /// The cotangent of a site under random weights; nil where the claim does not depend on it affinely.
  private mutating func cotangent(
    of site: Site, _ line: ClaimLine, _ order: Int
  ) -> TensorExpression? {
    guard let value = site.value, side.claimed != nil, !site.isMasking else { return nil }
    let hole = program.space.symbol(TensorSymbol("site__", role: .input), shape: value.whole.shape)
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
    let paths = site.range == parts.line.root.range ? missingPaths(at: site, parts) : []
    guard site.fragment.length <= longest else { return paths }
    let words = site.isNumber ? parts.words.filter(\.isNumber) : Array(parts.words.prefix(60))
    return paths
      + words.flatMap { word -> [LineEdit] in
        guard word.cost <= 6, !word.isPath, word.fragment.text != site.fragment.text else {
          return []
        }
        guard let fit = WordFit(word, at: site) else { return [] }
        let uses = WordUses(site: site, fit: fit, word: word, line: parts.line, parts.context)
        // What is left out is less likely where it must be evaluated in full.
        let instead = uses.edit(.instead)
        let isNear = word.cost == 1 || word.value.isAtSteps && word.cost <= 3
        guard isNear, !site.isMasking else { return [instead] }
        return [instead]
          + [.times, .over, .plus, .minus].filter(uses.says)
          .map { uses.edit($0).costing(3) }
      }
  }

  /// What a path through the layer brings, added to a line.
  private func missingPaths(at site: Site, _ parts: LineParts) -> [LineEdit] {
    parts.words.filter(\.isPath).flatMap { word -> [LineEdit] in
      guard let fit = WordFit(word, at: site) else { return [] }
      let uses = WordUses(site: site, fit: fit, word: word, line: parts.line, parts.context)
      return [uses.edit(.plus), uses.edit(.minus)]
    }
  }

  /// A value of another shape in place of a name, where the line does not fit.
  private func misfits(_ site: Site, _ parts: LineParts) -> [LineEdit] {
    guard site.expression.nameValue != nil, let value = site.value, value.rank > 1 else {
      return []
    }
    return parts.words.filter {
      $0.cost <= 4 && !$0.isPath && $0.value.rank == value.rank && $0.value.shape != value.shape
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
  static func together(_ edits: [LineEdit]) -> [LineEdit] {
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

  static func joined(_ edits: [LineEdit]) -> LineEdit? {
    guard let first = edits.first, edits.allSatisfy({ $0.line.order == first.line.order }) else {
      return nil
    }
    return LineEdit(
      first.line, edits.flatMap(\.edits), first.kind, cost: edits.reduce(0) { $0 + $1.cost }
    ) { edits.map { $0.detail() }.removingRepetitions().joined(separator: "; ") }
  }
}
