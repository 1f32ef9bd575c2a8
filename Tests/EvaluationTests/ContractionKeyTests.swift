import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

@testable import Evaluation

/// Contractions that compute the same have one key, and others have not.
@Suite struct ContractionKeyTests {
  private typealias Coordinate = ConcreteContraction.Coordinate

  /// y[i, k] += a[i, j] · b[j, k], over indices in the order that `order` gives them, with extents 2, 3 and 4.
  private func product(_ order: [Int]) -> ConcreteContraction {
    func axis(_ index: Int) -> Coordinate {
      var coefficients = [0, 0, 0]
      coefficients[order[index]] = 1
      return Coordinate(coefficients: coefficients, extent: [2, 3, 4][index])
    }
    var extents = [0, 0, 0]
    for index in 0..<3 { extents[order[index]] = [2, 3, 4][index] }
    return ConcreteContraction(
      extents: extents, output: [axis(0), axis(2)],
      operands: [[axis(0), axis(1)], [axis(1), axis(2)]])
  }

  @Test func namesOfIndicesDoNotMatter() {
    let key = ContractionKey(product([0, 1, 2]), operands: [7, 9], coefficient: 1)
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      #expect(
        ContractionKey(product(order), operands: [7, 9], coefficient: 1) == key, "\(order)")
    }
  }

  @Test func theOrderOfOperandsDoesNotMatter() {
    var swapped = product([2, 0, 1])
    swapped.operands.reverse()
    #expect(
      ContractionKey(swapped, operands: [9, 7], coefficient: 1)
        == ContractionKey(product([0, 1, 2]), operands: [7, 9], coefficient: 1))
  }

  @Test func whatSaysNothingDoesNotMatter() {
    let plain = product([0, 1, 2])
    var other = plain
    other.guards = [Coordinate(coefficients: [1, 1, 0], extent: 4)]
    other.extents.append(1)
    func widened(_ coordinate: Coordinate) -> Coordinate {
      Coordinate(
        constant: coordinate.constant, coefficients: coordinate.coefficients + [1],
        extent: coordinate.extent)
    }
    other.output = other.output.map(widened)
    other.operands = other.operands.map { $0.map(widened) }
    other.guards = other.guards.map(widened)
    #expect(
      ContractionKey(other, operands: [7, 9], coefficient: 1)
        == ContractionKey(plain, operands: [7, 9], coefficient: 1))
  }

  @Test func whatIsAnotherValueHasAnotherKey() {
    let plain = product([0, 1, 2])
    let key = ContractionKey(plain, operands: [7, 9], coefficient: 1)
    #expect(ContractionKey(plain, operands: [9, 7], coefficient: 1) != key)
    #expect(ContractionKey(plain, operands: [7, 8], coefficient: 1) != key)
    #expect(ContractionKey(plain, operands: [7, 9], coefficient: -1) != key)
    var shifted = plain
    shifted.operands[0][1].constant = 1
    #expect(ContractionKey(shifted, operands: [7, 9], coefficient: 1) != key)
    var shorter = plain
    shorter.extents[1] = 2
    #expect(ContractionKey(shorter, operands: [7, 9], coefficient: 1) != key)
    var guarded = plain
    guarded.guards = [Coordinate(coefficients: [1, 1, 0], extent: 3)]
    #expect(ContractionKey(guarded, operands: [7, 9], coefficient: 1) != key)
    var repeated = plain
    repeated.extents.append(2)
    repeated.output = repeated.output.map(widened)
    repeated.operands = repeated.operands.map { $0.map(widened) }
    #expect(ContractionKey(repeated, operands: [7, 9], coefficient: 1) != key)
  }

  private func widened(_ coordinate: Coordinate) -> Coordinate {
    Coordinate(
      constant: coordinate.constant, coefficients: coordinate.coefficients + [0],
      extent: coordinate.extent)
  }

  /// x·y and x·yᵀ differ by one access alone; both, and x·y in other words, are evaluated in one run.
  @Test func oneRunTellsProductsApart() throws {
    let count = 32
    let space = ExpressionSpace()
    let n = Size("n")
    let (x, y) = (space.parameter("x", [n, n]), space.parameter("y", [n, n]))
    func product(_ left: Int, _ right: Int, isTransposed: Bool = false) -> TensorExpression {
      let inner = 3 - left - right
      let access = [Affine.index(inner), .index(right)]
      return space.contraction(
        Contraction(
          indices: [n, n, n], output: [.index(left), .index(right)],
          operands: [
            .init(x, [.index(left), .index(inner)]),
            .init(y, isTransposed ? access.reversed() : access),
          ]), shape: [n, n])
    }
    let roots = [product(0, 1), product(2, 0), product(0, 1, isTransposed: true)]
    #expect(Set(roots).count == 3)
    let field = PrimeFieldArithmetic()
    func value(_ i: Int, _ j: Int, _ seed: Int) -> Int { (i * 31 + j * 17 + seed) % 1009 }
    func tensor(_ seed: Int) -> Tensor<UInt64> {
      Tensor(
        extents: [count, count],
        elements: (0..<count * count).map { UInt64(value($0 / count, $0 % count, seed)) })
    }
    let point = EvaluationPoint(sizes: ["n": count], values: [x: tensor(3), y: tensor(5)])
    let values = try Evaluator(field, at: point).evaluate(roots)
    func expected(isTransposed: Bool) -> [UInt64] {
      (0..<count * count).map { place in
        let (i, k) = (place / count, place % count)
        return UInt64(
          (0..<count).reduce(0) {
            $0 + value(i, $1, 3) * (isTransposed ? value(k, $1, 5) : value($1, k, 5))
          })
      }
    }
    #expect(values[0].elements == expected(isTransposed: false))
    #expect(values[1].elements == expected(isTransposed: false))
    #expect(values[2].elements == expected(isTransposed: true))
  }
}
