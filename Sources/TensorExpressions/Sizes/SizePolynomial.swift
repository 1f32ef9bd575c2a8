import Scalars

/// A polynomial in size atoms with rational coefficients, for exact division and for the coefficients of
/// contractions.
public struct SizePolynomial: Hashable, Sendable {
  /// Sorted by monomial, without zero coefficients; the constant is the term of the monomial 1.
  public let terms: [Term]

  /// A rational multiple of a product of atoms.
  public struct Term: Hashable, Sendable {
    /// The product of powers of atoms; 1 for the constant.
    public let monomial: SizeMonomial
    /// What the product is multiplied with; never zero.
    public let coefficient: Rational
  }

  init(terms: [Term]) { self.terms = terms }

  /// A number, which is a polynomial without names.
  public init(_ value: Rational) {
    terms = value.isZero ? [] : [Term(monomial: .one, coefficient: value)]
  }

  /// A size as a polynomial, with a floor division as an atom of its own.
  public init(_ size: Size) {
    terms = size.allTerms.map { Term(monomial: $0.monomial, coefficient: Rational($0.coefficient)) }
  }

  /// Whether the polynomial has no terms, so that it is zero for all values of the names.
  public var isZero: Bool { terms.isEmpty }
  /// The names that the value depends on.
  package var names: Set<String> {
    Set(terms.flatMap(\.monomial.factors).flatMap(\.atom.names))
  }

  /// The number, when no name occurs.
  public var asRational: Rational? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 && terms[0].monomial.isOne ? terms[0].coefficient : nil
  }

  /// The size, when every coefficient is a whole number that fits.
  public var asSize: Size? {
    var constant = 0
    var result: [Size.Term] = []
    for term in terms {
      guard let value = term.coefficient.asInt else { return nil }
      if term.monomial.isOne {
        constant = value
      } else {
        result.append(Size.Term(monomial: term.monomial, coefficient: value))
      }
    }
    return Size(constant: constant, terms: result)
  }

  /// The sum, of two sorted lists of terms.
  public static func + (a: SizePolynomial, b: SizePolynomial) -> SizePolynomial {
    var result: [Term] = []
    var i = 0
    var j = 0
    while i < a.terms.count || j < b.terms.count {
      if j == b.terms.count || (i < a.terms.count && a.terms[i].monomial < b.terms[j].monomial) {
        result.append(a.terms[i])
        i += 1
      } else if i == a.terms.count || b.terms[j].monomial < a.terms[i].monomial {
        result.append(b.terms[j])
        j += 1
      } else {
        let sum = a.terms[i].coefficient + b.terms[j].coefficient
        if !sum.isZero { result.append(Term(monomial: a.terms[i].monomial, coefficient: sum)) }
        i += 1
        j += 1
      }
    }
    return SizePolynomial(terms: result)
  }

  /// The product, summed over the terms of the left operand.
  public static func * (a: SizePolynomial, b: SizePolynomial) -> SizePolynomial {
    var result = SizePolynomial(terms: [])
    for x in a.terms {
      result =
        result
        + SizePolynomial(
          terms: b.terms.map {
            Term(monomial: $0.monomial * x.monomial, coefficient: $0.coefficient * x.coefficient)
          })
    }
    return result
  }

  func scaled(by factor: Rational) -> SizePolynomial {
    factor.isZero
      ? SizePolynomial(terms: [])
      : SizePolynomial(
        terms: terms.map { Term(monomial: $0.monomial, coefficient: $0.coefficient * factor) })
  }

  /// The quotient, when the division leaves no remainder: leading terms first, as on paper.
  func divided(by divisor: SizePolynomial) -> SizePolynomial? {
    guard let lead = divisor.terms.first else { return nil }
    var rest = self
    var quotient: [Term] = []
    while let first = rest.terms.first {
      guard let monomial = first.monomial.divided(by: lead.monomial) else { return nil }
      let term = Term(monomial: monomial, coefficient: first.coefficient / lead.coefficient)
      quotient.append(term)
      rest = rest + (SizePolynomial(terms: [term]) * divisor).scaled(by: -1)
    }
    return SizePolynomial(terms: quotient)
  }

  /// The polynomial in which every floor division is read as an exact one, with the conditions for that.
  func readingFloorsAsExact() -> (SizePolynomial, [Divisibility]) {
    var conditions: [Divisibility] = []
    var total = SizePolynomial(terms: [])
    for term in terms {
      var product = SizePolynomial(term.coefficient)
      var shares: [(dividend: Size, divisor: Size, exponent: Int)] = []
      for factor in term.monomial.factors {
        var value = SizePolynomial(Size(atom: factor.atom))
        if case .floorDivision(let dividend, let divisor) = factor.atom.meaning {
          guard let d = divisor.asInt else {
            shares.append((dividend, divisor, factor.exponent))
            continue
          }
          if d != 0 {
            let (inner, more) = SizePolynomial(dividend).readingFloorsAsExact()
            conditions += more + [Divisibility(dividend: dividend, divisor: divisor)]
            value = inner.scaled(by: Rational(1, d))
          }
        }
        for _ in 0..<factor.exponent { product = product * value }
      }
      // H·⌊D/H⌋ is D where H divides D.
      for (dividend, divisor, exponent) in shares {
        for _ in 0..<exponent {
          if let rest = product.divided(by: SizePolynomial(divisor)) {
            product = rest * SizePolynomial(dividend)
            conditions.append(Divisibility(dividend: dividend, divisor: divisor))
          } else {
            product = product * SizePolynomial(dividend.flooredDivision(by: divisor))
          }
        }
      }
      total = total + product
    }
    return (total, conditions)
  }

  /// The value at numbers for the names.
  func evaluated(_ values: [String: Int]) throws(Size.EvaluationError) -> Rational {
    var total = Rational(0)
    for term in terms {
      var product = term.coefficient
      for factor in term.monomial.factors {
        product = product * Rational(try factor.atom.evaluated(values)).power(factor.exponent)
      }
      total = total + product
    }
    return total
  }

  func substituting(_ sizes: [String: Size]) -> SizePolynomial {
    var total = SizePolynomial(terms: [])
    for term in terms {
      var product = SizePolynomial(term.coefficient)
      for factor in term.monomial.factors {
        let value = SizePolynomial(factor.atom.substituting(sizes))
        for _ in 0..<factor.exponent { product = product * value }
      }
      total = total + product
    }
    return total
  }
}
