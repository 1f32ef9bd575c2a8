import Scalars
import TensorExpressions
import Testing

/// Sizes at the ends of what 64 bits hold.
@Suite struct SizeLimitTests {
  private static let numbers = [
    Int.max, .max - 1, .max / 2, .max / 3, 3_037_000_500, 7, 3, 2, 1, 0, -1, -2, -3, -.max / 3,
    -.max / 2, -.max + 1, -.max, .min,
  ]

  @Test func theLeastIntegerHasNoOpposite() {
    #expect(Size(Int.min).isOverflowed)
    #expect((Size(-Int.max) - 1).isOverflowed)
    #expect((Size(-Int.max / 2) * 2 - 2).isOverflowed)
    #expect((Size("n") * Size(-Int.max) - Size("n")).isOverflowed)
    #expect(-Size(Int.max) == Size(-Int.max))
    // The same number by way of polynomials over the rationals.
    #expect(SizePolynomial(Rational(Int.min)).asSize?.isOverflowed != false)
  }

  /// Whatever does not overflow is right, by arithmetic in 128 bits.
  @Test func floorsOfExtremeSizesAreRight() throws {
    for a in Self.numbers {
      for b in Self.numbers {
        for divisor in Self.numbers where divisor != 0 {
          for n in [1, 5, 1 << 40] {
            let dividend = Size("n") * Size(a) + Size(b)
            let quotient = dividend.flooredDivision(by: Size(divisor))
            guard !quotient.isOverflowed, let value = try? quotient.evaluated(["n": n]) else {
              continue
            }
            let exact = Int128(n) * Int128(a) + Int128(b)
            var floor = exact / Int128(divisor)
            if exact % Int128(divisor) != 0, (exact < 0) != (divisor < 0) { floor -= 1 }
            #expect(Int128(value) == floor, "(\(a)*n + \(b))//\(divisor) at \(n)")
          }
        }
      }
    }
  }

  @Test func productsOfExtremeSizesOverflowOrAreRight() {
    for a in Self.numbers {
      for b in Self.numbers {
        let exact = Int128(a) * Int128(b), product = Size(a) * Size(b)
        let fits = exact.magnitude <= UInt128(Int.max) && a != .min && b != .min
        #expect(product.isOverflowed == !fits, "\(a)*\(b)")
        if fits { #expect(product.asInt.map { Int128($0) } == exact) }
        _ = product.exactlyDivided(by: Size(b))
        _ = (Size(a) + Size("m") * Size(b)).exactlyDivided(by: Size(a))
      }
    }
  }
}
