import Scalars
import Testing

@Suite struct RationalArithmeticTests {
  let arithmetic = RationalArithmetic()

  @Test func exactValues() throws {
    let cases: [(ElementaryFunction, Rational, Rational)] = [
      (.exp, 0, 1), (.log, 1, 0), (.log1p, 0, 0), (.expm1, 0, 0),
      (.sqrt, Rational(4, 9), Rational(2, 3)),
      (.rsqrt, Rational(4, 9), Rational(3, 2)), (.sin, 0, 0), (.cos, 0, 1), (.tan, 0, 0),
      (.asin, 0, 0),
      (.acos, 1, 0), (.atan, 0, 0), (.sinh, 0, 0), (.cosh, 0, 1), (.tanh, 0, 0),
      (.sigmoid, 0, Rational(1, 2)),
      (.erf, 0, 0), (.gelu, 0, 0), (.silu, 0, 0), (.sqrt, 0, 0),
    ]
    for (function, x, value) in cases { #expect(try arithmetic.apply(function, x) == value) }
  }

  @Test func everythingElseIsIrrationalOrOutside() {
    for function in ElementaryFunction.allCases {
      #expect(throws: ScalarError.irrational(function)) {
        try arithmetic.apply(function, Rational(2, 5))
      }
    }
    #expect(throws: ScalarError.irrational(.softplus)) { try arithmetic.apply(.softplus, 0) }
    #expect(throws: ScalarError.irrational(nil)) { try arithmetic.pi() }
    let outside: [(ElementaryFunction, Rational)] = [
      (.log, 0), (.log, -1), (.log1p, -1), (.sqrt, -1), (.rsqrt, -4), (.asin, 2), (.acos, -2),
    ]
    for (function, x) in outside {
      #expect(throws: ScalarError.domain(function)) { try arithmetic.apply(function, x) }
    }
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.apply(.rsqrt, 0) }
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.divide(1, 0) }
  }

  @Test func powers() throws {
    #expect(try arithmetic.power(Rational(8, 27), Rational(-2, 3)) == Rational(9, 4))
    #expect(try arithmetic.power(-2, 3) == -8 && arithmetic.power(-2, 0) == 1)
    #expect(try arithmetic.power(-1, Rational(Integer(10).power(30))) == 1)
    #expect(try arithmetic.power(1, Rational(1, 3)) == 1)
    #expect(throws: ScalarError.irrational(nil)) { try arithmetic.power(2, Rational(1, 2)) }
    #expect(throws: ScalarError.domain(nil)) { try arithmetic.power(-8, Rational(1, 3)) }
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.power(0, -1) }
    #expect(throws: ScalarError.overflow) { try arithmetic.power(2, 1_000_000_000_000) }
    #expect(throws: ScalarError.overflow) { try arithmetic.power(3, Rational(.min)) }
    #expect(throws: ScalarError.overflow) {
      try arithmetic.power(2, Rational(Integer(10).power(30)))
    }
  }

  @Test func dotProducts() {
    let a: [Rational] = [Rational(1, 2), Rational(.max), Rational(-3, 7), 4]
    let b: [Rational] = [Rational(2, 3), Rational(.max), Rational(5, 9), Rational(1, .max)]
    #expect(arithmetic.dot(a, b) == zip(a, b).map(*).reduce(0, +))
  }
}

@Suite struct DoubleArithmeticTests {
  let arithmetic = DoubleArithmetic()

  /// Rounded values stay within a few units of the last place of the enclosures.
  @Test func functionsAreAccurate() throws {
    let intervals = IntervalArithmetic(precision: 100)
    var generator = SeededGenerator(seed: 12)
    for function in ElementaryFunction.allCases {
      for scale in [0.001, 1, 30, 1e-12] {
        for _ in 0..<20 {
          let x = Double.random(in: -1...1, using: &generator) * scale
          let exact = try #require(Rational(exactly: x))
          guard let value = try? arithmetic.apply(function, x) else { continue }
          let enclosure = try intervals.apply(function, intervals.constant(exact))
          // Eight units: a quotient or product of three rounded values of the C library, whose own
          // error is below one unit; gelu's exponential decay multiplies that of x/√2 by x².
          let relative = function == .gelu ? max(8, x * x * 4) : 8
          let allowed = max(relative * value.ulp, .leastNonzeroMagnitude)
          #expect(abs(enclosure.doubleValue - value) <= allowed, "\(function) at \(x)")
        }
      }
    }
  }

  @Test func farOut() throws {
    #expect(try arithmetic.apply(.sigmoid, -1000) == 0 && arithmetic.apply(.sigmoid, 1000) == 1)
    #expect(
      try arithmetic.apply(.softplus, 1000) == 1000 && arithmetic.apply(.softplus, -1000) == 0)
    #expect(try arithmetic.apply(.gelu, -1e200) == 0 && arithmetic.apply(.gelu, 1e200) == 1e200)
    #expect(try arithmetic.apply(.silu, -1e200) == 0 && arithmetic.apply(.silu, 1e200) == 1e200)
    // What overflows stays a number, for masks to turn off.
    #expect(try arithmetic.apply(.exp, 1000) == .greatestFiniteMagnitude)
    #expect(try arithmetic.apply(.sinh, -1000) == -.greatestFiniteMagnitude)
    #expect(throws: ScalarError.domain(.log)) { try arithmetic.apply(.log, 0) }
    #expect(throws: ScalarError.domain(.asin)) { try arithmetic.apply(.asin, 2) }
    #expect(throws: ScalarError.domain(.sqrt)) { try arithmetic.apply(.sqrt, -1) }
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.apply(.rsqrt, 0) }
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.divide(1, 0) }
    #expect(throws: ScalarError.undecided) { try arithmetic.sign(.nan) }
  }

  @Test func powers() throws {
    #expect(
      try arithmetic.power(-2, 3) == -8 && arithmetic.power(2, Rational(1, 2)) == 2.0.squareRoot())
    #expect(try arithmetic.power(-1, Rational(Int.max)) == -1)
    #expect(try arithmetic.power(0, 0) == 1)
    #expect(throws: ScalarError.domain(nil)) { try arithmetic.power(-8, Rational(1, 3)) }
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.power(0, -1) }
  }
}

@Suite struct SeededGeneratorTests {
  /// The reference output of SplitMix64 for the seed 1234567, as Rosetta Code and others publish
  /// it.
  @Test func knownStream() {
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test func genericValues() {
    var generator = SeededGenerator(seed: 2)
    var values: Set<Rational> = []
    for _ in 0..<300 {
      let value = generator.genericRational()
      #expect(!value.isInteger && value.numerator.magnitude <= 12 && value.denominator <= 12)
      values.insert(value)
      #expect(generator.genericRational(isNegativeAllowed: false) > 0)
      let integer = generator.genericInteger()
      #expect(integer.isInteger && integer.magnitude >= 2 && integer.magnitude <= 9)
    }
    #expect(values.count > 60)
    var (first, second) = (SeededGenerator(seed: 1, stream: 1), SeededGenerator(seed: 1, stream: 2))
    #expect(first.next() != second.next())
  }
}
