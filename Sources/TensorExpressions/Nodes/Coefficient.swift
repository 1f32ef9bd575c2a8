import Scalars

/// A number that may depend on sizes: a polynomial in sizes with rational coefficients over a product of sizes.
///
/// `mean` over axes of `B` and `2*H` has the coefficient 1/(2·B·H). Sums and products are exact; a factor of
/// the denominator that divides the numerator is cancelled, so a coefficient is zero exactly when its
/// numerator is.
public struct Coefficient: Hashable, Sendable {
  /// The polynomial above the line, from which common factors of the denominator are cancelled.
  public let numerator: SizePolynomial
  /// Sorted by text; the sizes are not constant, but for 0 where there is no value, and have no whole divisor.
  public let denominator: [Factor]

  /// A power of a size in the denominator.
  public struct Factor: Hashable, Sendable {
    /// The size, which is taken never to be zero.
    public let size: Size
    /// The power of the size, at least 1.
    public let exponent: Int
  }

  private init(numerator: SizePolynomial, denominator: [Factor]) {
    self.numerator = numerator
    self.denominator = denominator
  }

  private init(reducing numerator: SizePolynomial, over denominator: [Factor]) {
    if denominator.isEmpty || numerator.isZero {
      self.numerator = numerator
      self.denominator = []
      return
    }
    var top = numerator
    var bottom: [Factor] = []
    for factor in denominator {
      var exponent = factor.exponent
      let polynomial = SizePolynomial(factor.size)
      while exponent > 0, let quotient = top.divided(by: polynomial) {
        top = quotient
        exponent -= 1
      }
      if exponent > 0 { bottom.append(Factor(size: factor.size, exponent: exponent)) }
    }
    self.numerator = top
    self.denominator = bottom
  }

  /// A number that depends on no size.
  public init(_ value: Rational) {
    numerator = SizePolynomial(value)
    denominator = []
  }

  /// A size as a number.
  public init(_ size: Size) {
    numerator = SizePolynomial(size)
    denominator = []
  }

  /// The coefficient 0.
  public static let zero = Coefficient(Rational(0))
  /// The coefficient 1.
  public static let one = Coefficient(Rational(1))
  /// The coefficient −1.
  public static let minusOne = Coefficient(Rational(-1))

  /// Whether the coefficient is 0 for all values of the sizes.
  public var isZero: Bool { numerator.isZero }
  /// Whether the coefficient is the number 1.
  public var isOne: Bool { denominator.isEmpty && numerator.asRational?.isOne == true }

  /// The number, when no size occurs.
  public var asRational: Rational? { denominator.isEmpty ? numerator.asRational : nil }

  /// The sign of the leading term, by which `-x` is told from `x` in print.
  public var leadingSign: Int { numerator.terms.first?.coefficient.signum() ?? 0 }

  /// The product, with common factors cancelled.
  public static func * (a: Coefficient, b: Coefficient) -> Coefficient {
    if a.isOne { return b }
    if b.isOne { return a }
    if let x = a.asRational, let y = b.asRational { return Coefficient(x * y) }
    return Coefficient(
      reducing: a.numerator * b.numerator, over: merge(a.denominator, b.denominator, +))
  }

  /// The sum over a common denominator, with common factors cancelled.
  public static func + (a: Coefficient, b: Coefficient) -> Coefficient {
    if a.isZero { return b }
    if b.isZero { return a }
    if a.denominator == b.denominator {
      return Coefficient(reducing: a.numerator + b.numerator, over: a.denominator)
    }
    let common = merge(a.denominator, b.denominator, max)
    return Coefficient(
      reducing: a.numerator * cofactor(common, a.denominator)
        + b.numerator * cofactor(common, b.denominator), over: common)
  }

  /// The negative, over the same denominator.
  public static prefix func - (a: Coefficient) -> Coefficient { a * .minusOne }

  /// One over the coefficient; nil for zero.
  public var reciprocal: Coefficient? {
    guard let lead = numerator.terms.first else { return nil }
    var bottom: [Factor] = []
    var content = lead.coefficient
    if numerator.terms.count == 1 {
      bottom = lead.monomial.factors.map {
        Factor(size: Size(atom: $0.atom), exponent: $0.exponent)
      }
    } else {
      content = numerator.content
      let primitive = numerator.scaled(by: content.reciprocal)
      guard let size = primitive.asSize else { return nil }
      bottom = [Factor(size: size, exponent: 1)]
    }
    var top = SizePolynomial(content.reciprocal)
    for factor in denominator {
      for _ in 0..<factor.exponent { top = top * SizePolynomial(factor.size) }
    }
    return Coefficient(
      reducing: top, over: bottom.sorted { $0.size.description < $1.size.description })
  }

  /// The power with a whole exponent; nil where a negative one needs a reciprocal that does not
  /// exist.
  public func power(_ exponent: Int) -> Coefficient? {
    if exponent < 0 { return reciprocal?.power(-exponent) }
    var result = Coefficient.one
    for _ in 0..<exponent { result = result * self }
    return result
  }

  /// The value at numbers for the names.
  public func evaluated(_ values: [String: Int]) throws(Size.EvaluationError) -> Rational {
    var result = try numerator.evaluated(values)
    for factor in denominator {
      let value = try factor.size.evaluated(values)
      if value == 0 { throw .divisionByZero }
      result = result / Rational(value).power(factor.exponent)
    }
    return result
  }

  /// The coefficient with names of sizes replaced.
  ///
  /// A factor of the denominator that becomes zero stays there as 0: such a coefficient has no value, and evaluating it
  /// says so.
  public func substituting(_ sizes: [String: Size]) -> Coefficient {
    var result = Coefficient(reducing: numerator.substituting(sizes), over: [])
    for factor in denominator {
      let size = factor.size.substituting(sizes)
      let inverse =
        Coefficient(size).power(-factor.exponent)
        ?? Coefficient(
          numerator: .init(Rational(1)), denominator: [Factor(size: size, exponent: 1)])
      result = result * inverse
    }
    return result
  }

  private static func merge(
    _ a: [Factor], _ b: [Factor], _ combine: (Int, Int) -> Int
  ) -> [Factor] {
    if a.isEmpty { return b }
    if b.isEmpty { return a }
    var exponents: [Size: Int] = [:]
    for factor in a { exponents[factor.size] = factor.exponent }
    for factor in b {
      exponents[factor.size] = combine(exponents[factor.size] ?? 0, factor.exponent)
    }
    return exponents.map { Factor(size: $0.key, exponent: $0.value) }
      .sorted { $0.size.description < $1.size.description }
  }

  private static func cofactor(_ common: [Factor], _ part: [Factor]) -> SizePolynomial {
    var product = SizePolynomial(Rational(1))
    for factor in common {
      let present = part.first { $0.size == factor.size }?.exponent ?? 0
      for _ in 0..<(factor.exponent - present) { product = product * SizePolynomial(factor.size) }
    }
    return product
  }
}

extension SizePolynomial {
  /// The rational by which dividing leaves whole coefficients without a common divisor, the leading one positive.
  var content: Rational {
    guard let first = terms.first else { return 1 }
    var numerators = first.coefficient.numerator.magnitude
    var denominators = first.coefficient.denominator
    for term in terms.dropFirst() {
      numerators = Integer.gcd(numerators, term.coefficient.numerator.magnitude)
      let d = term.coefficient.denominator
      denominators =
        denominators * d.quotientAndRemainder(floored: Integer.gcd(denominators, d)).quotient
    }
    let content = Rational(numerator: numerators, denominator: denominators)
    return first.coefficient.signum() < 0 ? -content : content
  }
}
