import Scalars

/// A polynomial in masks with whole coefficients, by number of the monomial.
typealias SignPolynomial = [Int: Int]

extension MaskTable {
  /// The step of a value that has no masks: a number, an atom, or products of them.
  ///
  /// - Parameters:
  ///   - value: its residue; zero only where the argument is zero on the whole cell.
  ///   - opposite: the residue of its opposite.
  ///   - assignment: what is decided where the value is this one.
  mutating func step(
    of value: UInt64, opposite: UInt64, _ form: ArgumentForm, where assignment: MaskAssignment
  ) -> SignPolynomial {
    if value == 0 || form.isZero { return [:] }
    // What a choice decides is asked at its ties as well.
    if isPositive(value, where: assignment) {
      noteBorders(of: [form])
      return [0: 1]
    }
    if isPositive(opposite, where: assignment) {
      noteBorders(of: [form])
      return [:]
    }
    // sign(u·v) = sign(u)·sign(v), factor by factor.
    var rest = form
    var forms: [ArgumentForm] = []
    while let variable = rest.commonVariable {
      rest = rest.divided(by: variable)
      forms.append(signForm(of: variable))
    }
    forms.append(rest)
    noteBorders(of: forms)
    if forms.contains(where: { sides.isZero($0, variables) }) { return [:] }
    var isNegative = false
    var factors: [SignPolynomial] = []
    for form in forms { apply(sign(of: form, assignment), &isNegative, &factors) }
    return positivity(of: factors, isNegative)
  }

  private enum Sign {
    case certain(Int)
    /// Whether the form is positive where the atom is 1.
    case atom(Int, isPositive: Bool)
  }

  private mutating func apply(
    _ sign: Sign, _ isNegative: inout Bool, _ factors: inout [SignPolynomial]
  ) {
    switch sign {
    case .certain(let sign): if sign < 0 { isNegative.toggle() }
    case .atom(let atom, let isPositive):
      if !isPositive { isNegative.toggle() }
      factors.append([monomial([atom]): 1])
    }
  }

  /// Where the product of numbers is positive, each of which is positive where its mask is 1, or negative
  /// with a further sign.
  private mutating func positivity(
    of factors: [SignPolynomial], _ isNegative: Bool
  ) -> SignPolynomial {
    guard var result = factors.first else { return isNegative ? [:] : [0: 1] }
    for factor in factors.dropFirst() {
      // q·b + (1 − q)·(1 − b).
      var both: SignPolynomial = [0: 1]
      Self.add(result, times: -1, to: &both)
      Self.add(factor, times: -1, to: &both)
      Self.add(product(result, factor), times: 2, to: &both)
      result = both
    }
    return isNegative ? complement(of: result) : result
  }

  func complement(of polynomial: SignPolynomial) -> SignPolynomial {
    var result: SignPolynomial = [0: 1]
    Self.add(polynomial, times: -1, to: &result)
    return result
  }

  private static func add(
    _ polynomial: SignPolynomial, times factor: Int, to sum: inout SignPolynomial
  ) {
    for (monomial, coefficient) in polynomial {
      let total = (sum[monomial] ?? 0) + factor * coefficient
      sum[monomial] = total == 0 ? nil : total
    }
  }

  private mutating func product(_ a: SignPolynomial, _ b: SignPolynomial) -> SignPolynomial {
    var result: SignPolynomial = [:]
    for (x, p) in a {
      for (y, q) in b {
        if let monomial = product(x, y) { Self.add([monomial: p * q], times: 1, to: &result) }
      }
    }
    return result
  }

  /// A form of the variable's sign: that of 1/u is u's.
  private func signForm(of variable: Int) -> ArgumentForm {
    if case .opaque(.reciprocal(let form)) = variables[variable].origin { return form }
    return ArgumentForm(variable: variable)
  }

  private mutating func sign(of form: ArgumentForm, _ assignment: MaskAssignment) -> Sign {
    if let sign = variables.certainSign(of: form) { return .certain(sign) }
    let lead = form.terms[0].coefficient
    let scaled = form.scaled(by: lead.magnitude.reciprocal)
    let isPositive = lead.signum() > 0
    let direction = ArgumentForm(terms: (isPositive ? scaled : -scaled).terms, constant: 0)
    let threshold = isPositive ? -scaled.constant : scaled.constant
    for (atom, isOne) in assignment where isAtom(atom, of: direction) {
      if isOne, threshold <= atoms[atom].threshold { return .certain(isPositive ? 1 : -1) }
      if !isOne, threshold >= atoms[atom].threshold { return .certain(isPositive ? -1 : 1) }
    }
    return .atom(atom(of: direction, above: threshold), isPositive: isPositive)
  }

  private func isAtom(_ atom: Int, of direction: ArgumentForm) -> Bool {
    if case .chain(let own) = groups[atoms[atom].group] { own == direction } else { false }
  }

  /// Whether a choice that is decided makes a value positive.
  private func isPositive(_ value: UInt64, where assignment: MaskAssignment) -> Bool {
    largestMembers(of: assignment).contains { group, member in
      isPositive(value, whereLargest: member, of: group)
    }
  }

  /// The members that decided choices take, by group.
  func largestMembers(of assignment: MaskAssignment) -> [Int: Int] {
    var members: [Int: Int] = [:]
    var refused: [Int: Int] = [:]
    for (atom, isOne) in assignment where isChoice(atoms[atom].group) {
      let group = atoms[atom].group
      if isOne { members[group] = atoms[atom].member } else { refused[group, default: 0] += 1 }
    }
    for (group, count) in refused where members[group] == nil {
      let last = memberCount(of: group) - 1
      if count == last { members[group] = last }
    }
    return members
  }
}
