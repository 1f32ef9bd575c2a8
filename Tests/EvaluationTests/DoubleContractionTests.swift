import Scalars
import Testing

@testable import Evaluation

/// Packed products of doubles against exact sums, on integers small enough that nothing is rounded.
@Suite struct DoubleContractionTests {
  private typealias Coordinate = ConcreteContraction.Coordinate

  /// y[n, o, p] += x[n, c, s·p + d·k − π] · w[o, c, k], with its three slots.
  private struct Convolution {
    var batch = 2
    var inputs = 5
    var outputs = 6
    var length = 37
    var kernel = 4
    var stride = 1
    var dilation = 1
    var padding = 2

    var places: Int { (length + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1 }
    /// n, o, p, c, k
    var extents: [Int] { [batch, outputs, places, inputs, kernel] }

    func unit(_ index: Int) -> Coordinate {
      Coordinate(coefficients: (0..<5).map { $0 == index ? 1 : 0 }, extent: extents[index])
    }
    var image: [Coordinate] {
      [
        unit(0), unit(3),
        Coordinate(
          constant: -padding, coefficients: [0, 0, stride, 0, dilation], extent: length),
      ]
    }
    var weights: [Coordinate] { [unit(1), unit(3), unit(4)] }
    var result: [Coordinate] { [unit(0), unit(1), unit(2)] }

    var relations: [ConcreteContraction] {
      [(result, image, weights), (image, result, weights), (weights, image, result)].map {
        ConcreteContraction(extents: extents, output: $0.0, operands: [$0.1, $0.2])
      }
    }
  }

  private func integers(
    _ access: [Coordinate], _ generator: inout SeededGenerator
  ) -> Tensor<Rational> {
    let extents = access.map(\.extent)
    return Tensor(
      extents: extents,
      elements: (0..<extents.reduce(1, *)).map { _ in
        Rational(Int.random(in: -99...99, using: &generator))
      })
  }

  private func check(_ relation: ConcreteContraction, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let operands = relation.operands.map { integers($0, &generator) }
    let doubles = operands.map { $0.map(\.doubleValue) }
    let product = DoubleContraction.product(relation, doubles[0], doubles[1])
    let found = try #require(product)
    let isEqual = found == naive(relation, 1, operands).map(\.doubleValue)
    #expect(isEqual, "seed \(seed)")
  }

  @Test(arguments: [(1, 1), (2, 1), (1, 2), (3, 2)])
  func convolutionsAndTheirPullbacks(stride: Int, dilation: Int) throws {
    let layer = Convolution(length: 100 * stride, stride: stride, dilation: dilation)
    for (number, relation) in layer.relations.enumerated() {
      try check(relation, seed: UInt64(number))
    }
  }

  /// More depths than one block has, and rows and columns that leave a remainder.
  @Test func longSumsAndRemainders() throws {
    for (rows, columns, depth) in [(4, 4, 1300), (5, 7, 600), (9, 31, 257), (66, 6, 255)] {
      func unit(_ index: Int) -> Coordinate {
        Coordinate(
          coefficients: (0..<3).map { $0 == index ? 1 : 0 }, extent: [rows, columns, depth][index])
      }
      let product = ConcreteContraction(
        extents: [rows, columns, depth], output: [unit(0), unit(1)],
        operands: [[unit(0), unit(2)], [unit(2), unit(1)]])
      try check(product, seed: UInt64(rows))
    }
  }

  @Test func whatIsThinOrSmallIsLeftToLoops() {
    for layer in [Convolution(outputs: 3, length: 400), Convolution(length: 5)] {
      let relation = layer.relations[0]
      let (x, w) = (relation.operands[0].map(\.extent), relation.operands[1].map(\.extent))
      #expect(
        DoubleContraction.product(
          relation, Tensor(extents: x, repeating: 1), Tensor(extents: w, repeating: 1)) == nil)
    }
  }

  /// A zero outside the tensor times an infinity is no number, which the loops never form.
  @Test func overflowsAtABorderAreLeftToLoops() throws {
    let relation = Convolution(length: 100).relations[0]
    let x = Tensor(extents: relation.operands[0].map(\.extent), repeating: 1.0)
    let w = Tensor(extents: relation.operands[1].map(\.extent), repeating: Double.infinity)
    let packed = DoubleContraction.product(relation, x, w)
    #expect(packed == nil)
    #expect(DoubleContraction.product(relation, x, w.map { _ in 2 }) != nil)
    let value = try ContractionEvaluation(arithmetic: DoubleArithmetic(), budget: MemoryBudget())
      .contractPair(relation, x, w)
    #expect(value.elements.allSatisfy { $0 == .infinity })
  }
}
