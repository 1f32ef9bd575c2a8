import Scalars

/// What is known of the names in sizes: every one is at least 1, and every listed size is at least 1.
///
/// A question that cannot be decided is answered with false: an unknown condition never holds.
public struct SizeFacts: Sendable {
  /// Lower bounds of names; 1 where nothing is listed.
  public var lowerBounds: [String: Int]
  /// Sizes known to be at least 1, such as the extents of declared tensors.
  public private(set) var positives: [Size]

  /// Facts about names and sizes, from which others are drawn as they are added.
  ///
  /// - Parameters:
  ///   - lowerBounds: lower bounds of names; 1 where nothing is listed.
  ///   - positives: sizes that are at least 1.
  public init(lowerBounds: [String: Int] = [:], positives: [Size] = []) {
    self.lowerBounds = lowerBounds
    self.positives = []
    for size in positives { assumePositive(size) }
  }

  /// Adds that `size` is at least 1.
  public mutating func assumePositive(_ size: Size) {
    guard !size.isConstant, size.asName == nil, !positives.contains(size) else { return }
    positives.append(size)
    if let whole = (size - 1).withoutFloor { assumePositive(whole + 1) }
  }

  /// Whether a size is proved to be at least 1.
  public func isPositive(_ size: Size) -> Bool { isNonnegative(size - 1) }

  /// Whether `size` is proved to be at least 0 for all values of its names.
  public func isNonnegative(_ size: Size) -> Bool {
    if size.isOverflowed { return false }
    if let value = size.asInt { return value >= 0 }
    if let whole = size.withoutFloor { return isNonnegative(whole) }
    return isEvident(size) || proves(SizePolynomial(size), depth: 2)
  }

  /// Whether the coefficients show at once that a size is at least 0, or what it is above one that is at least 1.
  private func isEvident(_ size: Size) -> Bool {
    if let least = evidentMinimum(size) { return least >= 0 }
    return positives.contains { positive in
      evidentMinimum(size - positive).map { $0 >= -1 } ?? false
    }
  }

  /// A number that a sum of products of names, each of them at least 1, is never below; nil for any other size.
  private func evidentMinimum(_ size: Size) -> Int? {
    if size.isOverflowed { return nil }
    var least = size.constant
    for term in size.terms {
      let isProduct = term.monomial.factors.allSatisfy { factor in
        // A primed name is an excess, which starts at 0.
        guard case .name(let name) = factor.atom.meaning, !name.hasPrefix("'") else { return false }
        return lowerBounds[name] ?? 1 >= 1
      }
      let (sum, isTooLarge) = least.addingReportingOverflow(term.coefficient)
      guard term.coefficient > 0, isProduct, !isTooLarge else { return nil }
      least = sum
    }
    return least
  }

  /// Whether `a <= b` is proved.
  public func isAtMost(_ a: Size, _ b: Size) -> Bool { isNonnegative(b - a) }

  private func proves(_ polynomial: SizePolynomial, depth: Int) -> Bool {
    if let value = polynomial.asRational { return value.signum() >= 0 }
    if let without = withoutFloor(polynomial) {
      return without.contains { proves($0, depth: depth) }
    }
    if shifted(polynomial).terms.allSatisfy({ $0.coefficient.signum() >= 0 }) { return true }
    if depth == 0 { return false }
    for positive in positives {
      if let next = substituting(positive, in: polynomial), proves(next, depth: depth - 1) {
        return true
      }
    }
    return false
  }

  /// Lower bounds of the polynomial with its first floor division bounded from the right side, or nil when
  /// there is none: (u − d + 1)/d ≤ ⌊u/d⌋ ≤ u/d, and ⌊m/d⌋ ≤ ⌊u/d⌋ where m ≤ u.
  private func withoutFloor(_ polynomial: SizePolynomial) -> [SizePolynomial]? {
    for term in polynomial.terms {
      for factor in term.monomial.factors {
        guard case .floorDivision(let u, let divisor) = factor.atom.meaning else { continue }
        guard let d = divisor.asInt, d > 0, factor.exponent == 1,
          let others = term.monomial.divided(by: SizeMonomial(factor.atom)),
          // Only names are known not to be negative, so that they keep the direction of a bound.
          others.factors.allSatisfy(\.atom.isName)
        else { return [] }
        let rest = polynomial + SizePolynomial(terms: [term]).scaled(by: -1)
        let weight = SizePolynomial(
          terms: [SizePolynomial.Term(monomial: others, coefficient: term.coefficient)])
        let exact = SizePolynomial(u).scaled(by: Rational(1, d))
        if term.coefficient.signum() < 0 { return [rest + weight * exact] }
        let below = exact + SizePolynomial(Rational(1 - d, d))
        guard let least = leastValue(u) else { return [rest + weight * below] }
        let floor = SizePolynomial(Rational(flooredQuotient(least, d)))
        return [rest + weight * below, rest + weight * floor]
      }
    }
    return nil
  }

  /// The size's value at the lower bounds of its names, where it only grows with them.
  private func leastValue(_ size: Size) -> Int? {
    let excess = shifted(SizePolynomial(size))
    var least = 0
    for term in excess.terms {
      if term.monomial.isOne {
        guard let constant = term.coefficient.asInt else { return nil }
        least = constant
      } else if term.coefficient.signum() < 0 {
        return nil
      } else if term.monomial.factors.contains(where: { !$0.atom.isName }) {
        return isNonnegative(size) ? 0 : nil
      }
    }
    return least
  }

  /// The polynomial in names' excesses over their lower bounds: all its coefficients ≥ 0 proves it ≥ 0.
  private func shifted(_ polynomial: SizePolynomial) -> SizePolynomial {
    var shifts: [String: Size] = [:]
    for term in polynomial.terms {
      for factor in term.monomial.factors {
        for name in factor.atom.names where !name.hasPrefix("'") {
          shifts[name] = Size(name) + Size(lowerBounds[name] ?? 1)
        }
      }
    }
    return shifts.isEmpty ? polynomial : polynomial.substituting(shifts)
  }

  /// With `positive` ≥ 1 solved for a name that it holds with coefficient 1: name = 1 − rest + t for t ≥ 0.
  private func substituting(_ positive: Size, in polynomial: SizePolynomial) -> SizePolynomial? {
    let names = Set(polynomial.terms.flatMap { $0.monomial.factors.flatMap { $0.atom.names } })
    for term in positive.terms where term.coefficient == 1 && term.monomial.degree == 1 {
      guard case .name(let name) = term.monomial.factors[0].atom.meaning, names.contains(name)
      else {
        continue
      }
      let rest = positive - Size(name)
      if rest.names.contains(name) { continue }
      // A primed name is an excess over its bound, so it starts at 0.
      return polynomial.substituting([name: Size(1) - rest + Size("'" + name)])
    }
    return nil
  }
}

extension Size {
  /// For ⌊u/d⌋ + r or r − ⌊u/d⌋ the size without the floor that is at least 0 exactly where this one is.
  ///
  /// ⌊u/d⌋ ≥ −r where u ≥ −r·d, and ⌊u/d⌋ ≤ r where u ≤ r·d + d − 1, since r is whole.
  var withoutFloor: Size? {
    for term in terms where term.monomial.degree == 1 && term.coefficient.magnitude == 1 {
      guard case .floorDivision(let u, let divisor) = term.monomial.factors[0].atom.meaning,
        let d = divisor.asInt, d > 0
      else { continue }
      let floor = Size(atom: term.monomial.factors[0].atom)
      return term.coefficient == 1
        ? u + (self - floor) * divisor : (self + floor) * divisor + divisor - 1 - u
    }
    return nil
  }
}
