import ExpressionLanguage
import Judging

extension RepairRule {
  /// A transpose too few, or too many.
  static let transposes = RepairRule(name: "transposes") { site, context in
    if case .attribute(let receiver, let name) = site.expression.kind,
      ["T", "mT"].contains(name.name)
    {
      let inner = context.fragment(receiver)
      return [
        Variant(
          site, inner, .transpose, cost: 2, signature: "transpose \(inner.text)",
          "`\(inner.text)` is transposed and should not be")
      ]
    }
    if case .methodCall(let receiver, let name, let arguments) = site.expression.kind,
      name.name == "t", arguments.isEmpty
    {
      return [
        Variant(
          site, context.fragment(receiver), .transpose, cost: 3,
          "`\(context.fragment(receiver).text)` is transposed and should not be")
      ]
    }
    if let value = site.value, value.rank == 1, site.expression.nameValue != nil {
      let column = Fragment(
        site.fragment.text(atLeast: .postfix) + ".reshape(\(value.shape[0]), 1)", .postfix)
      return [
        Variant(
          site, column, .transpose, cost: 4, signature: "column \(site.fragment.text)",
          "`\(site.fragment.text)` is laid along rows, not along columns")
      ]
    }
    guard let value = site.value, value.rank >= 2, site.fragment.text != "T" else { return [] }
    let attribute = value.rank == 2 ? ".T" : ".mT"
    let turned = Fragment(site.fragment.text(atLeast: .postfix) + attribute, .postfix)
    return turnedProduct(site, context, attribute) + [
      Variant(
        site, turned, .transpose, cost: 2 + (site.fragment.binding < .postfix ? 2 : 0),
        signature: "transpose \(site.fragment.text)",
        "`\(site.fragment.text)` is not transposed" + context.symmetryNote(site))
    ]
  }

  /// `B.T @ A.T` for `A @ B`, which nobody writes as `(A @ B).T`.
  private static func turnedProduct(
    _ site: Site, _ context: RepairContext, _ attribute: String
  ) -> [Variant] {
    guard case .chain(let first, let links) = site.expression.kind,
      links.allSatisfy({ $0.operator == .matrixMultiply })
    else { return [] }
    let turned = ([first] + links.map(\.operand)).reversed().map { operand -> String in
      if case .attribute(let receiver, let name) = operand.kind, "." + name.name == attribute {
        return context.fragment(receiver).text(atLeast: .sign)
      }
      return context.fragment(operand).text(atLeast: .postfix) + attribute
    }
    return [
      Variant(
        site, Fragment(turned.joined(separator: " @ "), .product), .transpose, cost: 3,
        "`\(site.fragment.text)` is not transposed")
    ]
  }
}
