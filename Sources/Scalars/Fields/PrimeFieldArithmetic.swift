/// Residues modulo a prime, in which an identity is tested at a random point.
///
/// A rational function that is not zero vanishes at a random point with probability at most its
/// degree divided by the modulus (Schwartz, Zippel), so that a few trials decide.
///
/// **What an answer means.** Rational operations are exact. The exponential and the functions made
/// from it follow ``PrimeFieldChain`` where there is a next level. Every other function is replaced
/// by a random function of its argument's value, keyed by the seed, which keeps a few laws (see
/// ``apply(_:_:)``). Two expressions that agree then agree, with that probability, *whatever* the
/// function is, as long as it has those laws: an accept is sound. A refusal says nothing, because
/// the real function has further laws.
///
/// A square root is the one that is a square itself, which may be the negative of the real one: an
/// accept holds up to the signs of the roots, so that √(x²) = x passes half of the trials. Who
/// needs the sign looks at a value in real numbers as well.
public struct PrimeFieldArithmetic: ScalarArithmetic, Hashable {
  /// The elements are residues, from 0 to the modulus less one.
  public typealias Element = UInt64

  /// Keys the random functions and picks the bases of exponentials.
  public let seed: UInt64
  /// How square roots are taken.
  public let roots: RootModel
  /// The chain that the modulus belongs to, if any.
  public let chain: PrimeFieldChain?
  /// The place of the modulus in the chain; 0 without one.
  public let level: Int
  @usableFromInline let reduction: ModularReduction
  /// The powers of an element whose order is the next prime of the chain.
  let exponentials: FixedBasePowers?

  /// The modulus 2⁶¹ − 1.
  public static let mersenne61: UInt64 = ModularReduction.mersenne61

  /// The field modulo a prime.
  ///
  /// - Precondition: the modulus is an odd prime below 2⁶².
  public init(modulus: UInt64 = mersenne61, seed: UInt64 = 0, roots: RootModel = .principal) {
    precondition(
      modulus == Self.mersenne61 || (modulus > 2 && modulus < 1 << 62 && isPrime(modulus)),
      "a modulus that is not an odd prime below 2⁶²")
    self.seed = seed
    self.roots = roots
    chain = nil
    level = 0
    reduction = ModularReduction(modulus: modulus)
    exponentials = nil
  }

  /// The field at a level of a chain.
  ///
  /// - Parameter isLast: whether no further level is used, so that exponentials are random functions here as they are
  ///   at the end of the chain.
  /// - Precondition: the chain has that level.
  public init(
    chain: PrimeFieldChain, level: Int = 0, seed: UInt64 = 0, roots: RootModel = .principal,
    isLast: Bool = false
  ) {
    precondition(chain.primes.indices.contains(level), "a level that the chain does not have")
    self.seed = seed
    self.roots = roots
    self.chain = chain
    self.level = level
    reduction = ModularReduction(modulus: chain.primes[level])
    if !isLast, level + 1 < chain.primes.count {
      let order = chain.primes[level + 1]
      exponentials = FixedBasePowers(
        Self.element(ofOrder: order, reduction, seed: seed), reduction, largestExponent: order)
    } else {
      exponentials = nil
    }
  }

  /// The prime that residues are taken by.
  @inlinable public var modulus: UInt64 { reduction.modulus }

  /// The residue 0.
  @inlinable public var zero: UInt64 { 0 }
  /// The residue 1.
  @inlinable public var one: UInt64 { 1 }
  /// The sum, reduced.
  @inlinable public func add(_ a: UInt64, _ b: UInt64) -> UInt64 { reduction.add(a, b) }
  /// The difference, reduced.
  @inlinable public func subtract(_ a: UInt64, _ b: UInt64) -> UInt64 { reduction.subtract(a, b) }
  /// The product, reduced.
  @inlinable public func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 { reduction.multiply(a, b) }
  /// The modulus less the element; 0 for 0.
  @inlinable public func negate(_ a: UInt64) -> UInt64 { reduction.negate(a) }
  /// Whether the residue is 0.
  @inlinable public func isZero(_ a: UInt64) -> Bool { a == 0 }

  /// Always refused: residues have no order.
  ///
  /// - Throws: ``ScalarError/unordered``.
  public func sign(_ a: UInt64) throws(ScalarError) -> Int { throw .unordered }

  /// The residue of the numerator divided by that of the denominator.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` where the modulus divides the denominator.
  public func constant(_ value: Rational) throws(ScalarError) -> UInt64 {
    try divide(
      value.numerator.residue(modulo: modulus), value.denominator.residue(modulo: modulus))
  }

  /// The product with the inverse of the divisor.
  ///
  /// - Throws: ``ScalarError/divisionByZero``.
  public func divide(_ a: UInt64, _ b: UInt64) throws(ScalarError) -> UInt64 {
    if b == 1 { return a }
    guard let inverse = reduction.inverse(b) else { throw .divisionByZero }
    return multiply(a, inverse)
  }

  /// Sums products of residues, with one reduction at the end.
  @inlinable
  public func dot(
    count: Int, _ a: UnsafePointer<UInt64>, stride aStride: Int, _ b: UnsafePointer<UInt64>,
    stride bStride: Int
  ) -> UInt64 {
    reduction.dot(count: count, a, stride: aStride, b, stride: bStride)
  }

  /// Independent, uniformly distributed elements.
  public func randomElements(count: Int, using generator: inout SeededGenerator) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      for i in 0..<count { buffer[i] = randomElement(using: &generator) }
      initializedCount = count
    }
  }

  /// A uniformly distributed element.
  @inlinable
  public func randomElement(using generator: inout some RandomNumberGenerator) -> UInt64 {
    // The modulus is above half of the mask's range wherever a field is drawn from often.
    let mask = UInt64.max &>> UInt64(modulus.leadingZeroBitCount)
    while true {
      let candidate = generator.next() & mask
      if candidate < modulus { return candidate }
    }
  }
}

// MARK: - Exponentials

extension PrimeFieldArithmetic {
  /// A random element whose order is a given prime that divides the modulus less one.
  private static func element(
    ofOrder order: UInt64, _ reduction: ModularReduction, seed: UInt64
  ) -> UInt64 {
    var generator = SeededGenerator(seed: seed, stream: reduction.modulus)
    while true {
      let draw = UInt64.random(in: 2..<reduction.modulus - 1, using: &generator)
      let candidate = reduction.power(draw, (reduction.modulus - 1) / order)
      if candidate != 1 { return candidate }
    }
  }

  /// The field in which the arguments of this field's exponentials are evaluated; `nil` at the end
  /// of the chain.
  public func argumentArithmetic() -> PrimeFieldArithmetic? {
    guard let chain, exponentials != nil else { return nil }
    return PrimeFieldArithmetic(chain: chain, level: level + 1, seed: seed, roots: roots)
  }

  /// The exponential of an element of the next level, as an element of this one.
  ///
  /// It turns sums into products, and zero into one.
  ///
  /// - Precondition: there is a next level, and `u` is one of its residues.
  public func exponential(ofArgument u: UInt64) -> UInt64 {
    guard let exponentials else {
      preconditionFailure("an exponential at the end of the chain")
    }
    return exponentials.power(u)
  }
}

/// What stands for a square root in a field.
public enum RootModel: Hashable, Sendable {
  /// The root that is a square itself; half of all elements have none. It has the law √u·√u = u.
  case principal
  /// A random function of the value, which every element has. It has no law at all, so that an accept holds for
  /// either sign of every root.
  case formal
}
