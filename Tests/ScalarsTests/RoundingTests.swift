import Scalars
import Testing
import ToolkitTestSupport

/// Formats, pairs of numbers, and bounds of rounding errors.
@Suite struct RoundingTests {
  private static func numbers(_ seed: UInt64, count: Int) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let significand = Double.random(in: 1..<2, using: &generator)
      let exponent = Int.random(in: -30...30, using: &generator)
      let value = significand * .powerOfTwo(exponent)
      return Bool.random(using: &generator) ? value : -value
    }
  }

  /// The nearest multiple of the format's last place by exact fractions.
  private static func nearest(_ value: Rational, _ format: BinaryFormat) -> Rational {
    if value.isZero { return 0 }
    let size = value.magnitude
    var exponent = -200
    while Rational(2).power(exponent + 1) <= size { exponent += 1 }
    let unit = Rational(2).power(max(exponent, format.leastExponent) - format.precision + 1)
    let digits = size / unit
    let whole = Rational(
      digits.numerator.quotientAndRemainder(floored: digits.denominator).quotient)
    let rest = digits - whole
    let isUp = rest > Rational(1, 2) || (rest == Rational(1, 2) && whole.numerator.isOdd)
    let result = (isUp ? whole + 1 : whole) * unit
    return value.signum() < 0 ? -result : result
  }

  @Test(arguments: BinaryFormat.allCases)
  func roundingIsToNearest(_ format: BinaryFormat) throws {
    for (number, value) in Self.numbers(1, count: 300).enumerated() {
      // Beside the middle of two neighbours, on it, and elsewhere.
      let base = format.rounded(value)
      let half = format.step(at: base.magnitude) / 2
      for pair in [
        PairedNumber(high: value), PairedNumber(high: base + half),
        PairedNumber(high: base + half, low: half * 0x1p-60),
        PairedNumber(high: base + half, low: -half * 0x1p-60),
        PairedNumber(high: base, low: half / 2),
      ] {
        guard let exact = pair.midpoint, base.magnitude < format.greatest / 4 else { continue }
        // A pair's low part is below half a step of its high one.
        if pair.low.magnitude * 2 > pair.high.ulp { continue }
        let rounded = try #require(format.rounded(pair))
        #expect(Rational(exactly: rounded) == Self.nearest(exact, format), "number \(number)")
      }
    }
  }

  @Test func singlePrecisionRoundsAsFloatDoes() {
    for value in Self.numbers(2, count: 1000) {
      #expect(BinaryFormat.binary32.rounded(value) == Double(Float(value)))
      let small = value * 0x1p-140
      #expect(BinaryFormat.binary32.rounded(small) == Double(Float(small)))
    }
    #expect(BinaryFormat.binary32.rounded(0x1.ffffffp127) == .infinity)
    #expect(BinaryFormat.binary16.rounded(65519) == 65504)
    #expect(BinaryFormat.binary16.rounded(-65520) == -.infinity)
  }

  @Test func pairsEncloseExactResults() throws {
    let values = Self.numbers(3, count: 120)
    for (a, b) in zip(values, values.dropFirst()) {
      let (x, y) = (
        PairedNumber(Rational(exactly: a)! / 3), PairedNumber(Rational(exactly: b)! / 7)
      )
      let (p, q) = (Rational(exactly: a)! / 3, Rational(exactly: b)! / 7)
      for (pair, exact) in [(x + y, p + q), (x - y, p - q), (x * y, p * q), (x / y, p / q)] {
        let off = (try #require(pair.midpoint) - exact).magnitude
        #expect(off <= Rational(exactly: pair.radius)!)
        #expect(pair.radius <= pair.high.magnitude * 0x1p-90 + x.high.magnitude * 0x1p-90)
      }
      #expect((PairedNumber(high: a) * PairedNumber(high: b)).isExact)
      #expect((PairedNumber(high: a) + PairedNumber(high: b)).isExact)
    }
  }

  /// Sums of products in single precision, in several orders, lie within the bound, which a slip of one term leaves.
  @Test func sumsInAnyOrderLieWithinTheBound() throws {
    let arithmetic = RoundingErrorArithmetic(.binary32)
    var caught = 0
    for seed in 0..<200 as Range<UInt64> {
      let count = 1 + Int(seed % 40)
      let a = Self.numbers(10 + seed, count: count).map { Float($0 * 0x1p-10) }
      let b = Self.numbers(500 + seed, count: count).map { Float($0 * 0x1p-10) }
      let terms = zip(a, b).map { $0 * $1 }
      let x = a.map { arithmetic.input(Double($0)) }
      let y = b.map { arithmetic.input(Double($0)) }
      let bound = arithmetic.finished(arithmetic.dot(x, y))
      let fused = zip(a, b).reduce(Float(0)) { $0.addingProduct($1.0, $1.1) }
      for computed in [
        terms.reduce(0, +), terms.reversed().reduce(0, +), Self.pairwise(terms[...]), fused,
      ] {
        let off = PairedNumber(high: Double(computed)) - bound.value
        #expect(off.high.magnitude <= bound.error, "seed \(seed)")
      }
      let largest = try #require(terms.max { $0.magnitude < $1.magnitude })
      let slip = Double(terms.reduce(0, +)) + Double(largest) * 1e-4
      if (PairedNumber(high: slip) - bound.value).high.magnitude > bound.error { caught += 1 }
    }
    #expect(caught > 190)
  }

  private static func pairwise(_ terms: ArraySlice<Float>) -> Float {
    if terms.count <= 1 { return terms.first ?? 0 }
    let middle = terms.startIndex + terms.count / 2
    return pairwise(terms[..<middle]) + pairwise(terms[middle...])
  }

  @Test func wholeNumbersRoundNothing() {
    let arithmetic = RoundingErrorArithmetic(.binary32)
    let a = (1...100).map { arithmetic.input(Double($0)) }
    let b = (1...100).map { arithmetic.input(Double(101 - $0)) }
    let sum = arithmetic.finished(arithmetic.dot(a, b))
    #expect(sum.error == 0 && sum.value.high == 171_700)
    // Beyond 2²⁴ they do.
    let large = (1...100).map { arithmetic.input(Double($0) * 4096 + 1) }
    #expect(arithmetic.finished(arithmetic.dot(large, b)).error > 0)
    // A mean of them divides each or the sum.
    let third = arithmetic.constant(Rational(1, 3))
    let zero = arithmetic.add(arithmetic.input(2), arithmetic.input(-2))
    #expect(arithmetic.finished(arithmetic.multiply(zero, third)).error > 0)
  }

  @Test func functionsCarryTheirArgumentsErrors() throws {
    let arithmetic = RoundingErrorArithmetic(.binary32)
    for value in [0.3, 1.7, 4.25] as [Float] {
      let square = arithmetic.multiply(
        arithmetic.input(Double(value)), arithmetic.constant(Rational(1, 3)))
      let argument = value / 3
      for function in [ElementaryFunction.exp, .log, .sqrt, .tanh, .sigmoid, .rsqrt] {
        let bound = try arithmetic.apply(function, square)
        let computed = try Float(DoubleArithmetic().apply(function, Double(argument)))
        #expect((PairedNumber(high: Double(computed)) - bound.value).high.magnitude <= bound.error)
        #expect(bound.error <= bound.value.high.magnitude * 1e-5)
      }
    }
  }

  @Test func namedValuesAreStored() {
    let arithmetic = RoundingErrorArithmetic(.binary32, intermediate: .bfloat16)
    #expect(arithmetic.named(arithmetic.input(3)).error == 0)
    let stored = arithmetic.named(arithmetic.input(257))
    #expect(stored.error >= 1 && stored.error < 1.1)
    #expect(RoundingErrorArithmetic(.binary32).named(arithmetic.input(257)).error == 0)
  }
}
