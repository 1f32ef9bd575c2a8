import Scalars
import Testing

@testable import Evaluation

/// The engine behind the evaluator's tensors, against the evaluator's own loops.
@Suite struct ExactEngineTensorTests {
  private let product = ConcreteContraction(
    extents: [9, 7, 12],
    output: [
      .init(coefficients: [1, 0, 0], extent: 9), .init(coefficients: [0, 1, 0], extent: 7),
    ],
    operands: [
      [.init(coefficients: [1, 0, 0], extent: 9), .init(coefficients: [0, 0, 1], extent: 12)],
      [.init(coefficients: [0, 0, 1], extent: 12), .init(coefficients: [0, 1, 0], extent: 7)],
    ])

  /// A full correlation whose points are cut by two guards, one of them on an index of no operand.
  private let guarded = ConcreteContraction(
    extents: [6, 5, 3],
    output: [.init(coefficients: [1, 1, 0], extent: 10)],
    operands: [
      [.init(coefficients: [1, 0, 0], extent: 6)], [.init(coefficients: [0, 1, 0], extent: 5)],
    ],
    guards: [
      .init(constant: -1, coefficients: [1, -1, 0], extent: 4),
      .init(constant: -1, coefficients: [0, 0, 1], extent: 9),
    ])

  private func entrywise<A: ScalarArithmetic>(
    _ contraction: ConcreteContraction, _ arithmetic: A, _ a: [A.Element], _ b: [A.Element]
  ) -> [A.Element] {
    var out = [A.Element](
      repeating: arithmetic.zero, count: contraction.outputExtents.reduce(1, *))
    out.withUnsafeMutableBufferPointer { out in
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          addProducts(
            LoopNest(contraction), arithmetic, a.baseAddress!, b.baseAddress!, out.baseAddress!)
        }
      }
    }
    return out
  }

  private func draw<Element>(
    _ coordinates: [ConcreteContraction.Coordinate], _ next: () -> Element
  ) -> Tensor<Element> {
    let extents = coordinates.map(\.extent)
    return Tensor(extents: extents, elements: (0..<extents.reduce(1, *)).map { _ in next() })
  }

  @Test func rationalsOfAllWidths() throws {
    for (seed, contraction) in [product, guarded, product].enumerated() {
      var draws = SeededDraws(seed: seed)
      func next() -> Rational {
        let value = Rational(
          Int(draws.integer(bits: 20)), Int.random(in: 1...60, using: &draws))
        // The last trial has numerators and denominators beyond a word.
        return seed < 2 ? value : value * Rational(1 << 62) * Rational(1 << 40, 3).power(-3)
      }
      let a = draw(contraction.operands[0], next), b = draw(contraction.operands[1], next)
      let found = try ExactEngine.contract(
        contraction, a, b, options: ExactOptions(plainLimit: -1))
      let expected = entrywise(contraction, RationalArithmetic(), a.elements, b.elements)
      #expect(found.extents == contraction.outputExtents)
      #expect(found.elements == expected, "trial \(seed)")
    }
  }

  @Test func primeFields() throws {
    for modulus: UInt64 in [(1 << 61) - 1, 3, 4_611_686_018_427_387_847] {
      for contraction in [product, guarded] {
        var draws = SeededDraws(seed: 5)
        func next() -> UInt64 {
          draws.next() % 4 == 0 ? modulus - 1 : UInt64.random(in: 0..<modulus, using: &draws)
        }
        let a = draw(contraction.operands[0], next), b = draw(contraction.operands[1], next)
        let field = PrimeFieldArithmetic(modulus: modulus)
        let expected = entrywise(contraction, field, a.elements, b.elements)
        for limit in [1e9, -1] {
          let found = try ExactEngine.contract(
            contraction, modulo: modulus, a, b, options: ExactOptions(plainLimit: limit))
          #expect(found.elements == expected, "modulo \(modulus), plain up to \(limit)")
        }
      }
    }
  }

  /// What the evaluator makes of a product, on the engine and by its own loops.
  private func checkEvaluation<A: ScalarArithmetic>(
    _ arithmetic: A, _ next: () -> A.Element
  ) throws where A.Element: Equatable {
    for contraction in [product, guarded] {
      let a = draw(contraction.operands[0], next), b = draw(contraction.operands[1], next)
      let evaluation = ContractionEvaluation(arithmetic: arithmetic, budget: MemoryBudget())
      let found = try #require(try evaluation.engineProduct(contraction, a, b))
      #expect(found.extents == contraction.outputExtents)
      #expect(found.elements == entrywise(contraction, arithmetic, a.elements, b.elements))
    }
  }

  @Test func dualNumbers() throws {
    var draws = SeededDraws(seed: 9)
    try checkEvaluation(DualArithmetic(RationalArithmetic())) {
      Dual(
        primal: Rational(Int(draws.integer(bits: 9)), 6),
        tangent: Rational(Int(draws.integer(bits: 9)), 35))
    }
    let field = PrimeFieldArithmetic()
    try checkEvaluation(DualArithmetic(field)) {
      Dual(
        primal: field.randomElement(using: &draws), tangent: field.randomElement(using: &draws))
    }
  }

  @Test func isLeftToLargeSums() {
    func contraction(
      _ extents: [Int], _ output: [Int], _ left: [Int], _ right: [Int]
    ) -> ConcreteContraction {
      func axes(_ indices: [Int]) -> [ConcreteContraction.Coordinate] {
        indices.map { index in
          .init(
            coefficients: extents.indices.map { $0 == index ? 1 : 0 }, extent: extents[index])
        }
      }
      return ConcreteContraction(
        extents: extents, output: axes(output), operands: [axes(left), axes(right)])
    }
    #expect(ExactEngine.isWorthwhile(contraction([40, 30, 20], [0, 1], [0, 2], [2, 1])))
    #expect(!ExactEngine.isWorthwhile(contraction([20, 30, 20], [0, 1], [0, 2], [2, 1])))
    // An entrywise product, an outer product, many tiny products.
    #expect(!ExactEngine.isWorthwhile(contraction([1 << 20], [0], [0], [0])))
    #expect(!ExactEngine.isWorthwhile(contraction([1 << 10, 1 << 10], [0, 1], [0], [1])))
    #expect(
      !ExactEngine.isWorthwhile(
        contraction([1 << 12, 4, 4, 4], [0, 1, 2], [0, 1, 3], [0, 3, 2])))
  }

  @Test func refusesModuliThatItCannotReduceBy() {
    let one = Tensor<UInt64>(extents: [9, 12], repeating: 0)
    for modulus: UInt64 in [0, 1, 2, 10, 1 << 62] {
      #expect(throws: ExactEngineError.modulus(modulus)) {
        try ExactEngine.contract(product, modulo: modulus, one, one)
      }
    }
  }
}
