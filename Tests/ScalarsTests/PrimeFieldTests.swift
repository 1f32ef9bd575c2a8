import Testing

@testable import Scalars

/// A few chains of all levels.
let sampleChains = (0..<4).map { PrimeFieldChain(count: PrimeFieldChain.largestCount, seed: $0) }

@Suite struct PrimeFieldTests {
  static let fields: [PrimeFieldArithmetic] =
    [PrimeFieldArithmetic(seed: 3)]
    + [3, 5, 7, 97, 65_537, 4_294_967_291].map { PrimeFieldArithmetic(modulus: $0, seed: 3) }
    + [PrimeFieldArithmetic(modulus: 4_611_686_018_427_387_847)]
    + sampleChains.flatMap { chain in
      chain.primes.indices.map { PrimeFieldArithmetic(chain: chain, level: $0, seed: 3) }
    }

  /// Elements at both ends of the field and random ones.
  private func samples(_ field: PrimeFieldArithmetic, count: Int = 12) -> [UInt64] {
    var generator = SeededGenerator(seed: field.modulus)
    let random = (0..<count).map { _ in field.randomElement(using: &generator) }
    return [0, 1, 2, field.modulus - 1, field.modulus - 2] + random
  }

  @Test func productsAgreeWithLongDivision() {
    for field in Self.fields {
      for a in samples(field) {
        for b in samples(field) {
          let expected = field.modulus.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder
          #expect(field.multiply(a, b) == expected, "\(a)·\(b) mod \(field.modulus)")
        }
      }
    }
  }

  @Test func fieldLaws() throws {
    for field in Self.fields {
      for a in samples(field) {
        #expect(field.add(a, field.negate(a)) == 0 && field.subtract(a, a) == 0)
        if a == 0 {
          #expect(throws: ScalarError.divisionByZero) { try field.divide(1, a) }
        } else {
          #expect(try field.multiply(a, field.divide(1, a)) == 1)
        }
        for b in samples(field) {
          #expect(field.add(a, b) == field.add(b, a) && field.add(a, b) < field.modulus)
          #expect(field.subtract(field.add(a, b), b) == a)
          let c = field.add(a, 2 % field.modulus)
          #expect(
            field.multiply(c, field.add(a, b))
              == field.add(field.multiply(c, a), field.multiply(c, b)))
        }
      }
    }
  }

  @Test func sumsOfProducts() {
    for field in Self.fields {
      // The greatest residues, many of them, reach every carry.
      let high = [UInt64](repeating: field.modulus - 1, count: 1000)
      #expect(field.dot(high, high) == 1000 % field.modulus)
      let a = samples(field, count: 200)
      let expected = zip(a, a.reversed()).reduce(0) {
        field.add($0, field.multiply($1.0, $1.1))
      }
      #expect(field.dot(a, a.reversed()) == expected)
      let strided = a.withUnsafeBufferPointer { a in
        field.dot(count: 3, a.baseAddress!, stride: 2, a.baseAddress! + 7, stride: -3)
      }
      let terms = [(0, 7), (2, 4), (4, 1)].map { field.multiply(a[$0.0], a[$0.1]) }
      #expect(strided == terms.reduce(0, field.add))
    }
    #expect(PrimeFieldArithmetic().dot([], []) == 0)
  }

  @Test func constants() throws {
    let field = PrimeFieldArithmetic(modulus: 97)
    #expect(try field.constant(Rational(1, 2)) == 49)
    #expect(try field.constant(-1) == 96)
    #expect(throws: ScalarError.divisionByZero) { try field.constant(Rational(1, 97)) }
    let large = Rational(7, 3).power(100)
    let third = try field.constant(Rational(7, 3))
    #expect(try field.constant(large) == field.power(third, natural: 100))
    #expect(throws: ScalarError.unordered) { try field.sign(3) }
  }

  @Test func rootsAndPowers() throws {
    for field in Self.fields where field.modulus > 100 {
      var squares = 0
      for a in samples(field, count: 40) {
        #expect(try field.power(a, 5) == field.power(a, natural: 5))
        let root = try field.squareRoot(field.multiply(a, a))
        #expect(root == a || root == field.negate(a))
        if let root = try? field.squareRoot(a) {
          squares += 1
          #expect(field.multiply(root, root) == a)
          #expect(try field.power(a, Rational(1, 2)) == root)
          if a != 0 {
            #expect(try field.power(a, Rational(-3, 2)) == field.divide(1, field.power(root, 3)))
          }
        }
      }
      #expect((5...40).contains(squares))
    }
    let field = PrimeFieldArithmetic(chain: sampleChains[0])
    for degree in [3, 5, 15] {
      let root = try field.power(12_345, Rational(1, degree))
      #expect(field.power(root, natural: degree) == 12_345)
    }
    #expect(throws: ScalarError.noRoot(degree: 3)) {
      try PrimeFieldArithmetic().power(5, Rational(1, 3))
    }
    #expect(throws: ScalarError.divisionByZero) { try field.power(0, -1) }
    #expect(throws: ScalarError.notASquare) { try field.squareRoot(field.modulus - 1) }
  }

  @Test func primality() {
    let small = (0..<200).filter { isPrime(UInt64($0)) }
    let sieve = (2..<200).filter { n in !(2..<n).contains { n.isMultiple(of: $0) } }
    #expect(small == sieve)
    #expect(isPrime((1 << 61) - 1) && isPrime(18_446_744_073_709_551_557))
    // Carmichael numbers, a strong pseudoprime to the bases 2, 3, 5, 7, and a square.
    for composite: UInt64 in [561, 41_041, 3_215_031_751, 4_294_967_291 * 4_294_967_291, .max] {
      #expect(!isPrime(composite))
    }
  }
}

