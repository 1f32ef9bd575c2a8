import Evaluation
import ExpressionLanguage
import Judging
import TensorExpressions

/// How a word's axes lie along those of a site.
struct WordFit {
  /// For each axis of the word's whole value, that of the site's; nil where it is 1.
  private let axes: [Int?]
  let fragment: Fragment
  /// How many tokens the text has beside the word's; more where the word could have kept the axis that is put in.
  let further: Int

  init?(_ word: Vocabulary.Word, at site: Site) {
    guard let value = site.value, value.isAtSteps == word.value.isAtSteps else { return nil }
    let (shape, own) = (value.shape, word.value.shape)
    guard own.count <= shape.count else { return nil }
    let offset = shape.count - own.count
    // The steps in front are the same ones.
    let leading = word.value.isAtSteps ? 1 : 0
    let steps: [Int?] = Array(0..<leading)
    if zip(own, shape.dropFirst(offset)).allSatisfy({ $0 == $1 || $0 == .one }) {
      axes = steps + own.indices.map { own[$0] == .one ? nil : $0 + offset + leading }
      fragment = word.fragment
      further = 0
      return
    }
    // Along the first axes: a value for each row.
    guard !own.isEmpty, offset > 0, zip(own, shape).allSatisfy({ $0 == $1 }) else { return nil }
    axes = steps + own.indices.map { $0 + leading }
    let items = own.map { _ in ":" } + Array(repeating: "None", count: offset)
    fragment = Fragment(
      "\(word.fragment.text(atLeast: .postfix))[\(items.joined(separator: ", "))]", .postfix)
    further = fragment.length - word.fragment.length + (word.fragment.length == 1 ? 0 : 2)
  }

  /// For each entry of the site, that of the word.
  func places(_ own: [Int], in extents: [Int]) -> [Int]? {
    var strides = Array(repeating: 0, count: extents.count)
    var stride = 1
    for axis in own.indices.reversed() {
      if let target = axes[axis] {
        guard extents[target] == own[axis] else { return nil }
        strides[target] = stride
      }
      stride *= own[axis]
    }
    var places = [0]
    for (extent, stride) in zip(extents, strides) {
      places = places.flatMap { start in (0..<extent).map { start + $0 * stride } }
    }
    return places
  }
}

/// What a word may do at a site.
struct WordUses {
  let site: Site
  let fit: WordFit
  let word: Vocabulary.Word
  let line: ClaimLine
  let context: RepairContext

  init(
    site: Site, fit: WordFit, word: Vocabulary.Word, line: ClaimLine, _ context: RepairContext
  ) {
    self.site = site
    self.fit = fit
    self.word = word
    self.line = line
    self.context = context
  }

  enum Use {
    case times, timesNegated, over, plus, minus, timesComplement, timesSuccessor, instead,
      insteadNegated, from
  }

  /// Whether it says something: what is taken from itself, divided by itself or added to itself is 0, 1 or twice it
  /// however it is written.
  func says(_ use: Use) -> Bool {
    if site.isGroup { return use == .plus || use == .minus }
    switch use {
    case .plus, .minus, .from, .over: return fit.fragment.text != site.fragment.text
    case .times, .timesNegated, .timesComplement, .timesSuccessor, .instead, .insteadNegated:
      return true
    }
  }

  func cost(_ use: Use) -> Int {
    let own = word.cost + fit.further
    let brackets = site.fragment.binding < .product && site.needed < .postfix ? 2 : 0
    switch use {
    // A power says it in fewer words.
    case .times: return own + 1 + brackets + (isFactor ? 1 : 0)
    case .over: return own + 1 + brackets
    case .timesNegated: return own + 2 + brackets
    case .plus, .minus: return own + 1 + (site.needed > .sum ? 2 : 0)
    case .timesComplement, .timesSuccessor: return own + 5 + brackets
    // A factor 1 is left out, not written.
    case .instead: return own + replaced + (fit.fragment.text == "1" ? 1 : 0)
    case .insteadNegated, .from: return own + replaced + 1
    }
  }

  /// Whether the word is the site, or one of its factors.
  private var isFactor: Bool {
    if word.fragment.text == site.fragment.text { return true }
    guard case .chain(let first, let links) = site.expression.kind,
      links.allSatisfy({ !$0.operator.isSum })
    else { return false }
    return ([first] + links.map(\.operand)).contains {
      context.fragment($0).text == word.fragment.text
    }
  }

