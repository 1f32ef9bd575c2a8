/// A value that depends on masks: a polynomial in them, whose coefficients are the values of one arithmetic.
struct MaskPolynomial<Coefficient: Sendable>: Sendable {
  struct Term: Sendable {
    /// The number of the product of masks.
    let monomial: Int
    let coefficient: Coefficient
  }

  /// In order of monomials, none twice; nil where there are too many.
  let terms: [Term]?
  /// The masks that the value depends on, where its terms are too many.
  let hidden: Set<Int>

  init(_ terms: [Term]) {
    self.terms = terms
    hidden = []
  }

  /// A value of too many terms.
  init(hiding masks: Set<Int>) {
    terms = nil
    hidden = masks
  }

  init(constant: Coefficient) { self.init([Term(monomial: 0, coefficient: constant)]) }

  /// The value, where it depends on no mask.
  func constant(zero: Coefficient) -> Coefficient? {
    guard let terms else { return nil }
    if terms.isEmpty { return zero }
    return terms.count == 1 && terms[0].monomial == 0 ? terms[0].coefficient : nil
  }
}
