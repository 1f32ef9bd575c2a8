extension PrimeFieldArithmetic {
  /// The square root, chosen the same way for every element.
  ///
  /// For a modulus ≡ 3 modulo 4 it is the root that is itself a square, x^((p+1)/4), so that roots
  /// multiply; otherwise the smaller of the two residues.
  ///
  /// - Throws: ``ScalarError/notASquare``.
  public func squareRoot(_ x: UInt64) throws(ScalarError) -> UInt64 {
    if roots == .formal, x > 1 { return max(2, keyedElement(salt: 0x726F_6F74, x)) }
    return try rootOfSquare(x)
  }

  /// The root of an element that is a square, in every model of roots.
  ///
  /// - Throws: ``ScalarError/notASquare``.
  public func rootOfSquare(_ x: UInt64) throws(ScalarError) -> UInt64 {
    if x < 2 { return x }
    guard reduction.power(x, (modulus - 1) / 2) == 1 else { throw .notASquare }
    if modulus % 4 == 3 { return reduction.power(x, (modulus + 1) / 4) }
    let root = tonelliShanks(x)
    return min(root, negate(root))
  }

  /// A root of a square, for any odd prime.
  ///
  /// - SeeAlso: H. Cohen, A Course in Computational Algebraic Number Theory (1993), algorithm
  ///   1.5.1.
  private func tonelliShanks(_ x: UInt64) -> UInt64 {
    let twos = (modulus - 1).trailingZeroBitCount
    let odd = (modulus - 1) >> UInt64(twos)
    var nonSquare: UInt64 = 2
    while reduction.power(nonSquare, (modulus - 1) / 2) == 1 { nonSquare += 1 }
    var order = twos
    var generator = reduction.power(nonSquare, odd)
    var root = reduction.power(x, (odd + 1) / 2)
    var error = reduction.power(x, odd)
    // Invariant: root² = x · error, and error has an order that divides 2^(order − 1).
    while error != 1 {
      var exponent = 0
      var power = error
      while power != 1 {
        power = multiply(power, power)
        exponent += 1
      }
      let factor = reduction.power(generator, 1 << UInt64(order - exponent - 1))
      order = exponent
      generator = multiply(factor, factor)
      root = multiply(root, factor)
      error = multiply(error, generator)
    }
    return root
  }

  /// A power with a rational exponent: a whole power of the one root of that degree.
  ///
  /// - Throws: ``ScalarError/notASquare`` when an even root does not exist;
  ///   ``ScalarError/noRoot(degree:)`` when roots of that degree do not exist or are not unique in
  ///   this field.
  public func power(_ x: UInt64, _ exponent: Rational) throws(ScalarError) -> UInt64 {
    if exponent.isZero { return 1 }
    if x == 0 {
      if exponent.signum() < 0 { throw .divisionByZero }
      return 0
    }
    let isEven = !exponent.denominator.isOdd
    let isHalf = exponent.denominator == 2
    if isEven, !(isHalf && roots == .formal), reduction.power(x, (modulus - 1) / 2) != 1 {
      throw .notASquare
    }
    if isHalf {
      let root = try squareRoot(x)
      return reduction.power(root, exponent.numerator.residue(modulo: modulus - 1))
    }
    // Exponents count modulo the order of the group, which for even roots is that of the squares.
    // There, for a modulus ≡ 3 modulo 4, the order is odd and roots of degree 2 are unique too.
    let order = isEven ? (modulus - 1) / 2 : modulus - 1
    let group = ModularReduction(modulus: order)
    guard let inverse = group.inverse(exponent.denominator.residue(modulo: order)) else {
      throw .noRoot(degree: exponent.denominator.asInt ?? 0)
    }
    return reduction.power(x, group.multiply(exponent.numerator.residue(modulo: order), inverse))
  }
}
