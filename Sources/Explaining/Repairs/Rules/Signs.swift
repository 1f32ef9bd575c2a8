import ExpressionLanguage
import Judging

extension RepairRule {
  /// The sign of one term.
  static let signs = RepairRule(name: "signs") { site, context in
    var result: [Variant] = []
    if case .chain(let first, let links) = site.expression.kind,
      links.first?.operator.isSum == true
    {
      for (place, link) in links.enumerated() {
        let text = context.chain(first, links, replacing: place) { link in
          (link.operator == .add ? .subtract : .add, context.fragment(link.operand))
        }
        let term = context.fragment(link.operand).text
        result.append(
          Variant(
            site, text, .sign, cost: 2, signature: "turned sign",
            "sign of one term: `\(link.operator.rawValue) \(term)`"))
      }
      if links.count == 1, links[0].operator == .subtract {
        let turned = Fragment.minus(context.fragment(links[0].operand), context.fragment(first))
        result.append(
          Variant(
            site, turned, .sign, cost: 3, signature: "turned",
            "the difference `\(site.fragment.text)` is turned"))
      }
    }
    if case .unary(.minus, let operand) = site.expression.kind {
      result.append(
        Variant(
          site, context.fragment(operand), .sign, cost: 1, signature: "turned sign",
          "`\(site.fragment.text)` has the wrong sign"))
    } else if site.value != nil, site.link != .add, site.link != .subtract {
      let negated = Fragment("-" + site.fragment.text(atLeast: .sign), .sign)
      let cost = site.isWholeLine ? 3 : 6
      result.append(
        Variant(
          site, negated, .sign, cost: cost, signature: "turned sign",
          "`\(site.fragment.text)` has the wrong sign"))
    }
    return result
  }
}
