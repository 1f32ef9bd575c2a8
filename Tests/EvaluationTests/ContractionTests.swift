import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

/// Contractions against naive loops, and the relations of well-known layers against loops written for each.
@Suite struct ContractionTests {
  let space = ExpressionSpace()

  @Test func matrixProduct() throws {
    var generator = SeededGenerator(seed: 1)
    let (x, w) = (space.input("x", ["B", "I"]), space.parameter("w", ["I", "O"]))
    let product = space.contraction(
      Contraction(
        indices: ["B", "O", "I"], output: [.index(0), .index(1)],
        operands: [.init(x, [.index(0), .index(2)]), .init(w, [.index(2), .index(1)])]),
      shape: ["B", "O"])
    let (a, b) = (drawn([3, 4], &generator), drawn([4, 5], &generator))
    let y = try evaluate(product, sizes: ["B": 3, "I": 4, "O": 5], [x: a, w: b])
    for i in 0..<3 {
      for j in 0..<5 {
        #expect(y[i, j] == (0..<4).reduce(Rational(0)) { $0 + a[i, $1] * b[$1, j] })
      }
    }
  }

  @Test(arguments: [(1, 0, 1), (2, 1, 1), (1, 2, 2), (3, 1, 2), (2, 0, 3)])
  func convolution(stride: Int, padding: Int, dilation: Int) throws {
    var generator = SeededGenerator(seed: 2)
    let (n, c, o, h, k) = (2, 3, 2, 8, 3)
    let span = (k - 1) * dilation + 1
    let p = (h + 2 * padding - span) / stride + 1
    let x = space.input("x", [Size(n), Size(c), Size(h)])
    let w = space.parameter("w", [Size(o), Size(c), Size(k)])
    let position = affine(Size(-padding), (Size(stride), 2), (Size(dilation), 4))
    let y = space.contraction(
      Contraction(
        indices: [n, o, p, c, k].map { Size($0) }, output: [.index(0), .index(1), .index(2)],
        operands: [
          .init(x, [.index(0), .index(3), position]),
          .init(w, [.index(1), .index(3), .index(4)]),
        ]), shape: [Size(n), Size(o), Size(p)])
    let (a, b) = (drawn([n, c, h], &generator), drawn([o, c, k], &generator))
    let value = try evaluate(y, [x: a, w: b])
    // The adjoint: the same relation with y and x exchanged, which scatters.
    let dy = space.input("dy", [Size(n), Size(o), Size(p)])
    let dx = space.contraction(
      Contraction(
        indices: [n, o, p, c, k].map { Size($0) }, output: [.index(0), .index(3), position],
        operands: [
          .init(dy, [.index(0), .index(1), .index(2)]),
          .init(w, [.index(1), .index(3), .index(4)]),
        ]), shape: [Size(n), Size(c), Size(h)])
    let g = drawn([n, o, p], &generator)
    let adjoint = try evaluate(dx, [dy: g, w: b])
    var expectedAdjoint = Tensor(extents: [n, c, h], repeating: Rational(0))
    for i in 0..<n {
      for j in 0..<o {
        for q in 0..<p {
          var sum = Rational(0)
          for channel in 0..<c {
            for tap in 0..<k {
              let place = q * stride + tap * dilation - padding
              guard place >= 0, place < h else { continue }
              sum += a[i, channel, place] * b[j, channel, tap]
              expectedAdjoint[[i, channel, place]] += g[i, j, q] * b[j, channel, tap]
            }
          }
          #expect(value[i, j, q] == sum)
        }
      }
    }
    #expect(adjoint == expectedAdjoint)
  }

