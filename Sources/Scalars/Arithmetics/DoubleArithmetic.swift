/// Floating-point numbers, the one arithmetic here that rounds.
///
/// A sum, a product or a power that overflows is infinite, as in IEEE 754; a function that does is the
/// greatest finite number. An argument outside a function's domain throws.
public struct DoubleArithmetic: ScalarArithmetic {
  /// The elements are machine numbers of 64 bits.
  public typealias Element = Double

  public init() {}

  /// Positive zero.
  @inlinable public var zero: Double { 0 }
  /// The number 1.
  @inlinable public var one: Double { 1 }
  /// The nearest `Double`, ties to even; infinite when the number is too large.
  public func constant(_ value: Rational) -> Double { value.doubleValue }
  /// The rounded sum, by IEEE 754.
  @inlinable public func add(_ a: Double, _ b: Double) -> Double { a + b }
  /// The rounded difference, by IEEE 754.
  @inlinable public func subtract(_ a: Double, _ b: Double) -> Double { a - b }
  /// The rounded product, by IEEE 754.
  @inlinable public func multiply(_ a: Double, _ b: Double) -> Double { a * b }
  /// The number with the other sign, which rounds nothing.
  @inlinable public func negate(_ a: Double) -> Double { -a }
  /// Whether the number is zero of either sign.
  @inlinable public func isZero(_ a: Double) -> Bool { a == 0 }
  /// The `Double` nearest to π, which lies below it.
  public func pi() -> Double { .pi }

  /// The rounded quotient.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` for a zero divisor of either sign.
  @inlinable
  public func divide(_ a: Double, _ b: Double) throws(ScalarError) -> Double {
    if b == 0 { throw .divisionByZero }
    return a / b
  }

  /// The sign: -1, 0 or 1; either zero has the sign 0.
  ///
  /// - Throws: ``ScalarError/undecided`` for what is not a number.
  @inlinable
  public func sign(_ a: Double) throws(ScalarError) -> Int {
    if a.isNaN { throw .undecided }
    return a > 0 ? 1 : a < 0 ? -1 : 0
  }

  /// The rounded value of a function.
  ///
  /// A value that overflows is the greatest finite number of its sign.
  ///
  /// - Throws: ``ScalarError/domain(_:)`` outside the function's domain;
  ///   ``ScalarError/divisionByZero`` for the reciprocal root of zero.
  public func apply(_ function: ElementaryFunction, _ x: Double) throws(ScalarError) -> Double {
    if function == .rsqrt, x == 0 { throw .divisionByZero }
    if x <= 0, function == .log { throw .domain(.log) }
    if x <= -1, function == .log1p { throw .domain(.log1p) }
    let value = Self.value(of: function, at: x)
    if value.isNaN, !x.isNaN { throw .domain(function) }
    // What overflows stays a number, so that a mask may still turn it off: 0 · ∞ is not one.
    if value.isInfinite, x.isFinite {
      return value < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
    }
    return value
  }

  /// The rounded power; a negative base keeps its sign under an odd whole exponent.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` for zero with a negative exponent;
  ///   ``ScalarError/domain(_:)`` for a negative base with a fractional one.
  public func power(_ x: Double, _ exponent: Rational) throws(ScalarError) -> Double {
    if exponent.isZero { return 1 }
    if x == 0, exponent.signum() < 0 { throw .divisionByZero }
    if exponent == Rational(1, 2) { return try apply(.sqrt, x) }
    if x >= 0 { return x.raised(to: exponent.doubleValue) }
    guard exponent.isInteger else { throw .domain(nil) }
    // The parity is taken from the exact exponent: rounded to `Double`, a large one is even.
    let magnitude = x.magnitude.raised(to: exponent.doubleValue)
    return exponent.numerator.isOdd ? -magnitude : magnitude
  }
}
