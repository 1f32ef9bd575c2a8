import ExpressionLanguage
import Judging

extension RepairRule {
  /// A small number under a root that belongs beside it, or the other way round.
  static let smallNumbers = RepairRule(name: "small numbers") { site, context in
    if case .chain(let first, let links) = site.expression.kind, links.count == 1,
      links[0].operator == .add, case .call(let function, let arguments) = first.kind,
      let operand = arguments.first?.value
    {
      let small = context.fragment(links[0].operand)
      guard context.isSmallNumber(small.text) else { return [] }
      let sum = Fragment.plus(context.fragment(operand), small)
      return [
        Variant(
          site, Fragment("\(function.name)(\(sum.text))", .postfix), .eps, cost: 2,
          "`\(small.text)` stands outside of the `\(function.name)`")
      ]
    }
    guard case .call(let function, let arguments) = site.expression.kind,
      let operand = arguments.first?.value, case .chain(let first, let links) = operand.kind,
      links.count == 1, links[0].operator == .add
    else { return [] }
    let small = context.fragment(links[0].operand)
    guard context.isSmallNumber(small.text) else { return [] }
    let call = Fragment("\(function.name)(\(context.fragment(first).text))", .postfix)
    return [
      Variant(
        site, .plus(call, small), .eps, cost: 2,
        "`\(small.text)` stands inside the `\(function.name)`")
    ]
  }
}
