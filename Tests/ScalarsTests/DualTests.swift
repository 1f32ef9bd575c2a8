import Scalars
import Testing

@Suite struct DualTests {
  /// Polynomials and quotients over the rationals, against derivatives worked out by hand.
  @Test func rationalFunctions() throws {
    let dual = DualArithmetic(RationalArithmetic())
    for x in [Rational(3, 7), -2, Rational(-5, 3)] {
      let variable = Dual(primal: x, tangent: 1)
      let cube = dual.multiply(variable, dual.multiply(variable, variable))
      #expect(cube == Dual(primal: x.power(3), tangent: x.power(2) * 3))
      #expect(try dual.power(variable, -2) == Dual(primal: x.power(-2), tangent: x.power(-3) * -2))
      // ((x² + 1)/(x − 5))˙ = (x² − 10x − 1)/(x − 5)²
      let above = dual.add(dual.multiply(variable, variable), dual.one)
      let below = dual.subtract(variable, try dual.constant(5))
      let quotient = try dual.divide(above, below)
      #expect(quotient.tangent == (x * x - x * 10 - 1) / (x - 5).power(2))
      #expect(dual.negate(variable).tangent == -1)
      #expect(try dual.sign(variable) == x.signum())
    }
    #expect(try dual.power(Dual(primal: 0, tangent: 1), 1).tangent == 1)
    #expect(
      try dual.power(Dual(primal: Rational(9, 4), tangent: 1), Rational(1, 2)).tangent
        == Rational(1, 3))
    #expect(dual.isZero(dual.zero) && !dual.isZero(Dual(primal: 0, tangent: 1)))
  }

  /// By the mean value theorem (f(b) − f(a))/(b − a) is a value of f′ between a and b, so that it
  /// meets the enclosure of f′ over [a, b]; and that enclosure is narrow, so that another formula
  /// would not.
  @Test func derivativesOfFunctions() throws {
    let base = IntervalArithmetic(precision: 200)
    let dual = DualArithmetic(base)
    let step = Rational(2).power(-60)
    var generator = SeededGenerator(seed: 8)
    for function in ElementaryFunction.allCases {
      var checked = 0
      for _ in 0..<60 {
        let a = generator.genericRational(bound: 40)
        let b = a + step
        let inside = Interval(from: a, to: b, precision: 200)
        guard
          let value = try? dual.apply(function, Dual(primal: inside, tangent: base.one)),
          let low = try? base.apply(function, base.constant(a)),
          let high = try? base.apply(function, base.constant(b))
        else { continue }
        checked += 1
        let quotient = try base.divide(base.subtract(high, low), base.constant(step))
        #expect(value.tangent.intersection(quotient) != nil, "\(function) at \(a)")
        #expect((value.tangent.widthExponent ?? 0) < -25, "\(function) at \(a)")
        let wrong = base.multiply(value.tangent, base.constant(Rational(10_001, 10_000)))
        if (value.tangent.doubleValue).magnitude > 0.01 {
          #expect(wrong.intersection(quotient) == nil, "\(function) at \(a)")
        }
      }
      #expect(checked >= 20, "\(function)")
    }
  }

  @Test func secondDerivatives() throws {
    let base = DualArithmetic(DoubleArithmetic())
    let dual = DualArithmetic(base)
    // (sin x)¨ = −sin x, through duals of duals.
    let variable = Dual(primal: Dual(primal: 0.7, tangent: 1), tangent: Dual(primal: 1, tangent: 0))
    let sine = try dual.apply(.sin, variable)
    #expect(sine.tangent.tangent == -sine.primal.primal)
  }

  /// Over a tower of fields the derivative formulas are exact identities of exponentials.
  @Test func derivativesInTowers() throws {
    let tower = PrimeTowerArithmetic(chain: sampleChains[1], levels: 3, seed: 5)
    let dual = DualArithmetic(tower)
    var generator = SeededGenerator(seed: 6)
    let x = tower.randomElement(using: &generator)
    let variable = Dual(primal: x, tangent: tower.one)
    let s = try tower.apply(.sigmoid, x)
    let slope = try dual.apply(.sigmoid, variable).tangent
    #expect(slope.residue == tower.multiply(s, tower.subtract(tower.one, s)).residue)
    let t = try tower.apply(.tanh, x)
    let tanhSlope = try dual.apply(.tanh, variable).tangent
    #expect(tanhSlope.residue == tower.subtract(tower.one, tower.multiply(t, t)).residue)
    for function in [.exp, .expm1, .sinh, .cosh, .softplus, .silu, .erf, .gelu]
      as [ElementaryFunction]
    {
      #expect(throws: Never.self, "\(function)") { try dual.apply(function, variable) }
    }
  }

  /// The hook for evaluators that keep levels apart agrees with the tower.
  @Test func argumentLevelHook() throws {
    let chain = sampleChains[1]
    let field = PrimeFieldArithmetic(chain: chain, seed: 5)
    let next = try #require(field.argumentArithmetic())
    let dual = DualArithmetic(field)
    var generator = SeededGenerator(seed: 6)
    let x = field.randomElement(using: &generator)
    let u = next.randomElement(using: &generator)
    let variable = Dual(primal: x, tangent: 3)
    let e = field.exponential(ofArgument: u)
    #expect(
      try dual.apply(.exp, variable, argument: u)
        == dual.exponential(primalResult: e, tangentOfArgument: 3))
    let s = try field.apply(.sigmoid, x, argument: u)
    let expected = field.multiply(3, field.multiply(s, field.subtract(1, s)))
    #expect(try dual.apply(.sigmoid, variable, argument: u).tangent == expected)
    for function in ElementaryFunction.allCases
    where ![.sqrt, .rsqrt, .asin, .acos].contains(function) {
      #expect(throws: Never.self, "\(function)") { try dual.apply(function, variable, argument: u) }
    }
    #expect(throws: ScalarError.needsArgumentLevel) { try dual.apply(.exp, variable) }
  }
}
