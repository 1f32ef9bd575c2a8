import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

/// In which steps contractions are taken: what the steps visit, and that their result is that of one loop.
@Suite struct ContractionOrderTests {
  private func points(_ order: ContractionOrder) -> Int {
    order.steps.reduce(0) { $0 + $1.contraction.extents.reduce(1, *) }
  }

  private func check(
    _ contraction: ConcreteContraction, _ operands: [Tensor<Rational>],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let value = try ContractionEvaluation(arithmetic: RationalArithmetic(), budget: MemoryBudget())
      .contract(contraction, coefficient: Rational(-2, 3), operands: operands)
    #expect(
      value == naive(contraction, Rational(-2, 3), operands), sourceLocation: location)
  }

  /// y[n, c] += x[m, c]·w[m] for every n: a mean over a batch that each of its entries gets.
  @Test(arguments: [false, true])
  func sumsAreTakenBeforeTheyAreRepeated(isWeighted: Bool) throws {
    let (n, c) = (20, 3)
    func unit(_ index: Int) -> ConcreteContraction.Coordinate {
      .init(coefficients: (0..<3).map { $0 == index ? 1 : 0 }, extent: index == 1 ? c : n)
    }
    let mean = ConcreteContraction(
      extents: [n, c, n], output: [unit(0), unit(1)],
      operands: [[unit(2), unit(1)]] + (isWeighted ? [[unit(2)]] : []),
      // The guard cuts what is summed, so that it must be part of the first step.
      guards: [.init(constant: -4, coefficients: [0, 0, 1], extent: 11)])
    #expect(points(ContractionOrder(mean, largestIntermediate: 1 << 20)) == 2 * n * c)
    var generator = SeededGenerator(seed: 31)
    let operands = [drawn([n, c], &generator), drawn([n], &generator)]
    try check(mean, Array(operands.prefix(mean.operands.count)))
    // Where there is no room for the sums they are not kept.
    #expect(points(ContractionOrder(mean, largestIntermediate: 1)) == n * n * c)
  }

  /// dx[c, p + k − 2] += dy[o, p] · w[o, c, k]
  private func transposed(_ c: Int, _ o: Int, _ p: Int, _ k: Int) -> ConcreteContraction {
    func unit(_ index: Int, _ extent: Int) -> ConcreteContraction.Coordinate {
      .init(coefficients: (0..<4).map { $0 == index ? 1 : 0 }, extent: extent)
    }
    return ConcreteContraction(
      extents: [c, o, p, k],
      output: [unit(0, c), .init(constant: -2, coefficients: [0, 0, 1, 1], extent: p)],
      operands: [[unit(1, o), unit(2, p)], [unit(1, o), unit(0, c), unit(3, k)]])
  }

  @Test func thinTransposedConvolutionsAreSummedBeforeTheyAreScattered() throws {
    let (c, o, p, k) = (2, 24, 90, 5)
    let thin = transposed(c, o, p, k)
    let steps = ContractionOrder(thin, largestIntermediate: 1 << 20).steps
    #expect(steps.map(\.inputs.count) == [2, 1])
    #expect(steps.map { $0.contraction.extents.reduce(1, *) } == [c * o * p * k, c * p * k])
    var generator = SeededGenerator(seed: 32)
    try check(thin, [drawn([o, p], &generator), drawn([o, c, k], &generator)])
    // With as many channels on both sides, or no room, it is one product.
    let whole = [
      ContractionOrder(transposed(24, 24, 90, 5), largestIntermediate: 1 << 20),
      ContractionOrder(thin, largestIntermediate: c * p * k - 1),
    ]
    for order in whole { #expect(order.steps.count == 1) }
  }

  /// The exact engine's parts of da[p + 2·k − 2] += dy[p] · w[k] have a few points for each entry, at any length.
  @Test(arguments: [1, 2, 3])
  func dilatedTransposedConvolutionsStayLinear(dilation: Int) throws {
    for length in [50, 1000] {
      let relation = try ExactContraction(
        extents: [length, 3],
        output: .init(
          shape: [length],
          coordinates: [.init(constant: -dilation, coefficients: [1, dilation])]),
        left: .init(shape: [length], [1, 0]), right: .init(shape: [3], [0, 1]))
      let parts = LoweredContraction(relation).gathered().joined()
      let points = parts.reduce(0) { $0 + $1.extents.reduce(1, *) }
      #expect(points <= 3 * (length + 2 * dilation), "length \(length)")
    }
  }
}
