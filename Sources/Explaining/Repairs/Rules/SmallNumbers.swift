import ExpressionLanguage
import Judging

extension RepairRule {
  /// A small number under a root that belongs beside it, or the other way round.
  static let smallNumbers = RepairRule(name: "small numbers") { site, context in
    if case .chain(let first, let links) = site.expression.kind, links.count == 1,
      links[0].operator == .add, let call = first.namedCall,
      let operand = call.arguments.first?.value
    {
      let small = context.fragment(links[0].operand)
      guard context.isSmallNumber(small.text) else { return [] }
      let sum = Fragment.plus(context.fragment(operand), small)
      return [
        Variant(
          site, Fragment(call.text([sum.text]), .postfix), .eps, cost: 2,
          "`\(small.text)` stands outside of the `\(call.function.name)`")
      ]
    }
    guard let call = site.expression.namedCall,
      let operand = call.arguments.first?.value, case .chain(let first, let links) = operand.kind,
      links.count == 1, links[0].operator == .add
    else { return [] }
    let small = context.fragment(links[0].operand)
    guard context.isSmallNumber(small.text) else { return [] }
    let inside = Fragment(call.text([context.fragment(first).text]), .postfix)
    return [
      Variant(
        site, .plus(inside, small), .eps, cost: 2,
        "`\(small.text)` stands inside the `\(call.function.name)`")
    ]
  }
}