  @Test func groupedConvolution() throws {
    var generator = SeededGenerator(seed: 3)
    // y[3g+o, p] += x[2g+c, p+k] · w[3g+o, c, k] for g < 2, o < 3
    let (x, w) = (space.input("x", [4, 7]), space.parameter("w", [6, 2, 3]))
    let out = affine(0, (3, 0), (1, 1))
    let y = space.contraction(
      Contraction(
        indices: [2, 3, 2, 5, 3], output: [out, .index(3)],
        operands: [
          .init(x, [affine(0, (2, 0), (1, 2)), affine(0, (1, 3), (1, 4))]),
          .init(w, [out, .index(2), .index(4)]),
        ]), shape: [6, 5])
    let (a, b) = (drawn([4, 7], &generator), drawn([6, 2, 3], &generator))
    let value = try evaluate(y, [x: a, w: b])
    for o in 0..<6 {
      for p in 0..<5 {
        var sum = Rational(0)
        for c in 0..<2 {
          for k in 0..<3 { sum += a[o / 3 * 2 + c, p + k] * b[o, c, k] }
        }
        #expect(value[o, p] == sum)
      }
    }
  }

  @Test func patternsWithoutOperands() throws {
    let identity = space.contraction(
      Contraction(indices: [3], output: [.index(0), .index(0)], operands: []), shape: [3, 3])
    #expect(try evaluate(identity, [:]) == Tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))
    // Σ over an index that nothing sees counts its extent; a guard cuts it.
    let counted = space.contraction(
      Contraction(
        coefficient: Coefficient(Rational(1, 2)), indices: [2, 5], output: [.index(0)],
        operands: []), shape: [2])
    #expect(try evaluate(counted, [:]) == Tensor([Rational(5, 2), Rational(5, 2)]))
    let triangle = space.contraction(
      Contraction(
        indices: [3, 3], output: [.index(0), .index(1)], operands: [],
        guards: [.init(affine(0, (1, 0), (-1, 1)), below: 3)]), shape: [3, 3])
    #expect(try evaluate(triangle, [:]) == Tensor([[1, 0, 0], [1, 1, 0], [1, 1, 1]]))
  }

