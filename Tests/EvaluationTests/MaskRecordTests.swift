import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

@Suite struct MaskRecordTests {
  let space = ExpressionSpace()

  @Test func rationalMasksAndKinksAreExact() throws {
    let x = space.input("x", [4])
    let y = try function("relu", x)
    let point = EvaluationPoint(values: [x: Tensor([-2, 0, Rational(1, 1_000_000_000), 5])])
    let record = try MaskRecord.recording([y], at: point)
    let node = try function("step", x)
    #expect(record.steps == [node: [false, false, true, true]])
    #expect(record.kinks == [MaskRecord.Kink(place: .step(node), entry: [1], number: 1)])
  }

  @Test func irrationalMasksAreDecidedByEnclosures() throws {
    let x = space.input("x", [2])
    // e^(log x) − 3 is ±1e-24 at the two points: far beyond what the first precision can tell.
    let tiny = Rational(1, 1_000_000_000_000)
    let y = try function("relu", function("exp", function("log", x)) - 3)
    let point = EvaluationPoint(values: [x: Tensor([3 - tiny * tiny, 3 + tiny * tiny])])
    let record = try MaskRecord.recording([y], at: point, precision: 32)
    #expect(record.steps.count == 1)
    #expect(record.steps.values.first == [false, true])
    #expect(record.kinks.isEmpty)
  }

  @Test func aZeroThatIsIrrationalStaysOpen() throws {
    let x = space.input("x", [])
    let root = try function("sqrt", x)
    let y = try function("relu", root * root - 2)
    let error = #expect(throws: EvaluationError.self) {
      try MaskRecord.recording(
        [y], at: EvaluationPoint(values: [x: Tensor(scalar: 2)]), largestPrecision: 512)
    }
    guard case .undecidedMask(_, [], precision: 512)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func fieldsUseTheRecordedPattern() throws {
    let x = space.input("x", [4])
    let y = try function("relu", x)
    let pool = space.extremum(
      Extremum(
        kind: .maximum, ties: .first, operand: x, outputExtents: [2], windowExtents: [2],
        access: [affine(0, (2, 0), (1, 1))]))
    let exact = EvaluationPoint(values: [x: Tensor<Rational>([-2, 3, 5, -7])])
    let record = try MaskRecord.recording([y, pool], at: exact)
    let field = PrimeFieldArithmetic()
    let point = try FieldDrawing(field, seed: 3).point(for: [x], like: exact)
    let values = try #require(point.values[x]).elements
    #expect(throws: EvaluationError.self) { try Evaluator(field, at: point).evaluate(y) }
    let results = try Evaluator(field, at: point, masks: record).evaluate([y, pool])
    #expect(results[0].elements == [0, values[1], values[2], 0])
    #expect(results[1].elements == [values[1], values[2]])
  }
}

@Suite struct FieldTrialTests {
  let space = ExpressionSpace()

  private func softmax(_ x: TensorExpression) throws -> TensorExpression {
    let e = try function("exp", x)
    let sum = space.contraction(
      Contraction(
        indices: [2, 3], output: [.index(0)], operands: [.init(e, [.index(0), .index(1)])]),
      shape: [2])
    return e * sum.reciprocal.reindexed([.index(0)], to: [2, 3])
  }

  @Test func exponentialsTurnSumsIntoProducts() throws {
    let (x, s) = (space.input("x", [2, 3]), space.input("s", [2]))
    let shift = s.reindexed([.index(0)], to: [2, 3])
    let inner = try function("sigmoid", x)
    let sizes = try PointDrawing(seed: 1).point(for: [x, s], sizes: [:])
    let roots = try [
      softmax(x), softmax(x + shift), softmax(inner), softmax(inner + shift),
      // Not an identity: a factor is no shift.
      softmax(x * 2),
    ]
    for number in 0..<3 {
      // Two nestings take a level each beside the values' own.
      let tower = PrimeTowerArithmetic(
        chain: PrimeFieldChain(count: 3, seed: UInt64(number)), levels: 3, seed: 5)
      let point = try FieldDrawing(tower, seed: 5).point(for: [x, s], like: sizes)
      let evaluator = Evaluator(tower, at: point)
      let values = try evaluator.evaluate(roots).map { $0.map(\.residue) }
      #expect(values[0] == values[1])
      #expect(values[2] == values[3])
      #expect(values[0] != values[4])
      // One root at a time is evaluated at the same point.
      #expect(try evaluator.evaluate(roots[3]).map(\.residue) == values[3])
    }
  }

  @Test func sigmoidSlopesAgreeInAllTheirForms() throws {
    let x = space.input("x", [5])
    let s = try function("sigmoid", x)
    let e = try function("exp", -x)
    let forms = [s * (1 - s), e / ((1 + e) * (1 + e)), s * s * e]
    let point = try PointDrawing(seed: 2).point(for: [x], sizes: [:])
    let tower = PrimeTowerArithmetic(chain: PrimeFieldChain(count: 2, seed: 0), levels: 2, seed: 9)
    let drawing = FieldDrawing(tower, seed: 9)
    let place = try drawing.point(for: [x], like: point)
    let values = try Evaluator(tower, at: place).evaluate(forms).map { $0.map(\.residue) }
    #expect(values[0] == values[1] && values[1] == values[2])
    // Dual numbers find the same slope without the formula.
    let directions = try drawing.directions(for: [x], sizes: [:])
    let pushed = try Pushforward(tower).evaluate([s], at: place, along: directions)[0]
    let field = tower.fields[0]
    let direction = try #require(directions[x]).map(\.residue)
    #expect(
      pushed.tangent.elements.map(\.residue)
        == zip(values[0].elements, direction.elements).map { field.multiply($0, $1) })
  }

  /// A window that takes the last entry of a tie has that entry's value, in a field, where tied entries differ.
  @Test func aTurnedTieHasTheValueThatItTakes() throws {
    let x = space.input("x", [4])
    let extremum = Extremum(
      kind: .maximum, ties: .first, operand: x, outputExtents: [2], windowExtents: [2],
      access: [affine(0, (2, 0), (1, 1))])
    let pool = space.extremum(extremum)
    let record = try MaskRecord.recording(
      [pool], at: EvaluationPoint(values: [x: Tensor([5, 5, 2, 7])]))
    #expect(record.kinks.map(\.number) == [0])
    let field = PrimeFieldArithmetic()
    let point = EvaluationPoint(
      values: [x: Tensor<UInt64>(extents: [4], elements: [11, 12, 13, 14])])
    let turned = record.turning(record.kinks)
    for (masks, expected) in [(record, [11, 14]), (turned, [12, 14])] as [(MaskRecord, [UInt64])] {
      let evaluator = Evaluator(field, at: point, masks: masks)
      #expect(try evaluator.evaluate(pool).elements == expected)
      let selector = try evaluator.evaluate(space.selector(extremum)).elements
      #expect(selector == (expected[0] == 11 ? [1, 0, 0, 1] : [0, 1, 0, 1]))
    }
  }
}
