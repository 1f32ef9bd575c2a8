import ExpressionLanguage
import Judging

extension RepairRule {
  /// A term or factor too many, and one operator for another.
  static let operands = RepairRule(name: "operands") { site, context in
    guard case .chain(let first, let links) = site.expression.kind else { return [] }
    let isSum = links.first?.operator.isSum ?? false
    var result = removals(site, first, links, isSum: isSum, context)
    for (place, link) in links.enumerated() where !isSum && link.operator != .floorDivide {
      let others: [ChainOperator] =
        switch link.operator {
        case .multiply: [.divide, .matrixMultiply]
        case .divide: [.multiply]
        case .matrixMultiply: [.multiply]
        case .add, .subtract, .floorDivide, .remainder: []
        }
      for other in others {
        let text = context.chain(first, links, replacing: place) { link in
          (other, context.fragment(link.operand))
        }
        result.append(
          Variant(
            site, text, .factor, cost: 2,
            "`\(link.operator.rawValue) \(context.fragment(link.operand).text)` stands where "
              + "`\(other.rawValue)` belongs"))
      }
    }
    if isSum, links.count == 1, links[0].operator == .add {
      let (a, b) = (context.fragment(first), context.fragment(links[0].operand))
      result.append(
        Variant(
          site, .times(a, b), .factor, cost: 2, "`+ \(b.text)` stands where `* \(b.text)` belongs"))
    }
    if !isSum, links.count == 1, links[0].operator == .matrixMultiply {
      let a = context.fragment(first)
      let b = context.fragment(links[0].operand)
      result.append(
        Variant(
          site, Fragment(b.text(atLeast: .product) + " @ " + a.text(atLeast: .sign), .product),
          .transpose, cost: 4, "the factors `\(a.text)` and `\(b.text)` are exchanged"))
    }
    return result
  }

  private static func removals(
    _ site: Site, _ first: SyntaxExpression, _ links: [ChainLink], isSum: Bool,
    _ context: RepairContext
  ) -> [Variant] {
    var result: [Variant] = []
    for place in links.indices {
      let text = context.chain(first, links, replacing: place) { _ in nil }
      let operand = context.fragment(links[place].operand)
      result.append(removal(site, text, operand, isSum: isSum, context, links[place].operator))
    }
    if let next = links.first, ![.floorDivide, .remainder].contains(next.operator) {
      let rest = Array(links.dropFirst())
      let head = context.fragment(next.operand)
      let start: Fragment =
        switch next.operator {
        case .add, .multiply, .matrixMultiply: head
        case .subtract: Fragment("-" + head.text(atLeast: .sign), .sign)
        case .divide, .floorDivide, .remainder: .over(Fragment("1", .postfix), head)
        }
      let text = context.chain(start, rest)
      result.append(removal(site, text, context.fragment(first), isSum: isSum, context, nil))
    }
    return result
  }

  private static func removal(
    _ site: Site, _ text: Fragment, _ operand: Fragment, isSum: Bool, _ context: RepairContext,
    _ link: ChainOperator?
  ) -> Variant {
    let shown =
      link.map { "\($0.rawValue) " + operand.text(atLeast: isSum ? .product : .sign) }
      ?? operand.text
    let isConstant = context.isConstantTensor(operand.text)
    let kind: Cause.Kind =
      isConstant
      ? .edge
      : isSum
        ? context.isSmallNumber(operand.text) ? .eps : .extraTerm
        : context.isMask(operand.text) ? .mask : .factor
    // Taking out one operand is one change, however long it is.
    let cost = 1 + operand.length / 8
    let noun = kind == .mask ? "mask" : isSum ? "term" : "factor"
    return Variant(
      site, text, kind, cost: cost, signature: "remove \(shown)",
      "the \(noun) `\(shown)` is too many")
  }
}
