import Scalars
import Testing

@Suite struct RationalTests {
  static let samples: [Rational] = {
    let words = [0, 1, -1, 2, -3, 10, .max, .min, .max - 1, (1 << 32) + 1]
    var values = words.map { Rational($0) }
    values += [Rational(1, 2), Rational(-3, 4), Rational(22, 7), Rational(1, .max)]
    values += [Rational(1, .min), Rational(.min, 3), Rational(.max, .max - 1)]
    values += [
      Rational(.max) * Rational(.max), Rational(7, 3).power(50), Rational(-2, 9).power(41),
    ]
    return values
  }()

  @Test func fieldLaws() {
    for a in Self.samples {
      #expect(a + (-a) == 0 && a - a == 0 && a * 1 == a && a + 0 == a)
      if !a.isZero { #expect(a * a.reciprocal == 1 && a / a == 1) }
      for b in Self.samples {
        #expect(a + b == b + a && a * b == b * a)
        #expect(a + b - b == a)
        #expect((a + b - b).hashValue == a.hashValue)
        if !b.isZero { #expect(a / b * b == a && a.divided(by: b) == a / b) }
        for c in Self.samples {
          #expect(a * (b + c) == a * b + a * c)
          #expect(a + (b + c) == (a + b) + c)
          #expect(a * (b * c) == (a * b) * c)
        }
      }
    }
    #expect(Rational(3).divided(by: 0) == nil)
  }

  @Test func lowestTerms() {
    for a in Self.samples {
      #expect(Integer.gcd(a.numerator, a.denominator) == 1)
      #expect(a.denominator.signum() == 1)
      #expect(Rational(numerator: a.numerator, denominator: a.denominator) == a)
    }
    #expect(Rational(6, -4) == Rational(-3, 2))
    #expect(Rational(.min, .min) == 1)
    #expect(Rational(.min, -1) == Rational(Integer(.max) + 1))
    #expect(Rational(0, .min) == 0)
    #expect(Rational(.min, 2).asInt == .min / 2)
    #expect(Rational(1, .min).denominator == Integer(.max) + 1)
    #expect(Rational(2, .min).denominator == Integer(1 << 62))
  }

  @Test func smallFormExactlyWhenItFits() {
    let big = Rational(.max) + 1
    #expect(big.asInt == nil && (big - 1).asInt == .max)
    #expect(-big == Rational(.min) && -(-big) == big)
    #expect(Set([Rational(.min), -big]).count == 1)
    #expect((Rational(1, .min) * 2).description == "-1/4611686018427387904")
  }

  @Test func order() {
    let ordered = Self.samples.sorted()
    for (a, b) in zip(ordered, ordered.dropFirst()) {
      #expect((b - a).signum() == 1, "\(a) < \(b)")
    }
  }

  @Test func powersAndRoots() {
    #expect(Rational(2, 3).power(3) == Rational(8, 27))
    #expect(Rational(2, 3).power(-3) == Rational(27, 8))
    #expect(Rational(0).power(0) == 1 && Rational(0).power(5) == 0)
    for a in Self.samples { #expect((a * a).squareRoot() == a.magnitude) }
    #expect(Rational(2).squareRoot() == nil && Rational(-4).squareRoot() == nil)
    #expect(Rational(-7, 2).floor() == -4 && Rational(7, 2).floor() == 3)
    #expect(Rational(-3).floor() == -3)
  }

  @Test func parsing() {
    let good: [(String, Rational)] = [
      ("-3", -3), ("+3", 3), ("1/3", Rational(1, 3)), ("-2/4", Rational(-1, 2)),
      ("0.25", Rational(1, 4)), (".5", Rational(1, 2)), ("5.", 5), ("1e-5", Rational(1, 100_000)),
      ("2.5E3", 2500), ("-1.5e+1", -15), ("0e0", 0), ("1e30", Rational(10).power(30)),
      (
        "123456789012345678901234567890",
        Rational(Integer(parsing: "123456789012345678901234567890")!)
      ),
    ]
    for (text, value) in good { #expect(Rational(parsing: text) == value, "\(text)") }
    let bad = [
      "", "-", ".", "e5", "1e", "1/0", "1/", "/2", "1/2/3", "1.2.3", "1e5.0", "nan", "inf", "--1",
      "1 ",
      "1e999999999", "1e10001", "1e99999999999999999999999", "0.5/2", "1_000", "-.e1",
    ]
    for text in bad { #expect(Rational(parsing: text) == nil, "\(text)") }
    for a in Self.samples { #expect(Rational(parsing: a.description) == a) }
    #expect(Rational(parsing: "1e10000") != nil)
  }

  @Test func decimals() {
    let cases: [(Rational, Int, String)] = [
      (Rational(1, 3), 5, "0.33333"), (Rational(2, 3), 5, "0.66667"), (Rational(1, 4), 30, "0.25"),
      (Rational(-1, 8), 2, "-0.12"), (Rational(3, 8), 2, "0.38"),
      (Rational(99_999, 10_000), 3, "10.0"),
      (1, 5, "1"), (0, 3, "0"), (Rational(999_999, 1_000_000), 4, "1.000"), (1234, 2, "1200"),
      (Rational(1, 3) * Rational(1, 1_000_000_000_000), 4, "3.333e-13"),
      (Rational(10).power(40), 5, "1e40"), (Rational(10).power(40) / 7, 3, "1.43e39"),
      (Rational(1, 100_000), 30, "0.00001"), (Rational(22, 7), 1, "3"), (Rational(19, 2), 1, "10"),
    ]
    for (value, digits, text) in cases {
      #expect(value.decimalString(digits: digits) == text, "\(value) to \(digits)")
    }
    for a in Self.samples where !a.isZero {
      for digits in [1, 2, 17, 40] {
        guard let read = Rational(parsing: a.decimalString(digits: digits)) else {
          Issue.record("unreadable")
          continue
        }
        // Half a unit of the last digit is at most 10^(1 - digits) / 2 of the value.
        #expect((read - a).magnitude * 2 <= a.magnitude * Rational(10).power(1 - digits))
      }
    }
  }

  @Test func accumulation() {
    var accumulator = RationalAccumulator()
    var expected: Rational = 0
    for a in Self.samples {
      for b in Self.samples {
        accumulator.add(product: a, b)
        expected += a * b
        #expect(accumulator.value == expected)
      }
    }
    accumulator.reset()
    #expect(accumulator.value == 0)
    accumulator.add(product: 3, 4)
    #expect(accumulator.value == 12)
  }
}

@Suite struct RationalDoubleTests {
  @Test func roundTrip() {
    var generator = SeededGenerator(seed: 1)
    let special: [Double] = [
      0, 1, -1, 0.1, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude,
      -.leastNormalMagnitude.nextDown, .leastNonzeroMagnitude, 1e308, 9_007_199_254_740_994,
      1 / 3.0, 0x1p62, -0x1p63,
      0x1p-62, 0x1p-63,
    ]
    let random = (0..<500).map { _ in
      Double(bitPattern: .random(in: .min ... .max, using: &generator))
    }
    for value in special + random.filter(\.isFinite) {
      #expect(Rational(exactly: value)?.doubleValue == value)
    }
    #expect(Rational(exactly: 0.1)?.description == "3602879701896397/36028797018963968")
    for bad in [Double.nan, .infinity, -.infinity] { #expect(Rational(exactly: bad) == nil) }
  }

  @Test func tiesGoToEven() {
    let one = Rational(1)
    let half = Rational(2).power(-53)
    #expect((one + half).doubleValue == 1)
    #expect((one + half * 3).doubleValue == 1 + 0x1p-51)
    #expect((one + half + half * half).doubleValue == 1 + 0x1p-52)
    #expect((one - half / 2).doubleValue == 1)
    #expect((-one - half).doubleValue == -1)
    #expect(Rational(Integer(.max)).doubleValue == 0x1p63)
    // Below the normal range the last place stays put.
    let least = Rational(2).power(-1074)
    #expect((least / 2).doubleValue == 0)
    #expect((least / 2 * Rational(5, 4)).doubleValue == .leastNonzeroMagnitude)
    #expect((least * Rational(3, 2)).doubleValue == 2 * Double.leastNonzeroMagnitude)
    #expect((least * Rational(5, 2)).doubleValue == 2 * Double.leastNonzeroMagnitude)
    #expect((least * Rational(1 << 52) * 2 - least / 2).doubleValue == 0x1p-1021)
    #expect(Rational(2).power(1024).doubleValue == .infinity)
    #expect((Rational(2).power(1024) - Rational(2).power(970)).doubleValue == .infinity)
    #expect(
      (Rational(2).power(1024) - Rational(2).power(970) - 1).doubleValue == .greatestFiniteMagnitude
    )
    #expect((-Rational(2).power(4000)).doubleValue == -.infinity)
    #expect(Rational(2).power(-4000).doubleValue == 0)
  }

  @Test func nearest() {
    // Both neighbours of the answer are at least as far from the value.
    for a in RationalTests.samples where !a.isZero {
      let value = a.doubleValue
      guard let near = Rational(exactly: value), let below = Rational(exactly: value.nextDown),
        let above = Rational(exactly: value.nextUp)
      else { continue }
      #expect((near - a).magnitude <= (below - a).magnitude)
      #expect((near - a).magnitude <= (above - a).magnitude)
    }
  }
}
