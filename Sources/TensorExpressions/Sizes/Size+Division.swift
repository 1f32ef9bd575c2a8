import Scalars

extension Size {
  /// ⌊self / divisor⌋, in canonical form.
  ///
  /// Whole multiples of the divisor come out of the floor, common factors cancel, and a floor of a floor is
  /// one floor: `(2*H + 3)//2` is `H + 1`, `(H//2)//3` is `H//6`. The divisor is taken to be positive.
  public func flooredDivision(by divisor: Size) -> Size {
    if isOverflowed || divisor.isOverflowed { return .overflowed }
    if let d = divisor.asInt {
      if d == 0 { return .overflowed }
      if d < 0 { return (-self).flooredDivision(by: -divisor) }
      return flooredDivision(byConstant: d)
    }
    if let exact = exactlyDivided(by: divisor) { return exact }
    if isZero { return .zero }
    return Size(atom: .floorDivision(self, divisor))
  }

  private func flooredDivision(byConstant d: Int) -> Size {
    if d == 1 { return self }
    if let value = asInt { return Size(flooredQuotient(value, d)) }
    var whole: [Term] = []
    var rest: [Term] = []
    for term in terms {
      let quotient = flooredQuotient(term.coefficient, d)
      let remainder = flooredRemainder(term.coefficient, d)
      if quotient != 0 { whole.append(Term(monomial: term.monomial, coefficient: quotient)) }
      if remainder != 0 { rest.append(Term(monomial: term.monomial, coefficient: remainder)) }
    }
    let wholeConstant = flooredQuotient(constant, d)
    let outside = Size(constant: wholeConstant, terms: whole)
    let remainder = flooredRemainder(constant, d)
    if rest.isEmpty { return outside }
    // ⌊(g·p + c) / (g·d′)⌋ = ⌊(p + ⌊c/g⌋) / d′⌋ for whole p.
    var g = d
    for term in rest { g = greatestCommonDivisor(g, term.coefficient) }
    let inner = Size(
      constant: remainder / g,
      terms: rest.map { Term(monomial: $0.monomial, coefficient: $0.coefficient / g) })
    if d / g == 1 { return outside + inner }
    return outside + inner.floorAtom(d / g)
  }

  /// ⌊self / d⌋ as an atom, a floor inside the floor taken together: ⌊(⌊a/b⌋ + k)/d⌋ = ⌊(a + k·b)/(b·d)⌋.
  private func floorAtom(_ d: Int) -> Size {
    if terms.count == 1, terms[0].coefficient == 1, terms[0].monomial.factors.count == 1,
      terms[0].monomial.factors[0].exponent == 1,
      case .floorDivision(let a, let b) = terms[0].monomial.factors[0].atom.meaning, b.isConstant
    {
      return (a + Size(constant) * b).flooredDivision(by: b * Size(d))
    }
    return Size(atom: .floorDivision(self, Size(d)))
  }

  /// The quotient, when `divisor` divides this size as a polynomial with whole coefficients.
  public func exactlyDivided(by divisor: Size) -> Size? {
    if isOverflowed || divisor.isOverflowed || divisor.isZero { return nil }
    if let d = divisor.asInt {
      guard constant % d == 0 else { return nil }
      if isConstant { return Size(constant / d) }
      guard terms.allSatisfy({ $0.coefficient % d == 0 }) else { return nil }
      return Size(
        constant: constant / d,
        terms: terms.map { Term(monomial: $0.monomial, coefficient: $0.coefficient / d) })
    }
    // No number but 0 is a multiple of a polynomial with names.
    if isConstant { return isZero ? .zero : nil }
    return SizePolynomial(self).divided(by: SizePolynomial(divisor))?.asSize
  }

  /// This size over `divisor`, whether or not it comes out even, and what must then be even for it to be whole.
  ///
  /// For `2*(C//2)` over `C` the quotient is 1 under the condition that 2 divides `C`: every floor division in
  /// it is read as an exact one. Nil when even so there is no quotient.
  public func divided(by divisor: Size) -> (quotient: Size, conditions: [Divisibility])? {
    if let exact = exactlyDivided(by: divisor) { return (exact, []) }
    let (n, c1) = SizePolynomial(self).readingFloorsAsExact()
    let (d, c2) = SizePolynomial(divisor).readingFloorsAsExact()
    let conditions = Array(Set(c1 + c2)).sorted { $0.description < $1.description }
    if !conditions.isEmpty, let quotient = n.divided(by: d)?.asSize {
      return (quotient, conditions)
    }
    return nil
  }

  /// Whether two sizes are equal for all values of their names, or under which conditions they are.
  ///
  /// - Returns: no conditions when they are equal; nil when they differ whatever the conditions.
  public func conditionsForEquality(with other: Size) -> [Divisibility]? {
    if self == other { return [] }
    let (difference, conditions) = SizePolynomial(self - other).readingFloorsAsExact()
    guard difference.isZero, !conditions.isEmpty else { return nil }
    return Array(Set(conditions)).sorted { $0.description < $1.description }
  }
}

/// The condition that `divisor` divides `dividend`.
public struct Divisibility: Hashable, Sendable, CustomStringConvertible {
  /// What must be a multiple of the divisor.
  public let dividend: Size
  /// What must divide the dividend.
  public let divisor: Size

  public var description: String {
    divisor == 2 ? "\(dividend) is even" : "\(divisor) divides \(dividend)"
  }

  /// Whether the condition is met at given numbers.
  public func isMet(_ values: [String: Int]) throws(Size.EvaluationError) -> Bool {
    let d = try divisor.evaluated(values)
    if d == 0 { throw .divisionByZero }
    return try dividend.evaluated(values) % d == 0
  }
}

func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (x, y) = (a.magnitude, b.magnitude)
  while y != 0 { (x, y) = (y, x % y) }
  return Int(clamping: x)
}
