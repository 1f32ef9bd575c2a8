import Scalars
import Testing

@Suite struct IntervalTests {
  let arithmetic = IntervalArithmetic(precision: 80)

  private func interval(_ lower: Rational, _ upper: Rational) -> Interval {
    Interval(from: lower, to: upper, precision: 80)
  }

  /// Bounds of every sign pattern, for pairs.
  private static let samples: [(Rational, Rational)] = [
    (0, 0), (1, 1), (-2, -2), (0, 3), (-3, 0), (2, 5), (-7, -4), (-3, 4), (-5, 1),
    (Rational(1, 3), Rational(1, 2)), (Rational(-1, 3), Rational(1, 7)),
  ]

  /// The exact result at corners and inside is contained, and corners are bounds of the result.
  @Test func ringOperationsContainTheirValues() throws {
    for (a0, a1) in Self.samples {
      for (b0, b1) in Self.samples {
        let (a, b) = (interval(a0, a1), interval(b0, b1))
        let sum = arithmetic.add(a, b)
        let difference = arithmetic.subtract(a, b)
        let product = arithmetic.multiply(a, b)
        let dot = arithmetic.dot([a, b], [b, a])
        for x in [a0, (a0 + a1) / 2, a1] {
          for y in [b0, (b0 + b1) / 2, b1] {
            #expect(sum.contains(x + y) && difference.contains(x - y) && product.contains(x * y))
            #expect(dot.contains(x * y + x * y))
            if !b.containsZero { #expect(try arithmetic.divide(a, b).contains(x / y)) }
          }
          #expect(arithmetic.negate(a).contains(-x))
        }
        let corners = [a0 * b0, a0 * b1, a1 * b0, a1 * b1]
        let bounds = try #require(product.rationalBounds)
        let tolerance = Rational(2).power(-70)
        #expect(try #require(corners.min()) - bounds.lower <= tolerance)
        #expect(bounds.upper - (try #require(corners.max())) <= tolerance)
      }
    }
  }

  @Test func divisionByWhatMayBeZero() throws {
    let one = arithmetic.one
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.divide(one, arithmetic.zero) }
    for divisor in [interval(0, 1), interval(-1, 0), interval(-1, 1)] {
      #expect(throws: ScalarError.undecided) { try arithmetic.divide(one, divisor) }
    }
  }

  @Test func signs() throws {
    #expect(try arithmetic.sign(interval(1, 2)) == 1)
    #expect(try arithmetic.sign(interval(-2, -1)) == -1)
    #expect(try arithmetic.sign(arithmetic.zero) == 0)
    #expect(arithmetic.isZero(arithmetic.zero) && !arithmetic.isZero(interval(0, 1)))
    for open in [interval(-1, 1), interval(0, 1), interval(-1, 0)] {
      #expect(throws: ScalarError.undecided) { try arithmetic.sign(open) }
    }
  }

