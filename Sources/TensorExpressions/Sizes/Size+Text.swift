extension Size: CustomStringConvertible {
  /// The text in the expression language, `2*H - K + 1`; it parses back to the same size.
  public var description: String {
    if isOverflowed { return "(too large)" }
    if terms.isEmpty { return String(constant) }
    var text = ""
    // A positive term first, so that `1 - K` is not printed as `-K + 1`.
    var ordered = allTerms
    if ordered[0].coefficient < 0, let first = ordered.firstIndex(where: { $0.coefficient > 0 }) {
      ordered.insert(ordered.remove(at: first), at: 0)
    }
    for term in ordered {
      let magnitude = term.coefficient.magnitude
      let negative = term.coefficient < 0
      if text.isEmpty {
        if negative { text += "-" }
      } else {
        text += negative ? " - " : " + "
      }
      if term.monomial.isOne {
        text += String(magnitude)
      } else if magnitude == 1 {
        text += term.monomial.text
      } else {
        text += "\(magnitude)*\(term.monomial.productText)"
      }
    }
    return text
  }

  /// The text as a factor: in parentheses where a sum or a product would be misread.
  public var factorText: String {
    if terms.isEmpty { return constant < 0 ? "(\(constant))" : String(constant) }
    let isSingle =
      constant == 0 && terms.count == 1 && terms[0].coefficient == 1
      && terms[0].monomial.factors.count == 1 && terms[0].monomial.factors[0].exponent == 1
    if isSingle, case .name = terms[0].monomial.factors[0].atom.meaning { return description }
    return "(\(description))"
  }
}

extension SizeMonomial {
  /// The text where a coefficient stands before it: `2*(H//2)`, since `2*H//2` is `(2*H)//2`.
  var productText: String {
    if factors.count == 1, case .floorDivision = factors[0].atom.meaning, factors[0].exponent == 1 {
      return "(\(factors[0].atom.text))"
    }
    return text
  }
}
