internal import CGMP

// The word-sized sums and products follow D. Knuth, The Art of Computer Programming 2, §4.5.1:
// divide by common factors before multiplying, so that results stay small as long as they can.

extension Rational {
  /// `a/b + c/d` in lowest terms, or `nil` when a step does not fit a word.
  @inlinable
  static func wordSum(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Rational? {
    if b == 1 && d == 1 {
      let (sum, overflow) = a.addingReportingOverflow(c)
      return overflow ? nil : Rational(sum)
    }
    // Denominators are positive words, so their divisor is one as well.
    let g = b == d ? b : Int(greatestCommonDivisor(b.magnitude, d.magnitude))
    let (left, leftOverflow) = a.multipliedReportingOverflow(by: d / g)
    let (right, rightOverflow) = c.multipliedReportingOverflow(by: b / g)
    let (sum, sumOverflow) = left.addingReportingOverflow(right)
    guard !leftOverflow, !rightOverflow, !sumOverflow else { return nil }
    let h = g == 1 ? 1 : Int(greatestCommonDivisor(sum.magnitude, g.magnitude))
    let (denominator, overflow) = (b / g).multipliedReportingOverflow(by: d / h)
    return overflow ? nil : Rational(lowestTerms: sum / h, denominator)
  }

  /// `a/b · c/d` in lowest terms, or `nil` when a step does not fit a word.
  @inlinable
  static func wordProduct(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Rational? {
    if b == 1 && d == 1 {
      let (product, overflow) = a.multipliedReportingOverflow(by: c)
      return overflow ? nil : Rational(product)
    }
    let g = Int(greatestCommonDivisor(a.magnitude, d.magnitude))
    let h = Int(greatestCommonDivisor(c.magnitude, b.magnitude))
    let (numerator, overflow) = (a / g).multipliedReportingOverflow(by: c / h)
    let (denominator, overflowBelow) = (b / h).multipliedReportingOverflow(by: d / g)
    return overflow || overflowBelow ? nil : Rational(lowestTerms: numerator, denominator)
  }

  /// The exact product in lowest terms.
  @inlinable
  public static func * (a: Rational, b: Rational) -> Rational {
    if case .small(let n, let d) = a.storage, case .small(let p, let q) = b.storage,
      let product = wordProduct(n, d, p, q)
    {
      return product
    }
    return bigProduct(a, b)
  }

  /// Replaces a value by its product with another.
  @inlinable
  public static func *= (a: inout Rational, b: Rational) { a = a * b }

  /// The exact quotient in lowest terms.
  ///
  /// - Precondition: the divisor is not zero; ``divided(by:)`` asks instead.
  public static func / (a: Rational, b: Rational) -> Rational { a * b.reciprocal }

  /// Replaces a value by its quotient.
  ///
  /// - Precondition: the divisor is not zero.
  public static func /= (a: inout Rational, b: Rational) { a = a / b }

  /// The quotient, or `nil` when the divisor is zero.
  public func divided(by divisor: Rational) -> Rational? {
    divisor.isZero ? nil : self / divisor
  }

  /// The exact negative.
  @inlinable
  public static prefix func - (a: Rational) -> Rational {
    if case .small(let numerator, let denominator) = a.storage, numerator != .min {
      return Rational(lowestTerms: -numerator, denominator)
    }
    return bigNegation(a)
  }

  @usableFromInline
  static func bigProduct(_ a: Rational, _ b: Rational) -> Rational {
    Rational(a, b) { __gmpq_mul($0, $1, $2) }
  }

  @usableFromInline
  static func bigNegation(_ a: Rational) -> Rational {
    Rational { result in a.withGMP { __gmpq_neg(result, $0) } }
  }
}

extension Rational: AdditiveArithmetic {
  /// The exact sum in lowest terms.
  @inlinable
  public static func + (a: Rational, b: Rational) -> Rational {
    if case .small(let n, let d) = a.storage, case .small(let p, let q) = b.storage,
      let sum = wordSum(n, d, p, q)
    {
      return sum
    }
    return bigSum(a, b)
  }

  /// The exact difference in lowest terms.
  @inlinable
  public static func - (a: Rational, b: Rational) -> Rational {
    if case .small(let n, let d) = a.storage, case .small(let p, let q) = b.storage,
      p != .min, let difference = wordSum(n, d, -p, q)
    {
      return difference
    }
    return bigDifference(a, b)
  }

  /// Replaces a value by its sum with another.
  @inlinable
  public static func += (a: inout Rational, b: Rational) { a = a + b }

  /// Replaces a value by its difference from another.
  @inlinable
  public static func -= (a: inout Rational, b: Rational) { a = a - b }

  @usableFromInline
  static func bigSum(_ a: Rational, _ b: Rational) -> Rational {
    Rational(a, b) { __gmpq_add($0, $1, $2) }
  }

  @usableFromInline
  static func bigDifference(_ a: Rational, _ b: Rational) -> Rational {
    Rational(a, b) { __gmpq_sub($0, $1, $2) }
  }
}

extension Rational {
  /// The absolute value.
  public var magnitude: Rational { signum() < 0 ? -self : self }

  /// One divided by the value.
  ///
  /// - Precondition: the value is not zero.
  public var reciprocal: Rational {
    precondition(!isZero, "division of a rational number by zero")
    if case .small(let numerator, let denominator) = storage, numerator != .min {
      return numerator > 0
        ? Rational(lowestTerms: denominator, numerator)
        : Rational(lowestTerms: -denominator, -numerator)
    }
    return Rational { result in withGMP { __gmpq_inv(result, $0) } }
  }

  /// The power with a whole exponent, of either sign; anything to the power 0 is 1.
  ///
  /// The result has about as many bits as the value times the exponent: callers bound that product
  /// beforehand.
  ///
  /// - Precondition: the exponent is not negative when the value is zero.
  public func power(_ exponent: Int) -> Rational {
    guard exponent >= 0 else { return reciprocal.power(magnitude: exponent.magnitude) }
    return power(magnitude: exponent.magnitude)
  }

  private func power(magnitude exponent: UInt) -> Rational {
    switch exponent {
    case 0: return 1
    case 1: return self
    case 2: return self * self
    default:
      if isZero || isOne { return self }
      return Rational { result in
        withGMP { value in
          __gmpz_pow_ui(result.numerator, value.numerator, exponent)
          __gmpz_pow_ui(result.denominator, value.denominator, exponent)
        }
      }
    }
  }

  /// The largest integer that is not above the value.
  public func floor() -> Integer {
    if case .small(let numerator, 1) = storage { return Integer(numerator) }
    return Integer { result in
      withGMP { __gmpz_fdiv_q(result, $0.numerator, $0.denominator) }
    }
  }

  /// The exact square root that is not negative, or `nil` when it is not rational.
  public func squareRoot() -> Rational? {
    guard signum() >= 0, let numerator = numerator.squareRoot(),
      let denominator = denominator.squareRoot()
    else { return nil }
    return Rational(numerator: numerator, denominator: denominator)
  }

  /// The exact root of a degree, with the sign of the value, or `nil` when it is not rational.
  ///
  /// - Precondition: the degree is at least 1, and odd for a negative value.
  public func root(_ degree: Int) -> Rational? {
    guard let numerator = numerator.root(degree), let denominator = denominator.root(degree)
    else { return nil }
    return Rational(numerator: numerator, denominator: denominator)
  }
}
