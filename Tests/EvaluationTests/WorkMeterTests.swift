import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

@Suite struct WorkMeterTests {
  let space = ExpressionSpace()

  /// x·w for square matrices of extent n.
  private func product(_ x: TensorExpression, _ w: TensorExpression) -> TensorExpression {
    let n = Size("n")
    return space.contraction(
      Contraction(
        indices: [n, n, n], output: [.index(0), .index(1)],
        operands: [.init(x, [.index(0), .index(2)]), .init(w, [.index(2), .index(1)])]),
      shape: [n, n])
  }

  private var matrices: (TensorExpression, TensorExpression) {
    (space.input("x", [Size("n"), Size("n")]), space.input("w", [Size("n"), Size("n")]))
  }

  @Test func anEstimateCountsEveryMultiplyAdd() throws {
    let (x, w) = matrices
    let field = PrimeFieldArithmetic()
    let estimate = try WorkEstimate(of: [product(x, w)], sizes: ["n": 3], memory: 1 << 30)
    // 27 products, and 9 entries of each declared matrix.
    #expect(estimate.work == (27 + 9 + 9) * field.productWork)
    // Three matrices of words, and three words for each entry of the product before it is reduced.
    #expect(estimate.peakBytes == 3 * 9 * 8 + 9 * 3 * 8)
    #expect(estimate.heaviest === product(x, w))
  }

  @Test func estimatesOfHugeSizesSaturate() throws {
    let (x, w) = matrices
    let estimate = try WorkEstimate(
      of: [product(x, w)], sizes: ["n": 1_000_000_000], memory: 1 << 30)
    #expect(estimate.work == .max)
    #expect(estimate.peakBytes > 1 << 60)
  }

  @Test func workBeyondTheBudgetIsNotBegun() throws {
    let (x, w) = matrices
    let value = product(x, w)
    let field = PrimeFieldArithmetic()
    func evaluate(_ limit: Int) -> (Result<Tensor<UInt64>, EvaluationError>, WorkMeter) {
      let meter = WorkMeter(limit: limit)
      let result = EvaluationLimits(meter: meter).scope { () throws(EvaluationError) in
        let point = try FieldDrawing(field, seed: 1).point(
          for: [x, w], like: EvaluationPoint(sizes: ["n": 3]))
        return try Evaluator(field, at: point).evaluate(value)
      }
      return (result, meter)
    }
    let (enough, meter) = evaluate(1_000_000)
    #expect(throws: Never.self) { try enough.get() }
    #expect(meter.refusal == nil)
    // The same work is counted every time: one unit less is too little, and says how much would have been enough.
    let (again, exact) = evaluate(meter.used)
    #expect(throws: Never.self) { try again.get() }
    #expect(exact.used == meter.used)
    let (tooLittle, tight) = evaluate(meter.used - 1)
    let refusal = EvaluationError.overBudget(needed: meter.used, limit: meter.used - 1)
    #expect(throws: refusal) { try tooLittle.get() }
    #expect(tight.refusal == refusal)
  }

  @Test func aClosedMeterRefusesEverything() {
    let meter = WorkMeter(limit: 100)
    let reason = EvaluationError.overMemory(needed: 7, limit: 5)
    meter.close(with: reason)
    #expect(throws: reason) { try meter.charge(1) }
    #expect(meter.used == 0)
  }

  @Test func theScopeBoundsMemory() throws {
    let x = space.input("x", [1000])
    let drawing = PointDrawing(seed: 1)
    let refused = EvaluationLimits(memory: 100).scope { () throws(EvaluationError) in
      try drawing.point(for: [x], sizes: [:])
    }
    guard case .failure(.tooLarge(let extents, _, _, let limit)) = refused else {
      Issue.record("a thousand numbers are drawn in a hundred bytes")
      return
    }
    #expect(extents == [1000] && limit == 100)
    #expect(try drawing.point(for: [x], sizes: [:]).values[x]?.count == 1000)
  }
}