  /// What putting something else in place of the site costs; of a whole line, that answers for its author, unless the
  /// line only counts.
  private var replaced: Int {
    let isWhole = site.range == line.root.range && !site.isNumber
    return (site.fragment.length - 1) * (isWhole ? 2 : 1) + (isWhole ? fit.fragment.length - 1 : 0)
  }

  private func fragment(_ use: Use) -> Fragment {
    let one = Fragment("1", .postfix)
    let isLeading = word.isNumber && fit.fragment.binding == .postfix
    switch use {
    case .times:
      return isLeading ? .times(fit.fragment, site.fragment) : .times(site.fragment, fit.fragment)
    case .timesNegated:
      return .times(Fragment("-" + fit.fragment.text(atLeast: .sign), .sign), site.fragment)
    case .over: return .over(site.fragment, fit.fragment)
    case .plus:
      guard let term = fit.fragment.negatedTerm else { return .plus(site.fragment, fit.fragment) }
      return .minus(site.fragment, term)
    case .minus: return .minus(site.fragment, fit.fragment)
    case .timesComplement: return .times(site.fragment, .minus(one, fit.fragment))
    case .timesSuccessor: return .times(site.fragment, .plus(fit.fragment, one))
    case .instead: return fit.fragment
    case .insteadNegated: return Fragment("-" + fit.fragment.text(atLeast: .sign), .sign)
    case .from: return .minus(fit.fragment, site.fragment)
    }
  }

  func edit(_ use: Use) -> LineEdit {
    let (kind, sentence) = cause(use)
    return LineEdit(
      line, [site.edit(fragment(use))], site.kind(kind), cost: cost(use),
      signature: "\(use) \(site.fragment.text) \(fit.fragment.text)"
    ) { sentence }
  }

  private func cause(_ use: Use) -> (Cause.Kind, String) {
    let text = fit.fragment.text
    let isMask = word.value.whole.isMaskValue || context.isMask(site.fragment.text)
    switch use {
    case .times, .timesNegated, .over, .timesComplement, .timesSuccessor:
      return missingFactor(use, isMask: word.value.whole.isMaskValue)
    case .plus, .minus, .from:
      if context.isSmallNumber(text) { return (.eps, "`\(text)` is missing") }
      let term = use == .minus ? "- " + fit.fragment.text(atLeast: .product) : text
      return (.missingTerm, "the term `\(term)` is missing")
    case .instead, .insteadNegated:
      let own = use == .insteadNegated ? "-\(text)" : text
      if let near = relative(own) { return near }
      let sentence = "`\(site.fragment.text)` stands where `\(own)` belongs"
      if isMask { return (.mask, sentence) }
      if word.isNumber || site.isNumber { return (.factor, sentence) }
      return (.activationInput, sentence)
    }
  }

  /// The slip where what belongs at the site is the site itself, but for a sign, a transpose or a term.
  private func relative(_ text: String) -> (Cause.Kind, String)? {
    let own = site.fragment.text
    if text == "-" + own || own == "-" + text { return (.sign, "`\(own)` has the wrong sign") }
    for mark in [".T", ".mT"] {
      if text == own + mark { return (.transpose, "`\(own)` is not transposed") }
      if own == text + mark {
        return (.transpose, "`\(text)` is transposed and should not be")
      }
    }
    for sign in [" - ", " + "] where text.hasPrefix(own + sign) && site.fragment.binding >= .sum {
      let term = String(text.dropFirst(own.count + sign.count))
      if context.isSmallNumber(term) { return (.eps, "`\(term)` is missing") }
      return (.missingTerm, "the term `\(text.dropFirst(own.count + 1))` is missing")
    }
    return nil
  }

  private func missingFactor(_ use: Use, isMask: Bool) -> (Cause.Kind, String) {
    let text = fit.fragment.text
    let factor =
      switch use {
      case .timesNegated: "-\(fit.fragment.text(atLeast: .sign))"
      case .over: "1 / \(fit.fragment.text(atLeast: .sign))"
      case .timesComplement: "1 - \(fit.fragment.text(atLeast: .product))"
      case .timesSuccessor: "1 + \(fit.fragment.text(atLeast: .product))"
      case .times, .plus, .minus, .instead, .insteadNegated, .from: text
      }
    if isMask { return (.mask, "the mask `\(factor)` is missing") }
    let isCount = word.isNumber && word.value.whole.asConstant?.asRational == nil
    if use == .over, isCount {
      return (.sumForMean, "the factor `\(factor)` is missing: a sum stands for a mean")
    }
    if word.isNumber { return (.factor, "the factor `\(factor)` is missing") }
    return (.missingTerm, "the factor `\(factor)` is missing")
  }
}
