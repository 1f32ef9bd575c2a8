/// Why an arithmetic has no value to give.
public enum ScalarError: Error, Hashable, Sendable {
  /// The divisor is exactly zero.
  case divisionByZero
  /// The elements have no order: a sign was asked for in a finite field.
  case unordered
  /// An enclosure is too wide to tell; more precision may help.
  case undecided
  /// The value exists and is not in this arithmetic, which holds rational numbers only. `nil`
  /// stands for a power or for π.
  case irrational(ElementaryFunction?)
  /// The function has no real value here. `nil` stands for a power.
  case domain(ElementaryFunction?)
  /// The element of the field has no square root; another draw may have one.
  case notASquare
  /// The field has no root of this degree for every element, whatever is drawn.
  case noRoot(degree: Int)
  /// The value is too large to be written down.
  case overflow
  /// An exponential in a field takes its argument from the next level of the chain, not from this
  /// one.
  case needsArgumentLevel
  /// Exponentials are nested more deeply than the chain of primes has levels.
  case nestingTooDeep
}
