import Scalars

/// What an entry of data equals on a border: a formula of other entries, by the numbers of their variables.
///
/// It says nothing of variables that are no entries, so that it means the same in every trial at a point.
indirect enum EntryFormula: Hashable, Sendable {
  case polynomial(ArgumentForm)
  case sum([EntryFormula])
  case product([EntryFormula])
  case reciprocal(EntryFormula)
  case function(ElementaryFunction, EntryFormula)
  case power(EntryFormula, Rational)
  case pi
}

extension EntryFormula {
  /// The longest formula that is made by putting some into others.
  static let longest = 200

  /// A form of variables that are entries or functions of them; nil where nothing is known of one.
  init?(_ form: ArgumentForm, _ variables: MaskVariables) {
    if form.variables.allSatisfy({ variables[$0].isEntry }) {
      self = .polynomial(form)
      return
    }
    var terms: [EntryFormula] = [.polynomial(ArgumentForm(constant: form.constant))]
    for term in form.terms {
      var factors: [EntryFormula] = [.polynomial(ArgumentForm(constant: term.coefficient))]
      for variable in term.monomial {
        guard let factor = Self(variable: variable, variables) else { return nil }
        factors.append(factor)
      }
      terms.append(.product(factors))
    }
    self = .sum(terms)
  }

  private init?(variable: Int, _ variables: MaskVariables) {
    switch variables[variable].origin {
    case .entry: self = .polynomial(ArgumentForm(variable: variable))
    case .opaque(.function(let function, let form)):
      guard let argument = Self(form, variables) else { return nil }
      self = .function(function, argument)
    case .opaque(.reciprocal(let form)):
      guard let argument = Self(form, variables) else { return nil }
      self = .reciprocal(argument)
    case .opaque(.power(let form, let exponent)):
      guard let argument = Self(form, variables) else { return nil }
      self = .power(argument, exponent)
    case .opaque(.pi): self = .pi
    case .opaque(.long): return nil
    }
  }

  /// The formulas inside.
  private var parts: [EntryFormula] {
    switch self {
    case .polynomial, .pi: []
    case .sum(let parts), .product(let parts): parts
    case .reciprocal(let part), .function(_, let part), .power(let part, _): [part]
    }
  }

  var variables: Set<Int> {
    if case .polynomial(let form) = self { return form.variables }
    return parts.reduce(into: []) { $0.formUnion($1.variables) }
  }

  var length: Int {
    if case .polynomial(let form) = self { return 1 + form.terms.count }
    return parts.reduce(1) { $0 + $1.length }
  }

  /// The formula with another one in place of a variable.
  func substituting(_ variable: Int, by formula: EntryFormula) -> EntryFormula {
    switch self {
    case .polynomial(let form):
      guard form.variables.contains(variable) else { return self }
      if case .polynomial(let inner) = formula,
        let result = form.substituting({ $0 == variable ? inner : nil })
      {
        return .polynomial(result)
      }
      let terms = form.terms.map { term -> EntryFormula in
        .product(
          [.polynomial(ArgumentForm(constant: term.coefficient))]
            + term.monomial.map {
              $0 == variable ? formula : .polynomial(ArgumentForm(variable: $0))
            })
      }
      return .sum([.polynomial(ArgumentForm(constant: form.constant))] + terms)
    case .sum(let parts): return .sum(parts.map { $0.substituting(variable, by: formula) })
    case .product(let parts): return .product(parts.map { $0.substituting(variable, by: formula) })
    case .reciprocal(let part): return .reciprocal(part.substituting(variable, by: formula))
    case .function(let function, let part):
      return .function(function, part.substituting(variable, by: formula))
    case .power(let part, let exponent):
      return .power(part.substituting(variable, by: formula), exponent)
    case .pi: return self
    }
  }

  /// The value where variables have values; nil where one has none.
  func value<A: ScalarArithmetic>(
    in arithmetic: A, at values: (Int) -> A.Element?
  ) throws(ScalarError) -> A.Element? {
    switch self {
    case .polynomial(let form): return try form.value(in: arithmetic, at: values)
    case .sum(let parts):
      var sum = arithmetic.zero
      for part in parts {
        guard let value = try part.value(in: arithmetic, at: values) else { return nil }
        sum = arithmetic.add(sum, value)
      }
      return sum
    case .product(let parts):
      var product = arithmetic.one
      for part in parts {
        guard let value = try part.value(in: arithmetic, at: values) else { return nil }
        product = arithmetic.multiply(product, value)
      }
      return product
    case .reciprocal(let part):
      guard let value = try part.value(in: arithmetic, at: values) else { return nil }
      return try arithmetic.divide(arithmetic.one, value)
    case .function(let function, let part):
      guard let value = try part.value(in: arithmetic, at: values) else { return nil }
      return try arithmetic.apply(function, value)
    case .power(let part, let exponent):
      guard let value = try part.value(in: arithmetic, at: values) else { return nil }
      return try arithmetic.power(value, exponent)
    case .pi: return try arithmetic.pi()
    }
  }
}

extension ArgumentForm {
  /// The value where variables have values; nil where one has none.
  func value<A: ScalarArithmetic>(
    in arithmetic: A, at values: (Int) -> A.Element?
  ) throws(ScalarError) -> A.Element? {
    var sum = try arithmetic.constant(constant)
    for term in terms {
      var product = try arithmetic.constant(term.coefficient)
      for variable in term.monomial {
        guard let value = values(variable) else { return nil }
        product = arithmetic.multiply(product, value)
      }
      sum = arithmetic.add(sum, product)
    }
    return sum
  }
}
