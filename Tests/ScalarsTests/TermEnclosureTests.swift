import Scalars
import Testing

/// Formulas whose values are close, and formulas whose values are equal, in enclosures of growing precision.
@Suite struct TermEnclosureTests {
  struct Pair: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sides:
      @Sendable (TermEnclosureArithmetic) throws(ScalarError) -> (TermEnclosure, TermEnclosure)

    init(
      _ name: String,
      _ sides:
        @escaping @Sendable (TermEnclosureArithmetic) throws(ScalarError) -> (
          TermEnclosure, TermEnclosure
        )
    ) {
      testDescription = name
      self.sides = sides
    }
  }

  private static let precisions = [256, 512, 1024, 2048, 4096]
  /// 10⁻³⁰⁰, and a number about 10⁻⁶⁰⁰.
  private static let tiny = 1 / Rational(Integer(10).power(300))
  private static let tinier = tiny * tiny / 3

  @Test(arguments: [
    Pair("log(2 + h) and log(2)") { a throws(ScalarError) in
      let two = a.constant(2)
      return (try a.apply(.log, a.add(two, a.constant(tiny))), try a.apply(.log, two))
    },
    Pair("exp(h) and 1 + h") { a throws(ScalarError) in
      let h = a.constant(tinier)
      return (try a.apply(.exp, h), a.add(a.one, h))
    },
    Pair("cos(h) and 1") { a throws(ScalarError) in
      (try a.apply(.cos, a.constant(tinier)), a.one)
    },
    Pair("1/(e + h) and 1/e") { a throws(ScalarError) in
      let e = try a.apply(.exp, a.one)
      return (
        try a.divide(a.one, a.add(e, a.constant(tiny))), try a.divide(a.one, e)
      )
    },
    Pair("(e + h)**2 and e**2 + 2*e*h") { a throws(ScalarError) in
      let e = try a.apply(.exp, a.one)
      let h = a.constant(tinier)
      return (
        try a.power(a.add(e, h), 2),
        a.add(a.multiply(e, e), a.multiply(a.constant(2), a.multiply(e, h)))
      )
    },
    Pair("sqrt((1 + h)**2) and 1") { a throws(ScalarError) in
      let value = a.add(a.one, a.constant(tinier))
      return (try a.apply(.sqrt, a.multiply(value, value)), a.one)
    },
    Pair("erf(200) and 1") { a throws(ScalarError) in
      (try a.apply(.erf, a.constant(200)), a.one)
    },
    Pair("tanh(5000) and 1") { a throws(ScalarError) in
      (try a.apply(.tanh, a.constant(5000)), a.one)
    },
    Pair("cosh(5000) and sinh(5000)") { a throws(ScalarError) in
      (try a.apply(.cosh, a.constant(5000)), try a.apply(.sinh, a.constant(5000)))
    },
    Pair("softplus(5000) and 5000") { a throws(ScalarError) in
      (try a.apply(.softplus, a.constant(5000)), a.constant(5000))
    },
    Pair("silu(5000) and 5000") { a throws(ScalarError) in
      (try a.apply(.silu, a.constant(5000)), a.constant(5000))
    },
    Pair("gelu(200) and 200") { a throws(ScalarError) in
      (try a.apply(.gelu, a.constant(200)), a.constant(200))
    },
    Pair("sigmoid(5000) and 1") { a throws(ScalarError) in
      (try a.apply(.sigmoid, a.constant(5000)), a.one)
    },
    Pair("atan(1/h) and acos(0)") { a throws(ScalarError) in
      (
        try a.apply(.atan, a.constant(1 / tinier)), try a.apply(.acos, a.zero)
      )
    },
  ])
  func nearlyEqualIsNotNarrow(_ pair: Pair) throws {
    for precision in Self.precisions {
      let arithmetic = TermEnclosureArithmetic(precision: precision)
      let (left, right) = try pair.sides(arithmetic)
      let difference = arithmetic.subtract(left, right)
      #expect(difference.excludesZero || !difference.isNarrow(bits: 100), "\(precision) bits")
    }
  }

  @Test(arguments: [
    Pair("log(6) and log(2) + log(3)") { a throws(ScalarError) in
      (
        try a.apply(.log, a.constant(6)),
        a.add(try a.apply(.log, a.constant(2)), try a.apply(.log, a.constant(3)))
      )
    },
    Pair("atan(3) + atan(1/3) and acos(0)") { a throws(ScalarError) in
      (
        a.add(
          try a.apply(.atan, a.constant(3)), try a.apply(.atan, a.constant(Rational(1, 3)))),
        try a.apply(.acos, a.zero)
      )
    },
    Pair("erf(-3) and -erf(3)") { a throws(ScalarError) in
      (try a.apply(.erf, a.constant(-3)), a.negate(try a.apply(.erf, a.constant(3))))
    },
    Pair("gelu(7) and 7 + gelu(-7)") { a throws(ScalarError) in
      (
        try a.apply(.gelu, a.constant(7)),
        a.add(a.constant(7), try a.apply(.gelu, a.constant(-7)))
      )
    },
    Pair("tanh(20) and 2*sigmoid(40) - 1") { a throws(ScalarError) in
      (
        try a.apply(.tanh, a.constant(20)),
        a.subtract(
          a.multiply(a.constant(2), try a.apply(.sigmoid, a.constant(40))), a.one)
      )
    },
    Pair("sin(2)**2 + cos(2)**2 and 1") { a throws(ScalarError) in
      let (sine, cosine) = (
        try a.apply(.sin, a.constant(2)), try a.apply(.cos, a.constant(2))
      )
      return (a.add(a.multiply(sine, sine), a.multiply(cosine, cosine)), a.one)
    },
    Pair("log(1 + h) and log1p(h)") { a throws(ScalarError) in
      let h = a.constant(tiny)
      return (try a.apply(.log, a.add(a.one, h)), try a.apply(.log1p, h))
    },
  ])
  func equalBecomesNarrow(_ pair: Pair) throws {
    let isNarrow = try Self.precisions.contains { precision in
      let arithmetic = TermEnclosureArithmetic(precision: precision)
      let (left, right) = try pair.sides(arithmetic)
      let difference = arithmetic.subtract(left, right)
      #expect(!difference.excludesZero, "\(precision) bits")
      return difference.isNarrow(bits: 100)
    }
    #expect(isNarrow)
  }
}
