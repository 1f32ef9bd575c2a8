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
    guard degree + other.degree <= Self.highestDegree,
      (terms.count + 1) * (other.terms.count + 1) <= Self.longest * 2
    else { return nil }
    var products: [Term] = []
    products.reserveCapacity((terms.count + 1) * (other.terms.count + 1))
    for a in terms {
      for b in other.terms {
        products.append(
          Term(
            monomial: (a.monomial + b.monomial).sorted(), coefficient: a.coefficient * b.coefficient
          ))
      }
      if !other.constant.isZero {
        products.append(
          Term(monomial: a.monomial, coefficient: a.coefficient * other.constant))
      }
    }
    if !constant.isZero {
      for b in other.terms {
        products.append(Term(monomial: b.monomial, coefficient: constant * b.coefficient))
      }
    }
    let product = Self(collecting: products, constant: constant * other.constant)
    return product.isTooLong ? nil : product
  }

  private var degree: Int { terms.reduce(0) { max($0, $1.monomial.count) } }

  /// The sum of terms in any order, of which several may have one monomial.
  private init(collecting terms: [Term], constant: Rational) {
    self.constant = constant
    for term in terms.sorted(by: { $0.precedes($1) }) {
      guard let last = self.terms.indices.last, self.terms[last].monomial == term.monomial else {
        self.terms.append(term)
        continue
      }
      self.terms[last].coefficient += term.coefficient
      if self.terms[last].coefficient.isZero { self.terms.removeLast() }
    }
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