  /// Random relations of one to five operands, with compound accesses, guards, repeats and empty borders.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func randomRelationsAgreeWithNaiveLoops(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let indexCount = Int.random(in: 1...4, using: &generator)
    let extents = (0..<indexCount).map { _ in Int.random(in: 1...4, using: &generator) }
    func coordinate() -> ConcreteContraction.Coordinate {
      let coefficients = (0..<indexCount).map { _ in
        [0, 0, 1, 1, 1, 2, -1, -2].randomElement(using: &generator) ?? 0
      }
      return ConcreteContraction.Coordinate(
        constant: Int.random(in: -2...3, using: &generator), coefficients: coefficients,
        extent: Int.random(in: 1...5, using: &generator))
    }
    func access() -> [ConcreteContraction.Coordinate] {
      (0..<Int.random(in: 0...3, using: &generator)).map { _ in
        if Bool.random(using: &generator) { return coordinate() }
        let index = Int.random(in: 0..<indexCount, using: &generator)
        return ConcreteContraction.Coordinate(
          coefficients: (0..<indexCount).map { $0 == index ? 1 : 0 }, extent: extents[index])
      }
    }
    let contraction = ConcreteContraction(
      extents: extents, output: access(),
      operands: (0..<Int.random(in: 0...5, using: &generator)).map { _ in access() },
      guards: Bool.random(using: &generator) ? [coordinate()] : [])
    let operands = contraction.operands.map { drawn($0.map(\.extent), &generator) }
    let evaluation = ContractionEvaluation(
      arithmetic: RationalArithmetic(), budget: MemoryBudget())
    let value = try evaluation.contract(
      contraction, coefficient: Rational(-2, 3), operands: operands)
    #expect(value == naive(contraction, Rational(-2, 3), operands))
  }

  /// The order never forms the joint box: a chain of matrices with a joint box of 40⁵ points is done at once.
  @Test func longChainsAreTakenPairByPair() throws {
    var generator = SeededGenerator(seed: 5)
    let n = 40
    let extents = Array(repeating: n, count: 5)
    func unit(_ index: Int) -> ConcreteContraction.Coordinate {
      ConcreteContraction.Coordinate(
        coefficients: (0..<5).map { $0 == index ? 1 : 0 }, extent: n)
    }
    let chain = ConcreteContraction(
      extents: extents, output: [unit(0), unit(4)],
      operands: (0..<4).map { [unit($0), unit($0 + 1)] })
    let field = PrimeFieldArithmetic()
    let matrices = (0..<4).map { _ in
      Tensor(
        extents: [n, n], elements: (0..<n * n).map { _ in field.randomElement(using: &generator) })
    }
    let order = ContractionOrder(chain, largestIntermediate: 1 << 20)
    #expect(order.steps.allSatisfy { $0.contraction.extents.reduce(1, *) <= n * n * n })
    let value = try ContractionEvaluation(arithmetic: field, budget: MemoryBudget())
      .contract(chain, coefficient: 1, operands: matrices)
    func product(_ a: Tensor<UInt64>, _ b: Tensor<UInt64>) -> Tensor<UInt64> {
      var c = Tensor(extents: [n, n], repeating: UInt64(0))
      for i in 0..<n {
        for j in 0..<n {
          c[[i, j]] = (0..<n).reduce(0) { field.add($0, field.multiply(a[i, $1], b[$1, j])) }
        }
      }
      return c
    }
    #expect(value == matrices.dropFirst().reduce(matrices[0], product))
  }

  @Test func sumsOfManyRationals() throws {
    var generator = SeededGenerator(seed: 8)
    let a = drawn([6, 30], &generator)
    let relation = ConcreteContraction(
      extents: [6, 30], output: [.init(coefficients: [1, 0], extent: 6)],
      operands: [
        [.init(coefficients: [1, 0], extent: 6), .init(coefficients: [0, 1], extent: 30)]
      ])
    let value = try ContractionEvaluation(
      arithmetic: RationalArithmetic(), budget: MemoryBudget()
    ).contract(relation, coefficient: Rational(1, 30), operands: [a])
    #expect(value == naive(relation, Rational(1, 30), [a]))
  }

  @Test func manyFactorsAtOnePoint() throws {
    let x = space.input("x", [2, 3])
    let access: [Affine] = [.index(0), .index(1)]
    let power = space.contraction(
      Contraction(
        indices: [2, 3], output: [.index(0)],
        operands: Array(repeating: .init(x, access), count: 40)), shape: [2])
    let value = try evaluate(power, [x: Tensor([[1, 2, 3], [-1, 0, Rational(1, 2)]])])
    #expect(
      value
        == Tensor([
          1 + Rational(2).power(40) + Rational(3).power(40), 1 + Rational(1, 2).power(40),
        ]))
  }

  @Test func whatDoesNotFitIsRefusedWithTheFigure() throws {
    let huge = space.filled(.one, ["N", "N", "N"])
    let evaluator = Evaluator(
      RationalArithmetic(), at: EvaluationPoint(sizes: ["N": 1 << 11]), memoryLimit: 1 << 30)
    #expect(
      throws: EvaluationError.tooLarge(
        extents: [1 << 11, 1 << 11, 1 << 11], bytes: (1 << 33) * MemoryLayout<Rational>.stride,
        inUse: 0, limit: 1 << 30)
    ) {
      try evaluator.evaluate(huge)
    }
    // So many that walking through them would never end, whatever they take.
    #expect(throws: EvaluationError.self) { try evaluate(huge, sizes: ["N": 1 << 20], [:]) }
    let small = Evaluator(
      RationalArithmetic(), at: EvaluationPoint(sizes: ["N": 10]), memoryLimit: 1000)
    #expect(
      throws: EvaluationError.tooLarge(
        extents: [10, 10, 10], bytes: 1000 * MemoryLayout<Rational>.stride, inUse: 0, limit: 1000)
    ) {
      try small.evaluate(huge)
    }
    #expect(throws: EvaluationError.size("N", .unbound("N"))) { try evaluate(huge, [:]) }
    #expect(throws: EvaluationError.emptyExtent("N", value: 0)) {
      try evaluate(huge, sizes: ["N": 0], [:])
    }
  }

  @Test func coordinatesThatLeaveTheWordAreRefused() throws {
    let x = space.input("x", [2])
    let far = space.contraction(
      Contraction(
        indices: [4], output: [.index(0)],
        operands: [.init(x, [affine(0, (Size(Int.max / 2), 0))])]), shape: [4])
    #expect(throws: EvaluationError.indexOverflow) { try evaluate(far, [x: Tensor([2, 3])]) }
  }
}
