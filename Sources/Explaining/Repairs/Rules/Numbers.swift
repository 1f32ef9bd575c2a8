import ExpressionLanguage
import Judging

extension RepairRule {
  /// Larger whole numbers are no slips of one another, and have no twice and no next one among words.
  static let largestNumber: UInt = 1_000_000_000

  /// One number for another.
  static let numbers = RepairRule(name: "numbers") { site, context in
    guard case .number(let literal) = site.expression.kind else { return [] }
    var texts = context.literals.filter { $0 != literal.text }
    if let whole = literal.integerValue, whole.magnitude < largestNumber {
      texts += ["\(whole + 1)", "\(2 * whole)", "\(whole)**2"]
      if whole > 0 { texts.append("\(whole - 1)") }
      if whole % 2 == 0 { texts.append("\(whole / 2)") }
    }
    return texts.removingRepetitions().map { text in
      let fragment = Fragment(text, text.contains("**") ? .power : .postfix)
      let isSmall = literal.isSmall || text.hasPrefix("1e-")
      return Variant(
        site, fragment, isSmall ? .eps : .factor, cost: 2 + fragment.length,
        signature: "number \(literal.text) \(text)",
        "`\(literal.text)` stands where `\(text)` belongs")
    }
  }
}

extension DecimalLiteral {
  /// Whether it is as small as what keeps quotients away from 0.
  var isSmall: Bool { significand != "0" && exponent + significand.count <= -3 }
}
