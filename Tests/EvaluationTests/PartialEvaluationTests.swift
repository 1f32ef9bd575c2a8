import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

/// What has a value is evaluated beside what has none, in one go.
@Suite struct PartialEvaluationTests {
  let space = ExpressionSpace()

  @Test func rootsWithoutAValueAreLeftOut() throws {
    let x = space.input("x", [2])
    let shared = x * x
    let undefined = (x - x).reciprocal
    let roots = [shared, undefined, shared + 1, undefined + shared, shared * x]
    let values: [Rational] = [3, -2]
    let evaluator = Evaluator(
      RationalArithmetic(), at: EvaluationPoint(values: [x: Tensor(values)]))
    let found = try evaluator.evaluateWhereDefined(roots)
    #expect(found.values == [Tensor([9, 4]), nil, Tensor([10, 5]), nil, Tensor([27, -8])])
    #expect(!found.hasOpenSigns)
    #expect(throws: EvaluationError.self) { try evaluator.evaluate(roots) }
  }

  /// What does not fit the memory is no matter of one root: it is said, so that fewer can be asked for.
  @Test func limitsAreNoMissingValues() throws {
    let x = space.input("x", [8])
    var evaluator = Evaluator(
      DoubleArithmetic(), at: EvaluationPoint(values: [x: Tensor(extents: [8], repeating: 2)]),
      memoryLimit: 64 + 2 * 64)
    let roots = [x * 3, x * 5, x * 7]
    #expect(throws: EvaluationError.self) { try evaluator.evaluateWhereDefined(roots) }
    #expect(try evaluator.evaluateWhereDefined([roots[0]]).values[0]?.elements.first == 6)
    evaluator.memoryLimit = 1 << 20
    #expect(try evaluator.evaluateWhereDefined(roots).values.compactMap { $0 }.count == 3)
  }

  /// The logarithm of a negative number has no value, nor has what is made of it.
  @Test func doublesWithoutAValueAreLeftOut() throws {
    let x = space.input("x", [])
    let log = try function("log", x)
    let evaluator = Evaluator(
      DoubleArithmetic(), at: EvaluationPoint(values: [x: Tensor(scalar: -2)]))
    let found = try evaluator.evaluateWhereDefined([log, x * 2, function("exp", log)])
    #expect(found.values == [nil, Tensor(scalar: -4), nil])
  }

  /// In fields as well, at the level that an exponential takes its argument at too.
  @Test func levelsWithoutAValueAreLeftOut() throws {
    let (x, y) = (space.input("x", [2]), space.input("y", [2]))
    let chain = PrimeFieldChain(count: 2, seed: 7)
    let levels = FieldLevels(chain: chain, count: 2, seed: 7, roots: .formal)
    let point = try levels.point(for: [x, y], like: EvaluationPoint(), seed: 7)
    let undefined = (y - y).reciprocal
    let exponential = try function("exp", x * y)
    let roots = [exponential, try function("exp", undefined), undefined + x, exponential * x]
    let evaluator = LevelledEvaluator(levels, at: point)
    let whole = try evaluator.evaluate([roots[0], roots[3]])
    #expect(try evaluator.evaluateWhereDefined(roots) == [whole[0], nil, nil, whole[1]])
  }

  @Test func masksThatCannotBeDecidedAreLeftOut() throws {
    let x = space.input("x", [])
    let zero = try function("sqrt", x) * function("sqrt", x) - 2
    let open = try function("relu", zero)
    let undefined = try function("relu", (x - x).reciprocal)
    let decided = try function("relu", function("exp", x) - 3)
    let point = EvaluationPoint(values: [x: Tensor<Rational>(scalar: 2)])
    let record = try MaskRecord.recording(
      [open, undefined, decided], at: point, largestPrecision: 256, isPartial: true)
    #expect(record.steps.count == 1)
    #expect(record.steps.values.first == [true])
    #expect(try MaskRecord.recording([decided], at: point).steps == record.steps)
  }
}
