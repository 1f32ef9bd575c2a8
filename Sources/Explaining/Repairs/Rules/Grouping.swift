import ExpressionLanguage
import Judging

extension RepairRule {
  /// What a factor, a divisor or a comparison takes in.
  static let grouping = RepairRule(name: "grouping") { site, context in
    comparisons(site, context) + taken(site, context) + spread(site, context)
      + distributed(site, context)
  }

  /// `a * b > c` for `a * (b > c)`.
  private static func comparisons(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard case .comparison(let comparison, let left, let right) = site.expression.kind,
      case .chain(let first, let links) = left.kind, let last = links.last,
      !last.operator.isSum
    else { return [] }
    let inner = Fragment(
      "\(context.fragment(last.operand).text(atLeast: .sum)) \(comparison.rawValue) "
        + context.fragment(right).text(atLeast: .sum), .comparison)
    let text = context.chain(first, links, replacing: links.count - 1) { ($0.operator, inner) }
    return [
      Variant(
        site, text, .mask, cost: 2,
        "the comparison takes in the factor `\(context.fragment(first).text)`")
    ]
  }

  /// `(a + b) / c` for `a / c + b`: a factor that belongs to one term alone.
  private static func taken(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard case .chain(let sum, let outer) = site.expression.kind, !outer.isEmpty,
      outer.allSatisfy({ !$0.operator.isSum }), case .chain(let first, let links) = sum.kind,
      links.first?.operator.isSum == true, outer.count <= 3
    else { return [] }
    let terms = [(ChainOperator.add, first)] + links.map { ($0.operator, $0.operand) }
    return terms.indices.map { kept in
      var text: Fragment?
      for (place, term) in terms.enumerated() {
        let own = context.fragment(term.1)
        let factored = place == kept ? own : context.chain(own, outer)
        if let before = text {
          text = term.0 == .subtract ? .minus(before, factored) : .plus(before, factored)
        } else {
          text = factored
        }
      }
      let own = context.fragment(terms[kept].1).text
      return Variant(
        site, text ?? site.fragment, .factor, cost: 4,
        "the factor outside the bracket belongs to the other terms, not to `\(own)`")
    }
  }

  /// `g * (x - mean(x))` where `x * g - mean(x * g)` is meant: a factor that belongs to a value inside of sums.
  private static func distributed(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard case .chain(let first, let links) = site.expression.kind,
      links.allSatisfy({ !$0.operator.isSum && $0.operator != .matrixMultiply })
    else { return [] }
    let factors = [(ChainOperator.multiply, first)] + links.map { ($0.operator, $0.operand) }
    var result: [Variant] = []
    for (place, factor) in factors.enumerated() where factor.0 == .multiply {
      guard case .name(let name) = factor.1.kind else { continue }
      for (other, bracket) in factors.enumerated() where other != place && bracket.0 == .multiply {
        guard case .chain(_, let terms) = bracket.1.kind, terms.first?.operator.isSum == true else {
          continue
        }
        for inner in bracket.1.namesUsed.sorted() where inner != name {
          let text = context.fragment(bracket.1).renaming([inner: "(\(inner) * \(name))"])
          var rest = factors
          rest.remove(at: place)
          let head = rest.map { one in
            one.1.range == bracket.1.range ? text : context.fragment(one.1)
          }
          let whole = zip(rest, head).dropFirst().reduce(head[0]) { result, next in
            next.0.0 == .divide ? .over(result, next.1) : .times(result, next.1)
          }
          result.append(
            Variant(
              site, whole, .factor, cost: 5,
              "the factor `\(name)` stands outside of the sums over `\(inner)`"))
        }
      }
    }
    return result
  }

  /// `a + b / c` for `(a + b) / c`: a factor that belongs to all terms.
  private static func spread(_ site: Site, _ context: RepairContext) -> [Variant] {
    guard case .chain(let first, let links) = site.expression.kind,
      links.first?.operator.isSum == true, let last = links.last,
      case .chain(let head, let factors) = last.operand.kind, let factor = factors.last,
      !factor.operator.isSum
    else { return [] }
    let bare = context.chain(context.fragment(head), Array(factors.dropLast()))
    let sum = context.chain(first, links, replacing: links.count - 1) { ($0.operator, bare) }
    return [
      Variant(
        site, context.chain(sum, [factor]), .factor, cost: 4,
        "`\(factor.operator.rawValue) \(context.fragment(factor.operand).text)` belongs to all terms"
      )
    ]
  }
}