  /// Overflow gives an unbounded interval, never a wrong bound, and arithmetic goes on from there.
  @Test func overflowStaysSound() throws {
    let huge = arithmetic.constant(Rational(2).power(100))
    let overflown = try arithmetic.apply(.exp, huge)
    #expect(!overflown.isBounded && !overflown.containsZero)
    #expect(try arithmetic.sign(overflown) == 1)
    let underflown = try arithmetic.apply(.exp, arithmetic.negate(huge))
    #expect(underflown.contains(0))
    let square = arithmetic.multiply(overflown, overflown)
    #expect(!square.isBounded && !square.contains(0))
    #expect(arithmetic.isZero(arithmetic.multiply(arithmetic.zero, overflown)))
    let difference = arithmetic.subtract(overflown, overflown)
    #expect(difference.contains(0) && difference.contains(-1) && difference.contains(1))
    #expect(try arithmetic.divide(arithmetic.one, overflown).contains(0))
    #expect(try arithmetic.divide(overflown, overflown).contains(1))
    #expect(
      arithmetic.dot([overflown, arithmetic.negate(overflown)], [overflown, overflown]).contains(3))
    for function in ElementaryFunction.allCases {
      for argument in [overflown, arithmetic.negate(overflown), difference] {
        guard let value = try? arithmetic.apply(function, argument) else { continue }
        // Whatever the bounds, values at numbers inside the argument are in the result.
        for inside in [0, 3, -3] as [Rational] where argument.contains(inside) {
          guard let at = try? arithmetic.apply(function, arithmetic.constant(inside)) else {
            continue
          }
          #expect(value.intersection(at) != nil, "\(function) at \(inside)")
        }
      }
    }
    for function in [.sigmoid, .tanh, .erf] as [ElementaryFunction] {
      #expect(try arithmetic.apply(function, overflown).contains(1), "\(function)")
    }
    #expect(try arithmetic.apply(.sigmoid, arithmetic.negate(overflown)).contains(0))
    #expect(try arithmetic.apply(.gelu, arithmetic.negate(overflown)).contains(0))
    #expect(try arithmetic.apply(.silu, arithmetic.negate(overflown)).contains(0))
    #expect(try arithmetic.apply(.softplus, arithmetic.negate(overflown)).contains(0))
    #expect(try !arithmetic.apply(.softplus, overflown).isBounded)
  }

  /// Every value at a point of a wide argument lies in the enclosure of the argument.
  @Test func functionsContainValuesInside() throws {
    var generator = SeededGenerator(seed: 5)
    for function in ElementaryFunction.allCases {
      var decided = 0
      for _ in 0..<200 {
        let scale = [1, 1, 4, 20].randomElement(using: &generator) ?? 1
        let draw = { (generator: inout SeededGenerator) in
          Rational(Int.random(in: -1000 * scale...1000 * scale, using: &generator), 300)
        }
        let ends = [draw(&generator), draw(&generator)].sorted()
        guard let enclosure = try? arithmetic.apply(function, interval(ends[0], ends[1])) else {
          continue
        }
        decided += 1
        for step in 0...12 {
          let x = ends[0] + (ends[1] - ends[0]) * Rational(step, 12)
          let value = try IntervalArithmetic(precision: 120).apply(
            function, Interval(x, precision: 120))
          #expect(enclosure.contains(value), "\(function) on \(ends) at \(x)")
        }
      }
      #expect(decided > 5, "\(function)")
    }
  }

  /// Enclosures of one value at several precisions meet, each is about as narrow as its precision
  /// says, and none takes long, however extreme the argument.
  @Test func extremeArguments() throws {
    let exponents = [
      -1_000_000, -5000, -1074, -60, -3, 0, 3, 5, 9, 14, 16, 29, 31, 41, 64, 1023, 5000,
    ]
    for function in ElementaryFunction.allCases {
      for exponent in exponents {
        for sign in [1, -1] as [Rational] {
          // A little off the power of two, and the same number at every precision.
          let x = sign * Rational(2).power(exponent) * Rational(9, 8)
          let argument = Interval(x, precision: 53)
          guard let coarse = try? IntervalArithmetic(precision: 53).apply(function, argument),
            coarse.isBounded
          else { continue }
          let fine = try IntervalArithmetic(precision: 300).apply(function, argument)
          #expect(coarse.intersection(fine) != nil, "\(function) at \(sign)·9/8·2^\(exponent)")
          let isTiny = coarse.containsZero
          #expect(
            isTiny || fine.isNarrower(thanBits: 297, relativeTo: fine),
            "\(function) at \(sign)·9/8·2^\(exponent)")
        }
      }
    }
  }

  @Test func periodicFunctionsReachTheirExtrema() throws {
    let ends: (Rational, Rational) = (Rational(1), Rational(5, 2))
    let sine = try arithmetic.apply(.sin, interval(ends.0, ends.1))
    #expect(sine.contains(1) && !sine.contains(Rational(1, 2)))
    let cosine = try arithmetic.apply(.cos, interval(3, 4))
    #expect(cosine.contains(-1) && !cosine.contains(0))
    let whole = try arithmetic.apply(.sin, interval(0, 7))
    #expect(whole == interval(-1, 1))
    // An interval between two crests, far out: monotone, and narrow.
    let far = Rational(2).power(200)
    let narrow = try arithmetic.apply(
      .cos, Interval(from: far, to: far + Rational(1, 1 << 40), precision: 300))
    #expect((narrow.widthExponent ?? 0) <= -39)
    #expect(throws: ScalarError.undecided) { try arithmetic.apply(.tan, interval(1, 2)) }
    #expect(try arithmetic.apply(.tan, interval(2, 4)).contains(0))
    let enormous = arithmetic.constant(Rational(2).power(100_000))
    #expect(try arithmetic.apply(.sin, enormous) == interval(-1, 1))
    #expect(throws: ScalarError.undecided) { try arithmetic.apply(.tan, enormous) }
  }

  /// The minima, whose values were found with mpmath's root finder.
  @Test(arguments: [20, 53, 128, 400]) func minima(precision: Int) throws {
    let arithmetic = IntervalArithmetic(precision: precision)
    let cases: [(ElementaryFunction, String, String)] = [
      (
        .silu, "-0.27846454276107379510935873902298015543947748861974576545318",
        "-1.278464542761074"
      ),
      (
        .gelu, "-0.169971207479903661693868470982433922832852392418237751961129",
        "-0.751791524693564"
      ),
    ]
    for (function, minimum, minimiser) in cases {
      let least = try #require(Rational(parsing: minimum))
      let at = try #require(Rational(parsing: minimiser))
      let slack = Rational(10).power(-15)
      let around = Interval(from: at - slack, to: at + slack, precision: max(precision, 64))
      let wide = Interval(from: -4, to: 3, precision: precision)
      for argument in [around, wide] {
        let bounds = try #require(try arithmetic.apply(function, argument).rationalBounds)
        let tolerance = max(Rational(2).power(2 - precision), Rational(10).power(-58))
        #expect(bounds.lower <= least + Rational(10).power(-58))
        #expect(bounds.lower >= least - tolerance, "\(function) at \(precision)")
      }
      let top = try arithmetic.apply(function, wide)
      #expect(top.contains(try arithmetic.apply(function, Interval(3, precision: precision))))
      // Just left of the minimiser the function still decreases, just right it increases.
      let left = try arithmetic.apply(
        function, Interval(from: -4, to: at - slack * 2, precision: 80))
      #expect(left.contains(try arithmetic.apply(function, Interval(-4, precision: 80))))
    }
  }

  /// The rational numbers between which the code takes the minimisers to lie do enclose them: there
  /// the derivative is negative on the left and positive on the right.
  @Test func minimisers() throws {
    let base = IntervalArithmetic(precision: 200)
    let dual = DualArithmetic(base)
    let cases: [(ElementaryFunction, Int)] = [
      (.silu, -1_278_464_542_761_074), (.gelu, -751_791_524_693_565),
    ]
    for (function, left) in cases {
      for (numerator, sign) in [(left, -1), (left + 1, 1)] {
        let x = base.constant(Rational(numerator, 1_000_000_000_000_000))
        let slope = try dual.apply(function, Dual(primal: x, tangent: base.one)).tangent
        #expect(try base.sign(slope) == sign)
      }
    }
  }

  @Test func domains() throws {
    let cases: [(ElementaryFunction, Rational, Rational, ScalarError)] = [
      (.log, -1, 0, .domain(.log)), (.log, -1, 1, .undecided), (.log, 0, 1, .undecided),
      (.log1p, -3, -1, .domain(.log1p)), (.log1p, -1, 0, .undecided),
      (.sqrt, -2, -1, .domain(.sqrt)), (.sqrt, -1, 1, .undecided),
      (.rsqrt, 0, 0, .divisionByZero), (.rsqrt, 0, 1, .undecided),
      (.rsqrt, -2, -1, .domain(.rsqrt)),
      (.asin, 2, 3, .domain(.asin)), (.asin, 0, 2, .undecided),
      (.acos, -3, -2, .domain(.acos)), (.acos, -2, 0, .undecided),
    ]
    for (function, lower, upper, error) in cases {
      #expect(throws: error, "\(function) on \(lower)...\(upper)") {
        try arithmetic.apply(function, interval(lower, upper))
      }
    }
    #expect(try arithmetic.apply(.sqrt, interval(0, 4)) == interval(0, 2))
    #expect(try arithmetic.isZero(arithmetic.apply(.log, arithmetic.one)))
    #expect(try arithmetic.isZero(arithmetic.apply(.acos, arithmetic.one)))
  }

  @Test func powers() throws {
    #expect(try arithmetic.power(interval(-2, 3), 2) == interval(0, 9))
    #expect(try arithmetic.power(interval(-2, 3), 3) == interval(-8, 27))
    #expect(try arithmetic.power(interval(-4, -2), -2) == interval(Rational(1, 16), Rational(1, 4)))
    #expect(
      try arithmetic.power(interval(-4, -2), -1) == interval(Rational(-1, 2), Rational(-1, 4)))
    #expect(try arithmetic.power(interval(4, 9), Rational(1, 2)) == interval(2, 3))
    #expect(try arithmetic.power(interval(0, 8), Rational(2, 3)) == interval(0, 4))
    #expect(try arithmetic.power(interval(-1, 1), 0) == arithmetic.one)
    #expect(throws: ScalarError.divisionByZero) { try arithmetic.power(arithmetic.zero, -1) }
    #expect(throws: ScalarError.undecided) { try arithmetic.power(interval(-1, 1), -1) }
    #expect(throws: ScalarError.domain(nil)) {
      try arithmetic.power(interval(-2, -1), Rational(1, 3))
    }
    #expect(throws: ScalarError.undecided) { try arithmetic.power(interval(-2, 1), Rational(1, 2)) }
    let root = try arithmetic.power(arithmetic.constant(2), Rational(7, 3))
    #expect(try arithmetic.power(root, 3).contains(128))
    #expect(root.isNarrower(thanBits: 77, relativeTo: root))
    #expect(!root.isNarrower(thanBits: 81, relativeTo: root))
  }

  @Test func digits() throws {
    let root = try arithmetic.apply(.sqrt, arithmetic.constant(2))
    #expect(root.midpointDecimal(digits: 20) == ("1.4142135623730950488", true))
    #expect(root.midpointDecimal(digits: 40).certain == false)
    let circle = IntervalArithmetic(precision: 128).pi()
    #expect(circle.midpointDecimal(digits: 30) == ("3.14159265358979323846264338328", true))
    #expect(arithmetic.constant(Rational(-5, 4)).midpointDecimal(digits: 10) == ("-1.25", true))
    #expect(arithmetic.zero.midpointDecimal(digits: 10) == ("0", true))
    #expect(arithmetic.constant(1200).midpointDecimal(digits: 3) == ("1200", true))
    #expect(interval(-1, 1).midpointDecimal(digits: 1).certain == false)
    #expect(interval(0, Rational(1, 1000)).midpointDecimal(digits: 1).certain == false)
    #expect(arithmetic.constant(Rational(1, 3)).midpointDecimal(digits: 5) == ("0.33333", true))
    let tiny = try arithmetic.apply(.exp, arithmetic.constant(-1_000_000))
    #expect(tiny.midpointDecimal(digits: 8) == ("3.2968315e-434295", true))
    // Halfway between two texts no precision is enough, and it says so.
    let tie = Interval(from: Rational(1249, 10_000), to: Rational(1251, 10_000), precision: 80)
    #expect(tie.midpointDecimal(digits: 2).certain == false)
  }

  @Test func sets() throws {
    #expect(interval(0, 2).intersection(interval(1, 3)) == interval(1, 2))
    #expect(interval(0, 1).intersection(interval(2, 3)) == nil)
    #expect(interval(0, 1).union(interval(2, 3)) == interval(0, 3))
    #expect(interval(0, 1).contains(Rational(1, 3)) && !interval(0, 1).contains(2))
    #expect(interval(0, 8).widthExponent == 4 && interval(1, 1).widthExponent == nil)
    let third = Interval(Rational(1, 3), precision: 100)
    #expect(third.contains(Rational(1, 3)) && !third.isPoint)
    #expect(third.rounded(toPrecision: 10).contains(third))
  }
}
