extension PrimeFieldArithmetic {
  /// The function's value in the model of this field.
  ///
  /// - `exp expm1 sigmoid sinh cosh tanh silu` are rational in the exponential and `softplus` is
  ///   the logarithm of 1 + eˣ, so that they keep their laws with each other.
  /// - `log log1p` are random with log 1 = 0 and log(1/u) = −log u.
  /// - `sqrt rsqrt` take the root that is itself a square: √u² = u for it, and √(uv) = √u·√v.
  /// - `sin cos tan` are 2t/(1+t²), (1−t²)/(1+t²) and their quotient with t odd and random, so that
  ///   sin² + cos² = 1 and each has its parity.
  /// - `asin acos atan erf` are random and odd, apart from asin + acos = π/2.
  /// - `gelu` is made from `erf`.
  ///
  /// At the end of a chain, or without one, the exponential itself is random with E(0) = 1 and
  /// E(−u) = 1/E(u).
  ///
  /// - Throws: ``ScalarError/needsArgumentLevel`` for an exponential where there is a next level:
  ///   call ``apply(_:_:argument:)``. ``ScalarError/notASquare`` for half of all arguments of a
  ///   root. ``ScalarError/domain(_:)`` for the logarithm of zero.
  public func apply(
    _ function: ElementaryFunction, _ x: UInt64
  ) throws(ScalarError) -> UInt64 {
    switch function {
    case .exp, .expm1, .sigmoid, .sinh, .cosh, .tanh, .silu, .softplus:
      if exponentials != nil { throw .needsArgumentLevel }
      return try apply(function, x, exponential: keyedUnit(x))
    case .log: return try logarithm(x)
    case .log1p: return try logarithm(add(x, 1))
    case .sqrt: return try squareRoot(x)
    case .rsqrt: return try divide(1, squareRoot(x))
    case .sin:
      let t = halfAngleTangent(x)
      return try divide(add(t, t), add(1, multiply(t, t)))
    case .cos:
      let t = halfAngleTangent(x)
      let square = multiply(t, t)
      return try divide(subtract(1, square), add(1, square))
    case .tan:
      let t = halfAngleTangent(x)
      return try divide(add(t, t), subtract(1, multiply(t, t)))
    case .acos:
      return try subtract(divide(pi(), 2), keyedOdd(.asin, x))
    case .asin, .atan, .erf: return keyedOdd(function, x)
    case .gelu:
      let scaled = try divide(x, squareRoot(constant(2)))
      return try multiply(divide(x, 2), add(1, keyedOdd(.erf, scaled)))
    }
  }

  /// The function's value at an argument that is known at this level and at the next.
  ///
  /// The functions made from the exponential need the next level, `x e^x` both; all others use only
  /// `x`.
  public func apply(
    _ function: ElementaryFunction, _ x: UInt64, argument u: UInt64
  ) throws(ScalarError) -> UInt64 {
    usesExponential(function)
      ? try apply(function, x, exponential: exponential(ofArgument: u)) : try apply(function, x)
  }

  /// Whether the function is made from the exponential, so that it needs the argument's level.
  func usesExponential(_ function: ElementaryFunction) -> Bool {
    switch function {
    case .exp, .expm1, .sigmoid, .sinh, .cosh, .tanh, .silu, .softplus: true
    case .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tan, .asin, .acos, .atan, .erf, .gelu: false
    }
  }

  /// The value of a function that is made from the exponential `e` of its argument `x`.
  func apply(
    _ function: ElementaryFunction, _ x: UInt64, exponential e: UInt64
  ) throws(ScalarError) -> UInt64 {
    let square = multiply(e, e)
    switch function {
    case .exp: return e
    case .expm1: return subtract(e, 1)
    case .sigmoid: return try divide(e, add(e, 1))
    case .silu: return try divide(multiply(x, e), add(e, 1))
    case .sinh: return try divide(subtract(square, 1), add(e, e))
    case .cosh: return try divide(add(square, 1), add(e, e))
    case .tanh: return try divide(subtract(square, 1), add(square, 1))
    case .softplus: return try logarithm(add(e, 1))
    case .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tan, .asin, .acos, .atan, .erf, .gelu:
      return try apply(function, x)
    }
  }

  /// The square of a random element, so that its root exists as well.
  public func pi() throws(ScalarError) -> UInt64 {
    let root = max(2, keyedElement(salt: 0x7069, 0))
    return multiply(root, root)
  }
}

// MARK: - Random functions

extension PrimeFieldArithmetic {
  /// A random element that depends on the seed, the modulus, the salt and the value only.
  func keyedElement(salt: UInt64, _ value: UInt64) -> UInt64 {
    var generator = SeededGenerator(
      seed: SeededGenerator.mixed(seed ^ SeededGenerator.mixed(salt &+ modulus)), stream: value)
    // The first word decides almost nothing: 128 bits make the residue uniform to 2⁻⁶⁴.
    let high = generator.next() % modulus
    return reduction.reduce(high: high, low: generator.next())
  }

  private func salt(_ function: ElementaryFunction) -> UInt64 {
    // The bytes of the name are the same in every run, which a hash value is not.
    function.rawValue.utf8.reduce(0) { ($0 &* 0x100) | UInt64($1) }
  }

  /// Whether the element stands for a negative number in the pair {x, −x}; never for zero.
  private func isUpper(_ x: UInt64) -> Bool { x > modulus / 2 }

  /// A random odd function.
  private func keyedOdd(_ function: ElementaryFunction, _ x: UInt64) -> UInt64 {
    if x == 0 { return 0 }
    return isUpper(x)
      ? negate(keyedElement(salt: salt(function), negate(x)))
      : keyedElement(salt: salt(function), x)
  }

  /// A random function of a difference into the units: E(0) = 1, E(−u) = 1/E(u).
  func keyedUnit(_ x: UInt64) -> UInt64 {
    if x == 0 { return 1 }
    let unit = max(1, keyedElement(salt: salt(.exp), isUpper(x) ? negate(x) : x))
    return isUpper(x) ? reduction.inverse(unit) ?? 1 : unit
  }

  /// A random function with log(1/u) = −log u, hence log 1 = 0.
  private func logarithm(_ x: UInt64) throws(ScalarError) -> UInt64 {
    guard let inverse = reduction.inverse(x) else { throw .domain(.log) }
    if inverse == x { return 0 }
    return inverse < x
      ? negate(keyedElement(salt: salt(.log), inverse)) : keyedElement(salt: salt(.log), x)
  }

  /// A random odd function, from which sine and cosine are made.
  private func halfAngleTangent(_ x: UInt64) -> UInt64 {
    keyedOdd(.sin, x)
  }
}
