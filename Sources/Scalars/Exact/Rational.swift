internal import CGMP

/// An exact fraction of integers without bound, always in lowest terms.
///
/// The denominator is positive. While numerator and denominator fit machine words they are kept in
/// two of them; any other value lies on the heap in GMP's form. Each value has exactly one of the
/// two forms, so that equality and hashing are those of numbers.
public struct Rational: Hashable, Sendable {
  @usableFromInline
  enum Storage: Sendable {
    /// In lowest terms, the denominator positive.
    case small(Int, Int)
    /// Never a value that fits the other case.
    case big(GMPRational)
  }

  @usableFromInline let storage: Storage

  /// Takes over words that are known to be in lowest terms, with a positive denominator.
  @inlinable
  init(lowestTerms numerator: Int, _ denominator: Int) {
    storage = .small(numerator, denominator)
  }

  /// The fraction of a machine word over 1.
  @inlinable
  public init(_ value: Int) { storage = .small(value, 1) }

  /// The fraction of an integer over 1.
  public init(_ value: Integer) {
    if let small = value.asInt {
      self.init(small)
    } else {
      self.init { result in value.withGMP { __gmpq_set_z(result, $0) } }
    }
  }

  /// The quotient of two machine words, reduced.
  ///
  /// - Precondition: the denominator is not zero.
  @inlinable
  public init(_ numerator: Int, _ denominator: Int) {
    precondition(denominator != 0, "a fraction with a zero denominator")
    let divisor = greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
    // The divisor is 2⁶³ only when both words are 0 or Int.min, which the general path takes.
    if denominator > 0, divisor == 1 {
      self.init(lowestTerms: numerator, denominator)
    } else if numerator != .min, denominator != .min {
      let g = Int(divisor)
      let sign = denominator < 0 ? -1 : 1
      self.init(lowestTerms: sign * (numerator / g), sign * (denominator / g))
    } else {
      self.init(numerator: Integer(numerator), denominator: Integer(denominator))
    }
  }

  /// The quotient of two integers, reduced.
  ///
  /// - Precondition: the denominator is not zero.
  public init(numerator: Integer, denominator: Integer) {
    precondition(!denominator.isZero, "a fraction with a zero denominator")
    self.init { result in
      numerator.withGMP { __gmpz_set(result.numerator, $0) }
      denominator.withGMP { __gmpz_set(result.denominator, $0) }
      __gmpq_canonicalize(result)
    }
  }

  /// The fraction 0.
  @inlinable public static var zero: Rational { Rational(0) }
  /// The fraction 1.
  @inlinable public static var one: Rational { Rational(1) }

  /// The numerator in lowest terms, which has the sign of the value.
  public var numerator: Integer {
    switch storage {
    case .small(let numerator, _): Integer(numerator)
    case .big: withGMP { value in Integer { __gmpz_set($0, value.numerator) } }
    }
  }

  /// Always positive.
  public var denominator: Integer {
    switch storage {
    case .small(_, let denominator): Integer(denominator)
    case .big: withGMP { value in Integer { __gmpz_set($0, value.denominator) } }
    }
  }

  /// Whether the value is 0.
  @inlinable
  public var isZero: Bool {
    if case .small(0, _) = storage { true } else { false }
  }

  /// Whether the value is 1; −1 is not.
  @inlinable
  public var isOne: Bool {
    if case .small(1, 1) = storage { true } else { false }
  }

  /// Whether the denominator is 1 in lowest terms.
  public var isInteger: Bool {
    switch storage {
    case .small(_, let denominator): denominator == 1
    case .big: withGMP { __gmpz_cmp_ui($0.denominator, 1) == 0 }
    }
  }

  /// The value as a machine word, or `nil` when it is no integer or does not fit.
  @inlinable
  public var asInt: Int? {
    if case .small(let numerator, 1) = storage { numerator } else { nil }
  }

  /// -1, 0 or 1.
  @inlinable
  public func signum() -> Int {
    if case .small(let numerator, _) = storage { numerator.signum() } else { bigSignum() }
  }

  @usableFromInline
  func bigSignum() -> Int { withGMP { $0.numerator.sign } }

  public static func == (a: Rational, b: Rational) -> Bool {
    switch (a.storage, b.storage) {
    case (.small(let a, let b), .small(let c, let d)): a == c && b == d
    case (.big, .big): a.withGMP { a in b.withGMP { b in __gmpq_equal(a, b) != 0 } }
    case (.small, .big), (.big, .small): false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch storage {
    case .small(let numerator, let denominator):
      hasher.combine(numerator)
      hasher.combine(denominator)
    case .big:
      withGMP { value in
        hasher.combine(value.numerator.sign)
        hasher.combine(bytes: UnsafeRawBufferPointer(value.numerator.limbs))
        hasher.combine(bytes: UnsafeRawBufferPointer(value.denominator.limbs))
      }
    }
  }
}

extension Rational: Comparable {
  public static func < (a: Rational, b: Rational) -> Bool {
    if case .small(let n, let d) = a.storage, case .small(let p, let q) = b.storage {
      return Int128(n) * Int128(q) < Int128(p) * Int128(d)
    }
    return a.withGMP { a in b.withGMP { b in __gmpq_cmp(a, b) < 0 } }
  }
}

extension Rational: ExpressibleByIntegerLiteral {
  @inlinable
  public init(integerLiteral value: Int) { self.init(value) }
}
