import Scalars

/// What a mask compares with zero, as a polynomial with rational coefficients in variables: entries of declared
/// tensors, and what is no polynomial of them, each as a variable of its own.
struct ArgumentForm: Hashable, Sendable {
  /// The numbers of variables, in order, with repetitions.
  typealias Monomial = [Int]

  struct Term: Hashable, Sendable {
    var monomial: Monomial
    var coefficient: Rational
  }

  /// Without the constant, in order of monomials, no coefficient zero.
  private(set) var terms: [Term] = []
  private(set) var constant: Rational

  init(constant: Rational) { self.constant = constant }

  init(variable: Int) {
    constant = 0
    terms = [Term(monomial: [variable], coefficient: 1)]
  }

  init(terms: [Term], constant: Rational) {
    self.terms = terms
    self.constant = constant
  }

  /// The most terms of a polynomial, and the highest degree, before it becomes a variable of its own.
  private static let longest = 160
  private static let highestDegree = 4

  var isConstant: Bool { terms.isEmpty }
  var isZero: Bool { terms.isEmpty && constant.isZero }
  var isAffine: Bool { terms.allSatisfy { $0.monomial.count == 1 } }
  var variables: Set<Int> { terms.reduce(into: []) { $0.formUnion($1.monomial) } }

  static func + (a: Self, b: Self) -> Self {
    if a.terms.isEmpty { return Self(terms: b.terms, constant: a.constant + b.constant) }
    if b.terms.isEmpty { return Self(terms: a.terms, constant: a.constant + b.constant) }
    var sum = Self(constant: a.constant + b.constant)
    var (i, j) = (0, 0)
    while i < a.terms.count || j < b.terms.count {
      if j == b.terms.count || i < a.terms.count && a.terms[i].precedes(b.terms[j]) {
        sum.terms.append(a.terms[i])
        i += 1
      } else if i == a.terms.count || b.terms[j].precedes(a.terms[i]) {
        sum.terms.append(b.terms[j])
        j += 1
      } else {
        let total = a.terms[i].coefficient + b.terms[j].coefficient
        if !total.isZero {
          sum.terms.append(Term(monomial: a.terms[i].monomial, coefficient: total))
        }
        i += 1
        j += 1
      }
    }
    return sum
  }

  func scaled(by factor: Rational) -> Self {
    if factor.isOne { return self }
    if factor.isZero { return Self(constant: 0) }
    return Self(
      terms: terms.map { Term(monomial: $0.monomial, coefficient: $0.coefficient * factor) },
      constant: constant * factor)
  }

  static prefix func - (a: Self) -> Self { a.scaled(by: -1) }
  static func - (a: Self, b: Self) -> Self { a + -b }

  /// The product; nil where it is too long or of too high a degree.
  func multiplied(by other: Self) -> Self? {
    if isConstant { return other.scaled(by: constant) }
    if other.isConstant { return scaled(by: other.constant) }
    let degree =
      (terms.map(\.monomial.count).max() ?? 0) + (other.terms.map(\.monomial.count).max() ?? 0)
    guard degree <= Self.highestDegree,
      (terms.count + 1) * (other.terms.count + 1) <= Self.longest * 2
    else { return nil }
    var product = scaled(by: other.constant)
    for term in other.terms { product = product + times(term) }
    return product.isTooLong ? nil : product
  }

  private func times(_ factor: Term) -> Self {
    var products = terms.map { term in
      Term(
        monomial: (term.monomial + factor.monomial).sorted(),
        coefficient: term.coefficient * factor.coefficient)
    }
    if !constant.isZero {
      products.append(
        Term(monomial: factor.monomial, coefficient: constant * factor.coefficient))
    }
    return Self(terms: products.sorted { $0.precedes($1) }, constant: 0)
  }

  var isTooLong: Bool { terms.count > Self.longest }

  /// The form with variables replaced where `value` has one for them; nil where that grows too long.
  func substituting(_ value: (Int) -> ArgumentForm?) -> ArgumentForm? {
    guard terms.contains(where: { $0.monomial.contains { value($0) != nil } }) else { return self }
    var result = Self(constant: constant)
    for term in terms {
      var product = Self(constant: term.coefficient)
      for variable in term.monomial {
        guard let next = product.multiplied(by: value(variable) ?? Self(variable: variable)) else {
          return nil
        }
        product = next
      }
      result = result + product
    }
    return result
  }

  /// A variable that divides every term.
  var commonVariable: Int? {
    guard constant.isZero, let first = terms.first else { return nil }
    return first.monomial.first { variable in
      terms.allSatisfy { $0.monomial.contains(variable) }
    }
  }

  /// The form divided by a variable that divides every term.
  func divided(by variable: Int) -> Self {
    var rest = Self(constant: 0)
    for term in terms {
      var monomial = term.monomial
      if let place = monomial.firstIndex(of: variable) { monomial.remove(at: place) }
      rest =
        rest
        + (monomial.isEmpty
          ? Self(constant: term.coefficient)
          : Self(terms: [Term(monomial: monomial, coefficient: term.coefficient)], constant: 0))
    }
    return rest
  }
}

extension ArgumentForm.Term {
  /// The order of terms in a form: by degree, then by variables.
  fileprivate func precedes(_ other: Self) -> Bool {
    if monomial.count != other.monomial.count { return monomial.count < other.monomial.count }
    return monomial.lexicographicallyPrecedes(other.monomial)
  }
}
