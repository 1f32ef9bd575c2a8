import Derivation
import Diagnostics
import ExpressionLanguage
import Judging
import TensorExpressions

/// A line taken apart: its sites, what they mean, and how a claim depends on each.
struct LineParts {
  let line: ClaimLine
  let context: RepairContext
  let sites: [Site]
  let words: [Vocabulary.Word]

  /// The most sites of a line.
  private static let siteLimit = 80

  /// - Parameter most: words that cost as much are left out.
  init(
    _ line: ClaimLine, of claim: Program.Claim, derived: DerivedFormulas, program: Program,
    costing most: Int, _ trials: inout LineTrials
  ) {
    self.line = line
    let source = program.source
    var values: [String: LineValue] = [:]
    var sites: [Site] = []
    for place in SiteWalk(line.root, in: source).places.prefix(Self.siteLimit) {
      let fragment = Fragment(place.expression, in: source)
      let value = trials.value(of: fragment.text, at: line.order)
      values[fragment.text] = value
      sites.append(
        Site(
          range: place.expression.range, expression: place.expression, fragment: fragment,
          needed: place.needed, value: value, link: place.link, isMasking: place.isMasking,
          isWholeLine: place.expression.range == line.root.range, isGroup: place.isGroup,
          linkStart: place.linkStart))
    }
    words =
      Vocabulary(
        for: line, claim: claim, derived: derived, program: program, &trials
      ).words.filter { $0.cost < most }
    for word in words { values[word.fragment.text] = word.value }
    self.sites = sites
    context = RepairContext(
      source: source, literals: Self.literals(trials.lines),
      functions: Self.functions(trials.lines), shape: derived.exact.shape, values: values)
  }

  private static func literals(_ statements: [Statement]) -> [String] {
    var result: [String] = []
    var stack = statements.flatMap(\.expressions)
    while let expression = stack.popLast() {
      if case .number(let literal) = expression.kind { result.append(literal.text) }
      stack += expression.kind.children
    }
    return Array(result.removingRepetitions().sorted().prefix(12))
  }

  private static func functions(_ statements: [Statement]) -> Set<String> {
    Set(
      statements.compactMap { statement in
        if case .function(let function) = statement.kind { function.name.name } else { nil }
      })
  }

  /// What every rule offers for a site.
  func variants(of site: Site) -> [Variant] {
    // What is changed within a group is changed in its parts.
    if site.isGroup { return [] }
    return RepairRule.all.flatMap { $0.variants(site, context) }.filter {
      $0.fragment.text != site.fragment.text
    }
  }

  var indexEdits: [LineEdit] {
    line.index.map {
      IndexEdits(line: line, statement: $0, context: context, words: words).all()
    } ?? []
  }
}
