import Scalars

/// Conditions of cells in words: `x[0] > 999/1000 and y[1] < 1/2`.
struct CellWords {
  let table: MaskTable
  let point: MaskedPoint

  private static let longest = 4

  func text(_ conditions: [CellProgram.Condition]) -> String {
    if conditions.isEmpty { return "its masks fall in some way" }
    let shown = conditions.prefix(Self.longest).map { condition in
      let lead = condition.form.terms.first?.coefficient ?? 1
      let form = condition.form.scaled(by: lead.magnitude.reciprocal)
      let sides = ArgumentForm(terms: form.terms, constant: 0)
      return lead.signum() > 0
        ? "\(text(sides)) > \(-form.constant)" : "\(text(-sides)) < \(form.constant)"
    }
    return shown.joined(separator: " and ")
      + (conditions.count > shown.count ? " and so on" : "")
  }

  func text(_ form: ArgumentForm) -> String {
    var sum = ""
    for term in form.terms {
      let magnitude = term.coefficient.magnitude
      let factor = (magnitude.isOne ? "" : "\(magnitude)*") + text(term.monomial)
      let isNegative = term.coefficient.signum() < 0
      sum += sum.isEmpty ? (isNegative ? "-" : "") : isNegative ? " - " : " + "
      sum += factor
    }
    if form.constant.isZero { return sum.isEmpty ? "0" : sum }
    let sign = form.constant.signum() < 0 ? " - " : " + "
    return sum.isEmpty
      ? form.constant.description : sum + sign + form.constant.magnitude.description
  }

  private func text(_ monomial: ArgumentForm.Monomial) -> String {
    monomial.map(text(ofVariable:)).joined(separator: "*")
  }

  private func text(ofVariable variable: Int) -> String {
    switch table.variables[variable].origin {
    case .entry(let symbol, let number):
      let extents = point.plain[symbol]?.extents ?? []
      return (symbol.name ?? "?") + subscripted(number, extents)
    case .opaque(.function(let function, let form)): return "\(function.rawValue)(\(text(form)))"
    case .opaque(.reciprocal(let form)): return "1/(\(text(form)))"
    case .opaque(.power(let form, let exponent)): return "(\(text(form)))**(\(exponent))"
    case .opaque(.pi): return "pi"
    case .opaque(.long): return "(a longer expression)"
    }
  }

  private func subscripted(_ number: Int, _ extents: [Int]) -> String {
    if extents.isEmpty { return "" }
    var rest = number
    var entry: [String] = []
    for extent in extents.reversed() {
      entry.insert(String(rest % extent), at: 0)
      rest /= extent
    }
    return "[" + entry.joined(separator: ", ") + "]"
  }
}
