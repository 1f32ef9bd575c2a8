/// The field of rational numbers, exactly.
///
/// Functions answer where the value is rational for certain (eᵒ = 1, √(4/9) = 2/3) and otherwise
/// throw ``ScalarError/irrational(_:)``.
public struct RationalArithmetic: ScalarArithmetic {
  /// The elements are fractions in lowest terms, of integers without bound.
  public typealias Element = Rational

  public init() {}

  /// Powers with more bits than this are refused.
  static let largestBitWidth = 1 << 26

  /// The fraction 0.
  @inlinable public var zero: Rational { Rational(0) }
  /// The fraction 1.
  @inlinable public var one: Rational { Rational(1) }
  /// The number itself.
  @inlinable public func constant(_ value: Rational) -> Rational { value }
  /// The exact sum.
  @inlinable public func add(_ a: Rational, _ b: Rational) -> Rational { a + b }
  /// The exact difference.
  @inlinable public func subtract(_ a: Rational, _ b: Rational) -> Rational { a - b }
  /// The exact product.
  @inlinable public func multiply(_ a: Rational, _ b: Rational) -> Rational { a * b }
  /// The exact negative.
  @inlinable public func negate(_ a: Rational) -> Rational { -a }
  /// Whether the number is 0.
  @inlinable public func isZero(_ a: Rational) -> Bool { a.isZero }
  /// The sign: -1, 0 or 1. It is always known.
  @inlinable public func sign(_ a: Rational) -> Int { a.signum() }

  /// The exact quotient.
  ///
  /// - Throws: ``ScalarError/divisionByZero``.
  @inlinable
  public func divide(_ a: Rational, _ b: Rational) throws(ScalarError) -> Rational {
    guard let quotient = a.divided(by: b) else { throw .divisionByZero }
    return quotient
  }

  /// Always refused, since π is not rational.
  ///
  /// - Throws: ``ScalarError/irrational(_:)``.
  public func pi() throws(ScalarError) -> Rational { throw .irrational(nil) }

  /// The value of a function where it is known to be rational.
  ///
  /// Those are perfect squares under a root, and each function at the one argument where its value
  /// is plain, such as log 1 = 0.
  ///
  /// - Throws: ``ScalarError/domain(_:)`` outside the function's domain;
  ///   ``ScalarError/divisionByZero`` for the reciprocal root of zero;
  ///   ``ScalarError/irrational(_:)`` anywhere else.
  public func apply(
    _ function: ElementaryFunction, _ x: Rational
  ) throws(ScalarError) -> Rational {
    try checkDomain(of: function, x)
    switch function {
    case .sqrt:
      if let root = x.squareRoot() { return root }
    case .rsqrt:
      if let root = x.squareRoot() { return root.reciprocal }
    case .exp, .cos, .cosh:
      if x.isZero { return 1 }
    case .log, .acos:
      if x.isOne { return 0 }
    case .log1p, .expm1, .sin, .tan, .asin, .atan, .sinh, .tanh, .erf, .gelu, .silu:
      if x.isZero { return 0 }
    case .sigmoid:
      if x.isZero { return Rational(1, 2) }
    case .softplus: break
    }
    throw .irrational(function)
  }

  private func checkDomain(of function: ElementaryFunction, _ x: Rational) throws(ScalarError) {
    switch function {
    case .log where x <= 0, .log1p where x <= -1, .sqrt where x < 0, .rsqrt where x < 0,
      .asin where x.magnitude > 1, .acos where x.magnitude > 1:
      throw .domain(function)
    case .rsqrt where x.isZero: throw .divisionByZero
    default: break
    }
  }

  /// The exact power, where it is rational and short enough to be written down.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` for zero with a negative exponent;
  ///   ``ScalarError/domain(_:)`` for a negative base with a fractional one;
  ///   ``ScalarError/irrational(_:)`` where the root is not rational; ``ScalarError/overflow`` for
  ///   a result of more than about 2²⁶ bits.
  public func power(_ x: Rational, _ exponent: Rational) throws(ScalarError) -> Rational {
    if exponent.isZero || x.isOne { return 1 }
    if x.isZero {
      if exponent.signum() < 0 { throw .divisionByZero }
      return 0
    }
    if x.signum() < 0, !exponent.isInteger { throw .domain(nil) }
    if x == -1 { return exponent.numerator.isOdd ? -1 : 1 }
    guard let degree = exponent.denominator.asInt, let whole = exponent.numerator.asInt else {
      // Beyond a machine word neither the root nor the power could be written down.
      throw exponent.isInteger ? .overflow : .irrational(nil)
    }
    guard let root = x.root(degree) else { throw .irrational(nil) }
    let bits = max(root.numerator.bitWidth, root.denominator.bitWidth)
    guard whole.magnitude <= UInt(Self.largestBitWidth / bits) else { throw .overflow }
    return root.power(whole)
  }

  /// The exact sum of products, collected without a reduced fraction for each term.
  public func dot(
    count: Int, _ a: UnsafePointer<Rational>, stride aStride: Int, _ b: UnsafePointer<Rational>,
    stride bStride: Int
  ) -> Rational {
    var sum = RationalAccumulator()
    for i in 0..<count { sum.add(product: a[i * aStride], b[i * bStride]) }
    return sum.value
  }
}
