import Scalars
import Testing

@testable import Evaluation

/// Rationals contracted as machine integers, at sizes on both sides of every limit.
@Suite struct WordContractionTests {
  /// y[i, p] += x[i, p + k − 1] · w[k, i], with borders.
  private let relation = ConcreteContraction(
    extents: [4, 9, 3],
    output: [
      .init(coefficients: [1, 0, 0], extent: 4), .init(coefficients: [0, 1, 0], extent: 9),
    ],
    operands: [
      [
        .init(coefficients: [1, 0, 0], extent: 4),
        .init(constant: -1, coefficients: [0, 1, 1], extent: 9),
      ],
      [.init(coefficients: [0, 0, 1], extent: 3), .init(coefficients: [1, 0, 0], extent: 4)],
    ])

  private func operands(
    bits: Int, denominators: [Int], seed: UInt64
  ) -> (Tensor<Rational>, Tensor<Rational>) {
    var generator = SeededGenerator(seed: seed)
    let bound = 1 << bits - 1
    func tensor(_ extents: [Int]) -> Tensor<Rational> {
      var elements = (0..<extents.reduce(1, *)).map { _ in
        Rational(
          Int.random(in: -bound...bound, using: &generator),
          denominators.randomElement(using: &generator) ?? 1)
      }
      // The extreme values stand beside each other, so that sums reach their bound.
      for i in 0..<elements.count / 2 { elements[i] = Rational(i % 2 == 0 ? bound : -bound) }
      return Tensor(extents: extents, elements: elements)
    }
    return (tensor([4, 9]), tensor([3, 4]))
  }

  @Test(arguments: [5, 20, 26, 27, 28, 40, 59])
  func sumsInWordsAreExact(bits: Int) throws {
    for seed in 0..<5 as Range<UInt64> {
      let (a, b) = operands(bits: bits, denominators: [1], seed: seed)
      let result = try #require(WordContraction.product(relation, a, b))
      #expect(result == naive(relation, 1, [a, b]))
    }
  }

  @Test func commonDenominatorsAreReduced() throws {
    let (a, b) = operands(bits: 12, denominators: [2, 3, 4, 5, 6, 7], seed: 1)
    #expect(WordContraction.product(relation, a, b) == naive(relation, 1, [a, b]))
  }

  @Test func whatMightNotFitIsLeftToFractions() throws {
    for (bits, denominators) in [(60, [1]), (62, [1]), (30, [1_000_003, 998_244_353])] {
      let (a, b) = operands(bits: bits, denominators: denominators, seed: 2)
      #expect(WordContraction.product(relation, a, b) == nil)
      let evaluation = ContractionEvaluation(
        arithmetic: RationalArithmetic(), budget: MemoryBudget())
      #expect(try evaluation.contractPair(relation, a, b) == naive(relation, 1, [a, b]))
    }
  }

  @Test func dualsFollowTheProductRule() throws {
    let (a, b) = operands(bits: 10, denominators: [2, 3], seed: 3)
    let (aTangent, bTangent) = operands(bits: 10, denominators: [5, 7], seed: 4)
    func dual(_ x: Tensor<Rational>, _ y: Tensor<Rational>) -> Tensor<Dual<Rational>> {
      Tensor(
        extents: x.extents,
        elements: zip(x.elements, y.elements).map { Dual(primal: $0, tangent: $1) })
    }
    let result = try ContractionEvaluation(
      arithmetic: DualArithmetic(RationalArithmetic()), budget: MemoryBudget()
    ).contractPair(relation, dual(a, aTangent), dual(b, bTangent))
    #expect(result.map(\.primal) == naive(relation, 1, [a, b]))
    let (left, right) = (naive(relation, 1, [aTangent, b]), naive(relation, 1, [a, bTangent]))
    #expect(result.map(\.tangent).elements == zip(left.elements, right.elements).map { $0 + $1 })
  }
}
