import Scalars

/// Where an argument of data is zero: an entry that equals a formula of the others there.
struct BorderForm {
  let variable: Int
  let formula: EntryFormula
  /// What the entry is multiplied by in the argument, where that may be zero too: then the formula does not hold.
  let factor: ArgumentForm?

  /// Solves `form = 0` for an entry that may be chosen freely; nil where there is none that occurs in one power only.
  init?(solving form: ArgumentForm, _ table: MaskTable) {
    let variables = table.variables
    let form = Self.inverted(form, variables)
    let inside = form.variables.filter { !variables[$0].isEntry }
    let hidden = inside.reduce(into: Set<Int>()) { entries, variable in
      entries.formUnion(
        EntryFormula(ArgumentForm(variable: variable), variables)?.variables ?? [])
    }
    let candidates = form.variables.sorted().filter { variable in
      variables[variable].isEntry && variables[variable].isFree && !hidden.contains(variable)
        && form.terms.allSatisfy { term in term.monomial.filter { $0 == variable }.count <= 1 }
    }
    let solutions = candidates.compactMap { Self(form, $0, variables) }
    // Plain solutions first, and whole numbers last, as they bind the others.
    guard
      let best = solutions.min(by: { a, b in
        Self.rank(a, variables) < Self.rank(b, variables)
      })
    else { return nil }
    self = best
  }

  private static func rank(_ solution: BorderForm, _ variables: MaskVariables) -> Int {
    (solution.factor == nil ? 0 : 2) + (variables[solution.variable].isInteger ? 1 : 0)
  }

  private init?(_ form: ArgumentForm, _ variable: Int, _ variables: MaskVariables) {
    let own = form.terms.filter { $0.monomial.contains(variable) }
    let rest = ArgumentForm(
      terms: form.terms.filter { !$0.monomial.contains(variable) }, constant: form.constant)
    let factor = ArgumentForm(terms: own, constant: 0).divided(by: variable)
    if variables[variable].isInteger {
      guard factor.isConstant, rest.isWhole(over: factor.constant, variables) else { return nil }
    }
    self.variable = variable
    if factor.isConstant {
      guard
        let formula = EntryFormula(rest.scaled(by: -factor.constant.reciprocal), variables)
      else { return nil }
      self.formula = formula
      self.factor = nil
    } else {
      guard let over = EntryFormula(-rest, variables), let under = EntryFormula(factor, variables)
      else { return nil }
      formula = .product([over, .reciprocal(under)])
      self.factor = variables.isNowhereZero(factor) ? nil : factor
    }
  }

  /// An argument that is zero where `form` is: that of a function which takes one number at a single known place.
  private static func inverted(_ form: ArgumentForm, _ variables: MaskVariables) -> ArgumentForm {
    guard form.terms.count == 1, let term = form.terms.first, term.monomial.count == 1,
      let place = variables[term.monomial[0]].origin.argument(
        where: -(form.constant / term.coefficient))
    else { return form }
    return place
  }
}

extension MaskVariable.Origin {
  /// A form that is zero just where the variable has a value; nil where none is known.
  fileprivate func argument(where value: Rational) -> ArgumentForm? {
    switch self {
    case .opaque(.function(let function, let form)):
      switch (function, value) {
      case (.exp, 1), (.tanh, 0), (.sinh, 0), (.erf, 0), (.atan, 0), (.asin, 0), (.expm1, 0),
        (.log1p, 0):
        return form
      case (.log, 0), (.acos, 0): return form - ArgumentForm(constant: 1)
      case (.sigmoid, Rational(1, 2)): return form
      case (.sqrt, let root) where root.signum() > 0:
        return form - ArgumentForm(constant: root * root)
      case (.exp, _), (.tanh, _), (.sinh, _), (.erf, _), (.atan, _), (.asin, _), (.expm1, _),
        (.log1p, _), (.log, _), (.acos, _), (.sigmoid, _), (.sqrt, _), (.rsqrt, _), (.sin, _),
        (.cos, _), (.tan, _), (.cosh, _), (.softplus, _), (.gelu, _), (.silu, _):
        return nil
      }
    case .opaque(.reciprocal(let form)) where !value.isZero:
      return form - ArgumentForm(constant: value.reciprocal)
    case .opaque(.power(let form, let exponent)) where value.signum() > 0 && !exponent.isInteger:
      let base = try? RationalArithmetic().power(value, exponent.reciprocal)
      return base.map { form - ArgumentForm(constant: $0) }
    case .entry, .opaque(.reciprocal), .opaque(.power), .opaque(.pi), .opaque(.long): return nil
    }
  }
}

extension ArgumentForm {
  /// Whether the form divided by a number is a whole number wherever it has a value.
  fileprivate func isWhole(over divisor: Rational, _ variables: MaskVariables) -> Bool {
    (constant / divisor).isInteger
      && terms.allSatisfy { term in
        (term.coefficient / divisor).isInteger
          && term.monomial.allSatisfy { variables[$0].isInteger }
      }
  }
}