@Suite struct PrimeFieldChainTests {
  @Test func chainsAreWhatTheyClaim() {
    let least: [UInt64] = [1 << 60, 1 << 59, 1 << 49, 1 << 44, 1 << 40, 1 << 36]
    for count in 1...6 {
      let chain = PrimeFieldChain(count: count, seed: 5)
      #expect(chain.primes.count == count)
      #expect(zip(chain.primes, least).allSatisfy { $0 > $1 })
      let bits = UInt64(PrimeFieldChain.leastBits(count: count))
      #expect((chain.primes.last ?? 0) > UInt64(1) << bits)
      for prime in chain.primes {
        #expect(isPrime(prime) && prime < 1 << 62)
        #expect(prime % 8 == 7 && prime % 3 == 2 && prime % 5 != 1)
      }
      for (prime, next) in zip(chain.primes, chain.primes.dropFirst()) {
        #expect((prime - 1).isMultiple(of: next))
      }
    }
  }

  /// No two of a thousand seeds share a prime, and equal seeds give equal ones.
  @Test(arguments: [1, 2])
  func chainsOfDifferentSeedsAreDisjoint(count: Int) {
    let all = (0..<1000).flatMap { PrimeFieldChain(count: count, seed: $0).primes }
    #expect(Set(all).count == 1000 * count)
    #expect(PrimeFieldChain(count: count, seed: 3) == PrimeFieldChain(count: count, seed: 3))
  }

  /// The quick test lets every prime pass, and the first pseudoprimes to base 2 are not what is taken for primes.
  @Test func probablePrimes() {
    for n in stride(from: UInt64(3), to: 20_000, by: 2) {
      let isKnown = (2..<n).allSatisfy { $0 * $0 > n || !n.isMultiple(of: $0) }
      #expect(isPrime(n) == isKnown)
      if isKnown { #expect(isProbablePrime(n)) }
    }
    #expect(isProbablePrime(2047) && !isPrime(2047))
    #expect(!isProbablePrime(2049))
  }

  @Test func exponentialTurnsSumsIntoProducts() throws {
    for chain in sampleChains {
      for level in 0..<chain.primes.count - 1 {
        let field = PrimeFieldArithmetic(chain: chain, level: level, seed: 11)
        let next = try #require(field.argumentArithmetic())
        #expect(next.modulus == chain.primes[level + 1])
        var generator = SeededGenerator(seed: UInt64(level))
        for _ in 0..<20 {
          let (u, v) = (
            next.randomElement(using: &generator), next.randomElement(using: &generator)
          )
          let (e, f) = (field.exponential(ofArgument: u), field.exponential(ofArgument: v))
          #expect(field.exponential(ofArgument: next.add(u, v)) == field.multiply(e, f))
          #expect(field.multiply(e, field.exponential(ofArgument: next.negate(u))) == 1)
          #expect(e != 1)
          // The wrong homomorphism, with arguments added in the field itself, is refused.
          #expect(
            field.exponential(ofArgument: next.add(next.add(u, v), 1)) != field.multiply(e, f))
        }
        #expect(field.exponential(ofArgument: 0) == 1)
        #expect(throws: ScalarError.needsArgumentLevel) { try field.apply(.exp, 5) }
      }
      let last = PrimeFieldArithmetic(chain: chain, level: chain.primes.count - 1)
      #expect(last.argumentArithmetic() == nil)
    }
  }

  /// Powers from a table against repeated squaring.
  @Test func tabulatedPowers() {
    var generator = SeededGenerator(seed: 3)
    for modulus in [7, 1_000_003, sampleChains[1].primes[0]] as [UInt64] {
      let reduction = ModularReduction(modulus: modulus)
      for largest in [1, 63, 64, modulus - 1] as [UInt64] {
        let base = UInt64.random(in: 2..<modulus, using: &generator)
        let powers = FixedBasePowers(base, reduction, largestExponent: largest)
        let drawn = (0..<20).map { _ in UInt64.random(in: 0...largest, using: &generator) }
        for exponent in [0, 1, largest] + drawn {
          #expect(powers.power(exponent) == reduction.power(base, exponent))
        }
      }
    }
  }

  @Test func basesDependOnTheSeed() {
    let chain = sampleChains[0]
    let values = (0..<20).map {
      PrimeFieldArithmetic(chain: chain, seed: $0).exponential(ofArgument: 1)
    }
    #expect(Set(values).count == 20)
    let again = PrimeFieldArithmetic(chain: chain, seed: 7).exponential(ofArgument: 1)
    #expect(again == values[7])
  }

