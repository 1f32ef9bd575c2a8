/// The extent of an axis, or any whole number that is made from extents: a polynomial in names.
///
/// Sizes are kept in one canonical form, so that `==` is equality for all values of the names, as far as
/// polynomials and floor divisions by constants go: `(H - 1)//2 + 1` and `(H + 1)//2` are the same value.
/// Arithmetic never traps: a size with a coefficient of magnitude 2^63 or more is ``isOverflowed``, which is
/// sticky. Every coefficient has an opposite.
public struct Size: Hashable, Sendable {
  /// The constant term.
  public let constant: Int
  /// The other terms; nil for none, so that a number, which most sizes are, is copied without counting references.
  @usableFromInline let symbolic: [Term]?
  /// Whether a coefficient left the range of `Int` somewhere on the way; the value is then meaningless.
  public let isOverflowed: Bool

  /// The terms besides the constant, sorted by monomial, without zero coefficients.
  @inlinable public var terms: [Term] { symbolic ?? [] }

  /// A multiple of a product of names.
  public struct Term: Hashable, Sendable {
    /// The product of powers of names and floor divisions.
    public let monomial: SizeMonomial
    /// How often the product is counted.
    public let coefficient: Int
  }

  /// A number; the least `Int`, which has no opposite, is overflowed.
  public init(_ value: Int) {
    constant = value
    symbolic = nil
    isOverflowed = value == .min
  }

  /// A declared name.
  public init(_ name: String) {
    self.init(atom: .name(name))
  }

  /// One atom: a name or a floor division.
  public init(_ atom: SizeAtom) { self.init(atom: atom) }

  init(atom: SizeAtom) {
    constant = 0
    symbolic = [Term(monomial: SizeMonomial(atom), coefficient: 1)]
    isOverflowed = false
  }

  init(constant: Int, terms: [Term], isOverflowed: Bool = false) {
    self.constant = constant
    symbolic = terms.isEmpty ? nil : terms
    self.isOverflowed =
      isOverflowed || constant == .min || terms.contains { $0.coefficient == .min }
  }

  /// The size 0.
  public static let zero = Size(0)
  /// The size 1.
  public static let one = Size(1)
  static let overflowed = Size(constant: 0, terms: [], isOverflowed: true)

  /// The number, when no name occurs.
  @inlinable public var asInt: Int? { isConstant && !isOverflowed ? constant : nil }
  /// Whether no name occurs.
  @inlinable public var isConstant: Bool { symbolic == nil }
  /// Whether the size is the number 0.
  @inlinable public var isZero: Bool { isConstant && constant == 0 && !isOverflowed }
  /// Whether the size is the number 1.
  @inlinable public var isOne: Bool { isConstant && constant == 1 && !isOverflowed }

  /// The names that the value depends on.
  public var names: Set<String> {
    var result: Set<String> = []
    for term in terms {
      for factor in term.monomial.factors { result.formUnion(factor.atom.names) }
    }
    return result
  }

  /// The name, when the size is just one name.
  public var asName: String? {
    guard constant == 0, !isConstant, terms.count == 1, terms[0].coefficient == 1,
      terms[0].monomial.factors.count == 1, terms[0].monomial.factors[0].exponent == 1,
      case .name(let name) = terms[0].monomial.factors[0].atom.meaning
    else { return nil }
    return name
  }
}

extension Size {
  @inlinable public static func == (a: Size, b: Size) -> Bool {
    a.constant == b.constant && a.isOverflowed == b.isOverflowed && a.symbolic == b.symbolic
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(constant)
    if let symbolic { hasher.combine(symbolic) }
  }
}

extension Size: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
  public init(stringLiteral value: String) { self.init(value) }
}

// MARK: Arithmetic

extension Size {
  /// The sum in canonical form, overflowed when an operand or a coefficient is.
  public static func + (a: Size, b: Size) -> Size { combine(a, b, 1) }
  /// The difference in canonical form, overflowed when an operand or a coefficient is.
  public static func - (a: Size, b: Size) -> Size { combine(a, b, -1) }
  /// The negative in canonical form, overflowed when the operand is.
  public static prefix func - (a: Size) -> Size { combine(.zero, a, -1) }
  /// Replaces a size by its sum with another.
  public static func += (a: inout Size, b: Size) { a = a + b }
  /// Replaces a size by its difference from another.
  public static func -= (a: inout Size, b: Size) { a = a - b }
  /// Replaces a size by its product with another.
  public static func *= (a: inout Size, b: Size) { a = a * b }

  /// a + factor·b, merging two sorted lists of terms.
  private static func combine(_ a: Size, _ b: Size, _ factor: Int) -> Size {
    if a.isOverflowed || b.isOverflowed { return .overflowed }
    var overflow = false
    func sum(_ x: Int, _ y: Int) -> Int {
      let (product, o1) = y.multipliedReportingOverflow(by: factor)
      let (total, o2) = x.addingReportingOverflow(product)
      overflow = overflow || o1 || o2 || total == .min
      return total
    }
    let constant = sum(a.constant, b.constant)
    if a.isConstant, b.isConstant { return overflow ? .overflowed : Size(constant) }
    if b.isConstant { return overflow ? .overflowed : Size(constant: constant, terms: a.terms) }
    var terms: [Term] = []
    terms.reserveCapacity(a.terms.count + b.terms.count)
    var i = 0
    var j = 0
    while i < a.terms.count || j < b.terms.count {
      if j == b.terms.count || (i < a.terms.count && a.terms[i].monomial < b.terms[j].monomial) {
        terms.append(a.terms[i])
        i += 1
      } else if i == a.terms.count || b.terms[j].monomial < a.terms[i].monomial {
        terms.append(
          Term(monomial: b.terms[j].monomial, coefficient: sum(0, b.terms[j].coefficient)))
        j += 1
      } else {
        let coefficient = sum(a.terms[i].coefficient, b.terms[j].coefficient)
        if coefficient != 0 {
          terms.append(Term(monomial: a.terms[i].monomial, coefficient: coefficient))
        }
        i += 1
        j += 1
      }
    }
    return overflow ? .overflowed : Size(constant: constant, terms: terms)
  }

