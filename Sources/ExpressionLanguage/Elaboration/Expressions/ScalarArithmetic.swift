import Layers
import Scalars
import TensorExpressions

/// Arithmetic on sizes and on numbers that depend on sizes: a size as long as the result is one.
///
/// The operands are sizes or numbers; a result that would be too large to compute with is nil.
enum ScalarArithmetic {
  private static let largestExponent = 4096
  private static let largestPolynomialExponent = 16
  private static let largestBitCount = 1 << 20

  static func negated(_ a: Value) -> Value? { product(a, .size(-1)) }

  static func sum(_ a: Value, _ b: Value) -> Value? {
    if case .size(let x) = a, case .size(let y) = b {
      let size = x + y
      if !size.isOverflowed { return .size(size) }
    }
    return combine(a, b) { $0 + $1 }
  }

  static func product(_ a: Value, _ b: Value) -> Value? {
    if case .size(let x) = a, case .size(let y) = b {
      let size = x * y
      if !size.isOverflowed { return .size(size) }
    }
    return combine(a, b) { $0 * $1 }
  }

  /// The quotient; nil for the divisor 0.
  static func quotient(_ a: Value, _ b: Value) -> Value? {
    guard let reciprocal = b.asNumber?.reciprocal else { return nil }
    return product(a, .number(reciprocal))
  }

  /// The power with a whole exponent; nil when it is too large, or a negative power of 0.
  static func power(_ base: Value, _ exponent: Int) -> Value? {
    if case .size(let size) = base, exponent >= 0 {
      let isSmall = size.isConstant || exponent <= largestPolynomialExponent
      let power = isSmall ? size.power(exponent) : nil
      if let power, !power.isOverflowed { return .size(power) }
    }
    guard let number = base.asNumber else { return nil }
    if let rational = number.asRational {
      if rational.isZero, exponent < 0 { return nil }
      guard exponent.magnitude <= largestExponent else {
        return rational.isZero || rational.isOne ? base : nil
      }
      let bits = rational.numerator.bitWidth + rational.denominator.bitWidth
      guard bits * Int(exponent.magnitude) <= largestBitCount else { return nil }
      return .number(Coefficient(rational.power(exponent)))
    }
    guard exponent.magnitude <= largestPolynomialExponent else { return nil }
    return number.power(exponent).map { .number($0) }
  }

  private static func combine(
    _ a: Value, _ b: Value, _ operation: (Coefficient, Coefficient) -> Coefficient
  ) -> Value? {
    guard let x = a.asNumber, let y = b.asNumber else { return nil }
    return .number(operation(x, y))
  }
}
