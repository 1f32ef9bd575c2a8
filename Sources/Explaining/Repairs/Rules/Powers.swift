import ExpressionLanguage
import Judging

extension RepairRule {
  /// A power off by one, too many or left out.
  static let powers = RepairRule(name: "powers") { site, context in
    if case .power(let base, let exponent) = site.expression.kind {
      let inner = context.fragment(base)
      let before = context.fragment(exponent).text
      return [
        Variant(
          site, inner, .factor, cost: 2, signature: "power",
          "`\(inner.text)` is raised to \(before) and should not be")
      ]
        + [-3, -2, -1, 1, 2, 3, 4].filter { "\($0)" != before }.map { other in
          Variant(
            site, Fragment("\(inner.text(atLeast: .postfix))**\(other)", .power), .factor, cost: 2,
            signature: "power \(other)", "`\(inner.text)` has the power \(before), not \(other)")
        }
    }
    guard site.value != nil, !site.isNumber, site.fragment.length <= 12 else { return [] }
    return [2, 3].map { power in
      Variant(
        site, Fragment("\(site.fragment.text(atLeast: .postfix))**\(power)", .power), .factor,
        cost: 2 + power / 3, signature: "raise \(site.fragment.text)",
        "the power \(power) of `\(site.fragment.text)` is missing")
    }
  }
}