  /// The product in canonical form, overflowed when an operand or a coefficient is.
  public static func * (a: Size, b: Size) -> Size {
    if a.isOverflowed || b.isOverflowed { return .overflowed }
    if a.isConstant { return b.scaled(by: a.constant) }
    if b.isConstant { return a.scaled(by: b.constant) }
    var result = b.scaled(by: a.constant)
    for term in a.terms {
      let scaled = b.scaled(by: term.coefficient)
      if scaled.isOverflowed { return .overflowed }
      // A monomial order is kept by multiplication, so the products stay sorted.
      var products = scaled.terms.map {
        Term(monomial: $0.monomial * term.monomial, coefficient: $0.coefficient)
      }
      if scaled.constant != 0 {
        products.append(Term(monomial: term.monomial, coefficient: scaled.constant))
      }
      result = result + Size(constant: 0, terms: products)
    }
    return result
  }

  private func scaled(by factor: Int) -> Size {
    if factor == 0 { return .zero }
    if factor == 1 { return self }
    let (scaledConstant, overflow) = constant.multipliedReportingOverflow(by: factor)
    if overflow || scaledConstant == .min { return .overflowed }
    if isConstant { return Size(constant: scaledConstant, terms: [], isOverflowed: isOverflowed) }
    var scaledTerms: [Term] = []
    scaledTerms.reserveCapacity(terms.count)
    for term in terms {
      let (coefficient, overflow) = term.coefficient.multipliedReportingOverflow(by: factor)
      if overflow || coefficient == .min { return .overflowed }
      scaledTerms.append(Term(monomial: term.monomial, coefficient: coefficient))
    }
    return Size(constant: scaledConstant, terms: scaledTerms, isOverflowed: isOverflowed)
  }

  /// The power with a whole exponent; anything to the power 0 is 1.
  ///
  /// - Precondition: the exponent is not negative.
  public func power(_ exponent: Int) -> Size {
    precondition(exponent >= 0, "a size has no negative powers")
    var result = Size.one
    var base = self
    var rest = exponent
    while rest > 0, !result.isOverflowed {
      if rest & 1 == 1 { result *= base }
      rest >>= 1
      if rest > 0 { base *= base }
    }
    return result
  }

  /// The product of extents, 1 for none.
  public static func product(_ sizes: some Sequence<Size>) -> Size { sizes.reduce(.one, *) }

  /// The terms and the constant alike, as (monomial, coefficient), highest degree first.
  var allTerms: [Term] {
    constant == 0 ? terms : terms + [Term(monomial: .one, coefficient: constant)]
  }
}

// MARK: Values

extension Size {
  /// Why a size has no value at given numbers.
  public enum EvaluationError: Error, Hashable, Sendable {
    /// A name that no number is given for.
    case unbound(String)
    /// A number that leaves the range of `Int`.
    case overflow
    /// A floor division or a coefficient whose divisor is 0.
    case divisionByZero
  }

  /// The value with every name replaced by a number.
  public func evaluated(_ values: [String: Int]) throws(EvaluationError) -> Int {
    if isOverflowed { throw .overflow }
    var total = constant
    for term in terms {
      var product = term.coefficient
      for factor in term.monomial.factors {
        let value = try factor.atom.evaluated(values)
        for _ in 0..<factor.exponent {
          let (next, overflow) = product.multipliedReportingOverflow(by: value)
          if overflow { throw .overflow }
          product = next
        }
      }
      let (next, overflow) = total.addingReportingOverflow(product)
      if overflow { throw .overflow }
      total = next
    }
    return total
  }

  /// The size with names replaced by other sizes, floor divisions redone.
  public func substituting(_ sizes: [String: Size]) -> Size {
    if isConstant || names.isDisjoint(with: sizes.keys) { return self }
    var result = Size(constant)
    for term in terms {
      var product = Size(term.coefficient)
      for factor in term.monomial.factors {
        product *= factor.atom.substituting(sizes).power(factor.exponent)
      }
      result += product
    }
    return result
  }
}

extension SizeAtom {
  func evaluated(_ values: [String: Int]) throws(Size.EvaluationError) -> Int {
    switch meaning {
    case .name(let name):
      guard let value = values[name] else { throw .unbound(name) }
      return value
    case .floorDivision(let dividend, let divisor):
      let (n, d) = (try dividend.evaluated(values), try divisor.evaluated(values))
      guard d != 0 else { throw .divisionByZero }
      guard n != .min || d != -1 else { throw .overflow }
      return flooredQuotient(n, d)
    }
  }

  func substituting(_ sizes: [String: Size]) -> Size {
    switch meaning {
    case .name(let name): sizes[name] ?? Size(atom: self)
    case .floorDivision(let dividend, let divisor):
      dividend.substituting(sizes).flooredDivision(by: divisor.substituting(sizes))
    }
  }
}

/// ⌊n / d⌋ for d ≠ 0.
func flooredQuotient(_ n: Int, _ d: Int) -> Int {
  let (q, r) = n.quotientAndRemainder(dividingBy: d)
  return r != 0 && (r < 0) != (d < 0) ? q - 1 : q
}

/// What is left of n after whole multiples of a positive d: 0..<d.
func flooredRemainder(_ n: Int, _ d: Int) -> Int {
  let r = n % d
  return r < 0 ? r + d : r
}