  @Test func modelsKeepTheirLaws() throws {
    for field in PrimeFieldTests.fields where field.modulus > 1 << 30 {
      var generator = SeededGenerator(seed: 4)
      for _ in 0..<10 {
        let x = max(3, field.randomElement(using: &generator))
        let minus = field.negate(x)
        for function in [.sin, .tan, .asin, .atan, .erf] as [ElementaryFunction] {
          #expect(try field.apply(function, minus) == field.negate(field.apply(function, x)))
          #expect(try field.apply(function, 0) == 0)
          #expect(try field.apply(function, x) != field.apply(function, field.add(x, 1)))
        }
        let (sine, cosine) = (try field.apply(.sin, x), try field.apply(.cos, x))
        #expect(field.add(field.multiply(sine, sine), field.multiply(cosine, cosine)) == 1)
        #expect(try field.apply(.tan, x) == field.divide(sine, cosine))
        #expect(try field.apply(.cos, minus) == cosine)
        let inverse = try field.divide(1, x)
        #expect(try field.apply(.log, inverse) == field.negate(field.apply(.log, x)))
        #expect(try field.apply(.log1p, x) == field.apply(.log, field.add(x, 1)))
        let quarter = try field.divide(field.pi(), 2)
        #expect(try field.add(field.apply(.asin, x), field.apply(.acos, x)) == quarter)
      }
      #expect(try field.apply(.log, 1) == 0)
      #expect(try field.apply(.cos, 0) == 1)
      #expect(throws: ScalarError.domain(.log)) { try field.apply(.log, 0) }
      let root = try field.squareRoot(field.pi())
      #expect(try field.multiply(root, root) == field.pi())
    }
  }

  /// Without a next level the exponential is a random function that keeps inverses.
  @Test func keyedExponential() throws {
    let field = PrimeFieldArithmetic(seed: 9)
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<20 {
      let x = field.randomElement(using: &generator)
      let e = try field.apply(.exp, x)
      #expect(try field.multiply(e, field.apply(.exp, field.negate(x))) == 1)
      let sigmoid = try field.apply(.sigmoid, x)
      #expect(try field.add(sigmoid, field.apply(.sigmoid, field.negate(x))) == 1)
    }
    #expect(try field.apply(.exp, 0) == 1 && field.apply(.tanh, 0) == 0)
  }
}

@Suite struct PrimeTowerTests {
  let tower = PrimeTowerArithmetic(chain: sampleChains[2], levels: 4, seed: 21)

  private func draw(_ seed: UInt64) -> PrimeTowerElement {
    var generator = SeededGenerator(seed: seed)
    return tower.randomElement(using: &generator)
  }

  @Test func identitiesOfExponentials() throws {
    let (x, y) = (draw(1), draw(2))
    let exp = { (x: PrimeTowerElement) throws in try tower.apply(.exp, x) }
    #expect(try exp(tower.add(x, y)).residue == tower.multiply(exp(x), exp(y)).residue)
    // Nested: e^(e^(x+y)) = e^(eˣ·eʸ), σ(σ(x)) through exponentials.
    let inner = try tower.multiply(exp(x), exp(y))
    #expect(try exp(exp(tower.add(x, y))).residue == exp(inner).residue)
    #expect(try exp(exp(tower.add(x, y))).residue != exp(tower.add(exp(x), exp(y))).residue)
    let sigmoid = try tower.apply(.sigmoid, x)
    let other = try tower.divide(tower.one, tower.add(tower.one, exp(tower.negate(x))))
    #expect(sigmoid.residue == other.residue)
    #expect(try tower.apply(.sigmoid, sigmoid).residue == tower.apply(.sigmoid, other).residue)
    // tanh x = 2·σ(2x) − 1
    let twice = try tower.apply(.sigmoid, tower.add(x, x))
    #expect(
      try tower.apply(.tanh, x).residue
        == tower.subtract(tower.add(twice, twice), tower.one).residue)
    #expect(try tower.apply(.tanh, x).residue != twice.residue)
    let softplus = try tower.apply(.softplus, x)
    #expect(try softplus.residue == tower.apply(.log, tower.add(tower.one, exp(x))).residue)
  }

  /// A missing root at a deeper level matters only to exponentials.
  @Test func missingRootsBelow() throws {
    var kept = 0
    for seed in 0..<64 as Range<UInt64> {
      let x = draw(seed)
      guard let root = try? tower.apply(.sqrt, x) else { continue }
      kept += 1
      #expect(tower.multiply(root, root).residue == x.residue)
      if (try? tower.apply(.exp, root)) == nil {
        #expect(throws: ScalarError.notASquare) { try tower.apply(.exp, root) }
      }
    }
    #expect((16...48).contains(kept))
    #expect(throws: ScalarError.divisionByZero) { try tower.divide(tower.one, tower.zero) }
    #expect(throws: ScalarError.unordered) { try tower.sign(tower.one) }
  }
}
