import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

/// Levels evaluated where they are needed give the residues of a tower, which evaluates all of them everywhere.
@Suite struct LevelledEvaluatorTests {
  let space = ExpressionSpace()

  private struct Place {
    let levels: FieldLevels
    let tower: PrimeTowerArithmetic
    let point: LevelledPoint
    let towerPoint: EvaluationPoint<PrimeTowerElement>
  }

  /// One point for both ways of evaluating.
  private func place(
    _ symbols: [TensorExpression], levels count: Int, seed: UInt64
  ) throws -> Place {
    let chain = PrimeFieldChain(count: count, seed: seed)
    let levels = FieldLevels(chain: chain, count: count, seed: seed, roots: .formal)
    let point = try levels.point(for: symbols, like: EvaluationPoint(), seed: seed)
    var values: [TensorExpression: Tensor<PrimeTowerElement>] = [:]
    for symbol in symbols {
      let planes = point.levels.compactMap { $0.values[symbol] }
      values[symbol] = Tensor(
        extents: planes[0].extents,
        elements: planes[0].elements.indices.map { i in
          PrimeTowerElement(residues: planes.map { $0.elements[i] })
        })
    }
    return Place(
      levels: levels,
      tower: PrimeTowerArithmetic(chain: chain, levels: count, seed: seed, roots: .formal),
      point: point, towerPoint: EvaluationPoint(values: values))
  }

  private func softmax(_ x: TensorExpression) throws -> TensorExpression {
    let e = try function("exp", x)
    let sum = space.contraction(
      Contraction(indices: [3], output: [], operands: [.init(e, [.index(0)])]), shape: [])
    return e * sum.reciprocal.reindexed([], to: [3])
  }

  /// Exponentials in exponentials, beside roots, masks, sums and every function that is made from the exponential.
  private func samples(_ x: TensorExpression, _ w: TensorExpression) throws -> [TensorExpression] {
    let hidden = try function("sigmoid", w.matmul(x))
    let nested = try function("tanh", w.transposed().matmul(hidden) + x)
    let rooted = try function("sqrt", x * x + 1)
    return try [
      nested, function("exp", rooted), function("softplus", hidden),
      softmax(nested * rooted), function("silu", x) + function("erf", x),
      function("gelu", nested), function("log", rooted) * x, rooted / (x + 3),
      function("sin", function("expm1", x)), function("cosh", x) - function("sinh", x),
    ]
  }

  @Test(arguments: UInt64(1)...5) func valuesAreThoseOfATower(seed: UInt64) throws {
    let (x, w) = (space.input("x", [3]), space.input("w", [4, 3]))
    let roots = try samples(x, w)
    let place = try place([x, w], levels: 4, seed: seed)
    let found = try LevelledEvaluator(place.levels, at: place.point).evaluate(roots)
    let expected = try Evaluator(place.tower, at: place.towerPoint).evaluate(roots)
    #expect(found == expected.map { $0.map(\.residue) })
    // With one level less the innermost exponential has no argument of its own, and is another number.
    let shallow = try self.place([x, w], levels: 2, seed: seed)
    let other = try LevelledEvaluator(shallow.levels, at: shallow.point).evaluate(roots)
    #expect(other[0] != found[0])
  }

  @Test(arguments: UInt64(1)...5) func tangentsAreThoseOfATower(seed: UInt64) throws {
    let (x, w) = (space.input("x", [3]), space.input("w", [4, 3]))
    let roots = try samples(x, w)
    let place = try place([x, w], levels: 4, seed: seed)
    let directions = try FieldDrawing(place.levels.identityField, seed: seed)
      .directions(for: [x, w], sizes: [:])
    let found = try LevelledEvaluator(place.levels, at: place.point)
      .pushforward(of: roots, along: directions)
    // Below the first level a tower takes any direction: the tangents there are asked by nothing.
    let expected = try Pushforward(place.tower).evaluate(
      roots, at: place.towerPoint,
      along: directions.mapValues { $0.map { PrimeTowerElement(residues: [$0, 5, 7, 9]) } })
    #expect(found.map(\.value) == expected.map { $0.value.map(\.residue) })
    #expect(found.map(\.tangent) == expected.map { $0.tangent.map(\.residue) })
    #expect(found.contains { $0.tangent.elements.contains { $0 != 0 } })
  }

  /// A mask inside an exponential's argument is keyed by its operand in the first field, at every level.
  @Test(arguments: UInt64(1)...5) func formalMasksAreThoseOfATower(seed: UInt64) throws {
    let x = space.input("x", [4])
    let largest = space.extremum(
      Extremum(
        kind: .maximum, ties: .first, operand: x, outputExtents: [2], windowExtents: [3],
        access: [affine(0, (1, 0), (1, 1))]))
    let smallest = space.extremum(
      Extremum(
        kind: .minimum, ties: .first, operand: x, outputExtents: [3], windowExtents: [2],
        access: [affine(0, (1, 0), (1, 1))]))
    let relu = try function("relu", x)
    let roots = try [
      function("tanh", relu), function("exp", largest), function("sigmoid", smallest),
      function("exp", function("tanh", relu) + relu), largest, function("exp", x - relu),
    ]
    let place = try place([x], levels: 3, seed: seed)
    let found = try LevelledEvaluator(place.levels, at: place.point, formalMaskSeed: seed)
      .evaluate(roots)
    let expected = try Evaluator(
      place.tower, at: place.towerPoint, formalMasks: FormalMasks(place.tower, seed: seed)
    ).evaluate(roots)
    #expect(found == expected.map { $0.map(\.residue) })
    // e^(x − relu(x)) · e^relu(x) = eˣ on every cell, which no other key would give.
    let parts = try [function("exp", relu) * roots[5], function("exp", x)]
    let values = try LevelledEvaluator(place.levels, at: place.point, formalMaskSeed: seed)
      .evaluate(parts)
    #expect(values[0] == values[1])
  }

  /// Nothing is drawn into a level that no exponential asks for: a value that is missing there is not missed.
  @Test func whatNoExponentialAsksForIsNotEvaluatedBelow() throws {
    let (x, y) = (space.input("x", [3]), space.input("y", [3]))
    let place = try place([x, y], levels: 2, seed: 2)
    var point = place.point
    point.levels[1].values[y] = nil
    let product = try function("exp", x) * y
    let evaluator = LevelledEvaluator(place.levels, at: point)
    #expect(throws: Never.self) { try evaluator.evaluate([product]) }
    #expect(throws: EvaluationError.unboundSymbol("y")) {
      try evaluator.evaluate([function("exp", y)])
    }
  }
}
