import Scalars

/// What is needed of the values that masks compare.
protocol MaskArgumentArithmetic: ScalarArithmetic {
  /// What a value is known by: equal for equal values.
  func residue(of value: Element) -> UInt64
  /// The value as a form, where it is known as one.
  func form(of value: Element) -> ArgumentForm?
  /// A value that stands for a mask in functions of too many.
  func stand(forAtom atom: Int) -> Element
}

/// Values that depend on masks, exactly: see ``MaskPolynomial``.
///
/// A function of a value with few masks is written over their states, f = m·f|₁ + (1 − m)·f|₀. Of one with
/// more it is taken where random values stand for the masks: then the function is a number of which nothing
/// is known, enough for an accept.
struct MaskPolynomialArithmetic<Base: MaskArgumentArithmetic>: ScalarArithmetic {
  typealias Element = MaskPolynomial<Base.Element>
  typealias Term = Element.Term

  let base: Base
  let table: SharedMaskTable
  /// What is assumed of masks throughout.
  var assumed: MaskAssignment = [:]
  /// Whether masks cannot fall so.
  let isImpossible: @Sendable (MaskAssignment) -> Bool

  init(
    base: Base, table: SharedMaskTable, isImpossible: @escaping @Sendable (MaskAssignment) -> Bool
  ) {
    self.base = base
    self.table = table
    self.isImpossible = isImpossible
  }

  /// The most terms of a polynomial.
  static var longest: Int { 1024 }
  /// The most states of masks over which a function is written.
  static var mostStates: Int { 64 }

  var zero: Element { MaskPolynomial([]) }
  var one: Element { MaskPolynomial(constant: base.one) }
  var productWork: Int { 30 * base.productWork }
  var elementBytes: Int { 4 * (MemoryLayout<Term>.stride + 8) }

  func constant(_ value: Rational) throws(ScalarError) -> Element {
    value.isZero ? zero : MaskPolynomial(constant: try base.constant(value))
  }

  func isZero(_ a: Element) -> Bool { a.terms?.isEmpty ?? false }
  func sign(_ a: Element) throws(ScalarError) -> Int { throw .unordered }
  func negate(_ a: Element) -> Element { scaled(a) { base.negate($0) } }
  func add(_ a: Element, _ b: Element) -> Element { sum(a, b) { $0 } }
  func subtract(_ a: Element, _ b: Element) -> Element { sum(a, b) { base.negate($0) } }

  private func scaled(
    _ a: Element, _ change: (Base.Element) -> Base.Element
  ) -> Element {
    guard let terms = a.terms else { return a }
    return MaskPolynomial(
      terms.compactMap { term in
        let coefficient = change(term.coefficient)
        return base.isZero(coefficient)
          ? nil : Term(monomial: term.monomial, coefficient: coefficient)
      })
  }

  /// a + change(b).
  private func sum(
    _ a: Element, _ b: Element, _ change: (Base.Element) -> Base.Element
  ) -> Element {
    guard let x = a.terms, let y = b.terms else { return hiding([a, b]) }
    if y.isEmpty { return a }
    var result: [Term] = []
    result.reserveCapacity(x.count + y.count)
    var (i, j) = (0, 0)
    while i < x.count || j < y.count {
      if j == y.count || i < x.count && x[i].monomial < y[j].monomial {
        result.append(x[i])
        i += 1
      } else if i == x.count || y[j].monomial < x[i].monomial {
        result.append(Term(monomial: y[j].monomial, coefficient: change(y[j].coefficient)))
        j += 1
      } else {
        let total = base.add(x[i].coefficient, change(y[j].coefficient))
        if !base.isZero(total) {
          result.append(Term(monomial: x[i].monomial, coefficient: total))
        }
        i += 1
        j += 1
      }
    }
    return result.count > Self.longest ? hiding([a, b]) : MaskPolynomial(result)
  }

  func multiply(_ a: Element, _ b: Element) -> Element {
    if isZero(a) || isZero(b) { return zero }
    guard let x = a.terms, let y = b.terms else { return hiding([a, b]) }
    if let factor = b.constant(zero: base.zero) { return scaled(a) { base.multiply($0, factor) } }
    if let factor = a.constant(zero: base.zero) { return scaled(b) { base.multiply(factor, $0) } }
    if x.count * y.count > 16 * Self.longest { return hiding([a, b]) }
    let numbers = table { table in
      x.flatMap { p in y.map { q in table.product(p.monomial, q.monomial) } }
    }
    var products: [Int: Base.Element] = [:]
    for (i, p) in x.enumerated() {
      for (j, q) in y.enumerated() {
        guard let number = numbers[i * y.count + j] else { continue }
        let product = base.multiply(p.coefficient, q.coefficient)
        products[number] = products[number].map { base.add($0, product) } ?? product
      }
    }
    return collected(products)
  }

  /// A value of too many terms, made from others.
  func hiding(_ operands: [Element]) -> Element { MaskPolynomial(hiding: atoms(of: operands)) }

  func collected(_ terms: [Int: Base.Element]) -> Element {
    let kept = terms.filter { !base.isZero($0.value) }.sorted { $0.key < $1.key }
      .map { Term(monomial: $0.key, coefficient: $0.value) }
    let result = MaskPolynomial(kept)
    return kept.count > Self.longest ? hiding([result]) : result
  }

  func divide(_ a: Element, _ b: Element) throws(ScalarError) -> Element {
    let inverse = try function(of: b) { (value) throws(ScalarError) in
      try base.divide(base.one, value)
    }
    return multiply(a, inverse)
  }

  func apply(_ function: ElementaryFunction, _ x: Element) throws(ScalarError) -> Element {
    try self.function(of: x) { (value) throws(ScalarError) in try base.apply(function, value) }
  }

  func rootOfSquare(_ x: Element) throws(ScalarError) -> Element {
    try function(of: x) { (value) throws(ScalarError) in try base.rootOfSquare(value) }
  }

  func power(_ x: Element, _ exponent: Rational) throws(ScalarError) -> Element {
    if let whole = exponent.asInt, (0...8).contains(whole) { return power(x, natural: whole) }
    return try function(of: x) { (value) throws(ScalarError) in try base.power(value, exponent) }
  }

  func pi() throws(ScalarError) -> Element { MaskPolynomial(constant: try base.pi()) }

  /// A function of a value, for each state of its masks; of one with too many, where random values stand for them.
  private func function(
    of x: Element, _ function: (Base.Element) throws(ScalarError) -> Base.Element
  ) throws(ScalarError) -> Element {
    if x.terms == nil { return x }
    if hasTooManyStates([x]) {
      let support = atoms(of: [x])
      table { $0.noteHidden(support) }
      return plain(try function(stand(for: x)))
    }
    return try expanded([x]) { (values, _) throws(ScalarError) in
      [plain(try function(values[0]))]
    }.first ?? zero
  }

  /// A value without masks.
  func plain(_ value: Base.Element) -> Element {
    base.isZero(value) ? zero : MaskPolynomial(constant: value)
  }
}
