internal import CGMP

extension Integer: AdditiveArithmetic {
  /// The exact sum, in machine words where it fits one.
  @inlinable
  public static func + (a: Integer, b: Integer) -> Integer {
    if case .small(let x) = a.storage, case .small(let y) = b.storage {
      let (sum, overflow) = x.addingReportingOverflow(y)
      if !overflow { return Integer(sum) }
    }
    return bigSum(a, b)
  }

  /// The exact difference, in machine words where it fits one.
  @inlinable
  public static func - (a: Integer, b: Integer) -> Integer {
    if case .small(let x) = a.storage, case .small(let y) = b.storage {
      let (difference, overflow) = x.subtractingReportingOverflow(y)
      if !overflow { return Integer(difference) }
    }
    return bigDifference(a, b)
  }

  /// The exact product, in machine words where it fits one.
  @inlinable
  public static func * (a: Integer, b: Integer) -> Integer {
    if case .small(let x) = a.storage, case .small(let y) = b.storage {
      let (product, overflow) = x.multipliedReportingOverflow(by: y)
      if !overflow { return Integer(product) }
    }
    return bigProduct(a, b)
  }

  /// The exact negative, on the heap where it no longer fits a word.
  @inlinable
  public static prefix func - (a: Integer) -> Integer { zero - a }

  /// Replaces a value by its product with another.
  @inlinable
  public static func *= (a: inout Integer, b: Integer) { a = a * b }

  @usableFromInline
  static func bigSum(_ a: Integer, _ b: Integer) -> Integer {
    Integer(a, b) { __gmpz_add($0, $1, $2) }
  }

  @usableFromInline
  static func bigDifference(_ a: Integer, _ b: Integer) -> Integer {
    Integer(a, b) { __gmpz_sub($0, $1, $2) }
  }

  @usableFromInline
  static func bigProduct(_ a: Integer, _ b: Integer) -> Integer {
    Integer(a, b) { __gmpz_mul($0, $1, $2) }
  }

  /// The absolute value.
  public var magnitude: Integer { signum() < 0 ? -self : self }
}

extension Integer {
  /// Divides, rounding the quotient towards minus infinity.
  ///
  /// ```
  /// self = quotient · divisor + remainder,   0 ≤ |remainder| < |divisor|
  /// ```
  ///
  /// The remainder has the sign of the divisor or is zero, as in Python.
  ///
  /// - Precondition: the divisor is not zero.
  public func quotientAndRemainder(floored divisor: Integer) -> (
    quotient: Integer, remainder: Integer
  ) {
    precondition(!divisor.isZero, "division of an integer by zero")
    let quotient = Integer(self, divisor) { __gmpz_fdiv_q($0, $1, $2) }
    return (quotient, self - quotient * divisor)
  }

  /// The value modulo a machine word, between 0 and `modulus - 1` whatever the sign.
  ///
  /// - Precondition: the modulus is not zero.
  public func residue(modulo modulus: UInt64) -> UInt64 {
    precondition(modulus != 0, "reduction of an integer modulo zero")
    switch storage {
    case .small(let value):
      let remainder = UInt64(value.magnitude) % modulus
      return value < 0 && remainder != 0 ? modulus - remainder : remainder
    case .big:
      return withGMP { UInt64(__gmpz_fdiv_ui($0, UInt(modulus))) }
    }
  }

  /// The greatest common divisor, never negative; that of zero and zero is zero.
  public static func gcd(_ a: Integer, _ b: Integer) -> Integer {
    Integer(a, b) { __gmpz_gcd($0, $1, $2) }
  }

  /// The power with a whole exponent; anything to the power 0 is 1.
  ///
  /// The result has about `bitWidth · exponent` bits: callers bound that product beforehand.
  ///
  /// - Precondition: the exponent is not negative.
  public func power(_ exponent: Int) -> Integer {
    precondition(exponent >= 0, "a power of an integer with a negative exponent")
    if exponent == 0 || isOne { return 1 }
    if isZero { return 0 }
    return Integer { result in withGMP { __gmpz_pow_ui(result, $0, UInt(exponent)) } }
  }

  /// The value times a power of two.
  ///
  /// - Precondition: the count is not negative.
  public func shiftedLeft(by count: Int) -> Integer {
    precondition(count >= 0, "a shift by a negative count")
    return Integer { result in withGMP { __gmpz_mul_2exp(result, $0, UInt(count)) } }
  }

  /// The number of factors 2 in the value; 0 for zero.
  public var trailingZeroBitCount: Int {
    isZero ? 0 : withGMP { Int(__gmpz_scan1($0, 0)) }
  }

  /// The exact square root that is not negative, or `nil` when the value is no perfect square.
  public func squareRoot() -> Integer? {
    guard withGMP({ __gmpz_perfect_square_p($0) }) != 0 else { return nil }
    return Integer { result in withGMP { __gmpz_sqrt(result, $0) } }
  }

  /// The exact root of a degree, with the sign of the value, or `nil` when there is none.
  ///
  /// - Precondition: the degree is at least 1, and odd for a negative value.
  public func root(_ degree: Int) -> Integer? {
    precondition(degree >= 1 && (signum() >= 0 || degree % 2 == 1), "an impossible root")
    if degree == 1 { return self }
    var isExact = false
    let root = Integer { result in
      isExact = withGMP { __gmpz_root(result, $0, UInt(degree)) } != 0
    }
    return isExact ? root : nil
  }
}
