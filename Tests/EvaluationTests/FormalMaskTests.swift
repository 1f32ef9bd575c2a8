import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

/// Formal masks accept what holds on every cell, and nothing else.
@Suite struct FormalMaskTests {
  let space = ExpressionSpace()

  private func agree(
    _ a: TensorExpression, _ b: TensorExpression, seed: UInt64, hasFormalClasses: Bool = true
  ) throws -> Bool {
    let field = PrimeFieldArithmetic(seed: seed)
    let point = try FieldDrawing(field, seed: seed, hasFormalClasses: hasFormalClasses)
      .point(for: TensorExpression.symbols(of: [a, b]), like: EvaluationPoint())
    let values = try Evaluator(field, at: point, formalMasks: FormalMasks(field, seed: seed))
      .evaluate(TensorExpression.withPlainSteps([a, b]))
    return values[0] == values[1]
  }

  @Test(arguments: UInt64(1)...4) func whatHoldsOnEveryCellAgrees(seed: UInt64) throws {
    let x = space.input("x", [3])
    let (y, step) = (try function("relu", x), try function("step", x))
    #expect(try agree(y, x * step, seed: seed))
    #expect(try agree(function("abs", x), y + function("relu", -x), seed: seed))
    #expect(try agree(step, 1 - function("step", -x), seed: seed))
    // The arguments are not equal, and above zero at the same places.
    #expect(try agree(step, function("step", y * 7), seed: seed))
  }

  @Test(arguments: UInt64(1)...4) func whatDiffersOnSomeCellDoesNot(seed: UInt64) throws {
    let x = space.input("x", [3])
    let step = try function("step", x)
    #expect(try !agree(step, function("step", x + Rational(1, 1_000_000_000)), seed: seed))
    #expect(try !agree(step, x.filled(1), seed: seed))
    #expect(try !agree(step, x.zero, seed: seed))
    #expect(try !agree(step, function("step", -x), seed: seed))
  }

  @Test func zeroIsOnTheLeft() throws {
    let x = space.input("x", [3])
    #expect(try agree(function("step", x - x + x.zero), x.zero, seed: 1))
  }

  /// The window's weights do not depend on the order of its entries, and sum to 1.
  @Test func windowsAreMeansOfTheirEntries() throws {
    let x = space.input("x", [4])
    func extremum(_ kind: Extremum.Kind, _ access: Affine, _ operand: TensorExpression) -> Extremum
    {
      Extremum(
        kind: kind, ties: .first, operand: operand, outputExtents: [], windowExtents: [4],
        access: [access])
    }
    let largest = space.extremum(extremum(.maximum, affine(0, (1, 0)), x))
    let reversed = space.extremum(extremum(.maximum, affine(3, (-1, 0)), x))
    let opposite = space.extremum(extremum(.minimum, affine(0, (1, 0)), -x))
    #expect(try agree(largest, reversed, seed: 3))
    #expect(try agree(largest, -opposite, seed: 3))
    #expect(
      try !agree(largest, -space.extremum(extremum(.maximum, affine(0, (1, 0)), -x)), seed: 3))
    let taken = space.selector(extremum(.maximum, affine(0, (1, 0)), x))
    #expect(try agree(sum(taken * x), largest, seed: 5))
    #expect(try agree(sum(taken), largest.filled(1), seed: 5))
    #expect(try !agree(taken, x.filled(Rational(1, 4)), seed: 5))
  }

  private func sum(_ x: TensorExpression) -> TensorExpression {
    x.space.contraction(
      Contraction(indices: x.shape, output: [], operands: [.init(x, [.index(0)])]), shape: [])
  }
}
