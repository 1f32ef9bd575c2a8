import Scalars
import Testing

@Suite struct IntegerTests {
  /// Values on both sides of every boundary between the two forms.
  static let samples: [Integer] = {
    let words = [
      0, 1, -1, 2, -2, 3, 7, -10, 1 << 31, 1 << 32, 1 << 62, .max - 1, .max, .min, .min + 1,
    ]
    let near = words.map { Integer($0) }
    let big = [
      Integer(.max) + 1, Integer(.min) - 1, Integer(.max) * Integer(.max),
      Integer(-12_345_678_901_234).power(5), Integer(3).power(200), -Integer(2).power(64),
    ]
    return near + big
  }()

  @Test func ringLaws() {
    for a in Self.samples {
      #expect(a - a == 0)
      #expect(a + 0 == a && a * 1 == a && -(-a) == a)
      for b in Self.samples {
        #expect(a + b == b + a && a * b == b * a)
        #expect((a + b) - b == a)
        #expect((a + b).hashValue == (b + a).hashValue)
        for c in Self.samples {
          #expect(a * (b + c) == a * b + a * c)
          #expect((a + b) + c == a + (b + c))
        }
      }
    }
  }

  @Test func smallFormExactlyWhenItFits() {
    #expect((Integer(.max) + 1).asInt == nil)
    #expect((Integer(.max) + 1 - 1).asInt == .max)
    #expect((Integer(.min) - 1).asInt == nil)
    #expect((Integer(.min) - 1 + 1).asInt == .min)
    #expect(-Integer(.min) == Integer(.max) + 1)
    #expect(-(Integer(.max) + 1) == Integer(.min))
    #expect(Set([Integer(.min), -(Integer(.max) + 1)]).count == 1)
  }

  @Test func division() {
    for a in Self.samples {
      for b in Self.samples where !b.isZero {
        let (quotient, remainder) = a.quotientAndRemainder(floored: b)
        #expect(quotient * b + remainder == a)
        #expect(remainder.isZero || remainder.signum() == b.signum())
        #expect(remainder.magnitude < b.magnitude)
        let divisor = Integer.gcd(a, b)
        #expect(divisor.signum() == 1)
        #expect(a.quotientAndRemainder(floored: divisor).remainder.isZero)
        #expect(b.quotientAndRemainder(floored: divisor).remainder.isZero)
      }
    }
    let small = Integer(-7).quotientAndRemainder(floored: 2)
    #expect(small.quotient == -4 && small.remainder == 1)
  }

  @Test func residues() {
    for a in Self.samples {
      for modulus: UInt64 in [1, 2, 97, (1 << 61) - 1, .max] {
        let expected = a.quotientAndRemainder(
          floored: Integer(isNegative: false, magnitudeWords: [UInt(modulus)])
        ).remainder
        #expect(
          Integer(isNegative: false, magnitudeWords: [UInt(a.residue(modulo: modulus))]) == expected
        )
      }
    }
  }

  @Test func text() {
    for a in Self.samples { #expect(Integer(parsing: a.description) == a) }
    #expect(Integer(parsing: "9223372036854775808") == Integer(.max) + 1)
    #expect(Integer(3).power(60).description == "42391158275216203514294433201")
    for bad in ["", "-", "+", "--1", "1 ", "0x10", "1.0", "١"] {
      #expect(Integer(parsing: bad) == nil)
    }
  }

  @Test func orderAndWords() {
    let ordered = Self.samples.sorted()
    for (a, b) in zip(ordered, ordered.dropFirst()) { #expect((b - a).signum() == 1) }
    for a in Self.samples {
      #expect(Integer(isNegative: a.signum() < 0, magnitudeWords: a.magnitudeWords) == a)
    }
    #expect(Integer(255).bitWidth == 8 && Integer(-256).bitWidth == 9 && Integer(0).bitWidth == 0)
    #expect(Integer(2).power(100).trailingZeroBitCount == 100)
  }

  @Test func squareRoots() {
    for a in Self.samples {
      #expect((a * a).squareRoot() == a.magnitude)
      if a.magnitude > 1 { #expect((a * a + 1).squareRoot() == nil) }
    }
    #expect(Integer(-4).squareRoot() == nil)
  }
}
