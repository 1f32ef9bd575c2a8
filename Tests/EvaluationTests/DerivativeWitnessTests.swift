import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

/// Dual numbers and differences against derivatives that are written by hand here.
@Suite struct DerivativeWitnessTests {
  let space = ExpressionSpace()

  private func sum(_ x: TensorExpression) -> TensorExpression {
    space.contraction(
      Contraction(
        indices: x.shape, output: [],
        operands: [.init(x, x.shape.indices.map(Affine.index))]), shape: [])
  }

  @Test func dualNumbersDifferentiatePolynomialsAndQuotients() throws {
    let x = space.input("x", [3])
    let roots = [x * x * x - 2 * x, x.reciprocal, try function("pow", x, x.filled(4))]
    let point = try PointDrawing(seed: 3).point(for: [x], sizes: [:])
    let directions = try PointDrawing(seed: 3).directions(for: [x], sizes: [:])
    let results = try Pushforward(RationalArithmetic())
      .evaluate(roots, at: point, along: directions)
    let (values, moves) = try (
      #require(point.values[x]).elements, #require(directions[x]).elements
    )
    for (i, (v, d)) in zip(values, moves).enumerated() {
      #expect(results[0].tangent.elements[i] == (3 * v * v - 2) * d)
      #expect(results[1].tangent.elements[i] == -d / (v * v))
      #expect(results[2].tangent.elements[i] == 4 * v * v * v * d)
    }
  }

  @Test func dualNumbersDifferentiateInversesAndDeterminants() throws {
    let x = space.input("x", [3, 3])
    let point = try PointDrawing(seed: 4).point(for: [x], sizes: [:])
    let directions = try PointDrawing(seed: 4).directions(for: [x], sizes: [:])
    let results = try Pushforward(RationalArithmetic())
      .evaluate([space.inverse(x), space.determinant(x)], at: point, along: directions)
    let direction = try #require(directions[x])
    let (y, tangent) = (results[0].value, results[0].tangent)
    var trace = Rational(0)
    for i in 0..<3 {
      for j in 0..<3 {
        // (X⁻¹)˙ = −X⁻¹ Ẋ X⁻¹ and (det X)˙ = det X · tr(X⁻¹ Ẋ)
        var expected = Rational(0)
        for k in 0..<3 {
          for l in 0..<3 { expected -= y[i, k] * direction[k, l] * y[l, j] }
        }
        #expect(tangent[i, j] == expected)
        trace += y[i, j] * direction[j, i]
      }
    }
    #expect(results[1].tangent.elements[0] == results[1].value.elements[0] * trace)
  }

  /// From X = L·Lᵀ follows Ẋ = L̇·Lᵀ + L·L̇ᵀ, which has one lower triangular solution.
  @Test func dualNumbersDifferentiateFactors() throws {
    let x = space.input("x", [3, 3], .positiveDefinite)
    let point = try PointDrawing(seed: 4).point(for: [x], sizes: [:])
    let directions = try PointDrawing(seed: 4).directions(for: [x], sizes: [:])
    let result = try Pushforward(RationalArithmetic())
      .evaluate([space.cholesky(x)], at: point, along: directions)[0]
    let direction = try #require(directions[x])
    let (factor, tangent) = (result.value, result.tangent)
    for i in 0..<3 {
      #expect(factor[i, i] > 0)
      for j in 0..<3 {
        var expected = Rational(0)
        for k in 0..<3 {
          expected += tangent[i, k] * factor[j, k] + factor[i, k] * tangent[j, k]
        }
        #expect(direction[i, j] == expected)
        if i < j { #expect(factor[i, j] == 0 && tangent[i, j] == 0) }
      }
    }
  }

  @Test func dualNumbersFollowMasksAndTies() throws {
    let x = space.input("x", [3])
    let shared = space.extremum(
      Extremum(
        kind: .maximum, ties: .shared, operand: x, outputExtents: [], windowExtents: [3],
        access: [.index(0)]))
    let point = EvaluationPoint(values: [x: Tensor<Rational>([4, 0, 4])])
    let results = try Pushforward(RationalArithmetic()).evaluate(
      [try function("relu", x), shared], at: point, along: [x: Tensor([2, 3, 6])])
    #expect(results[0].tangent == Tensor([2, 0, 6]))
    #expect(results[1].tangent == Tensor(scalar: 4))
  }

  @Test func dualsOverFieldsAgreeWithDualsOverRationals() throws {
    let (x, w) = (space.input("x", [3, 4]), space.parameter("w", [4, 2]))
    let z = space.contraction(
      Contraction(
        indices: [3, 2, 4], output: [.index(0), .index(1)],
        operands: [.init(x, [.index(0), .index(2)]), .init(w, [.index(2), .index(1)])]),
      shape: [3, 2])
    let root = z * z / (z + 3)
    let point = try PointDrawing(seed: 5).point(for: [x, w], sizes: [:])
    let directions = try PointDrawing(seed: 5).directions(for: [x, w], sizes: [:])
    let field = PrimeFieldArithmetic()
    let exact = try Pushforward(RationalArithmetic())
      .evaluate([root], at: point, along: directions)[0]
    var moves: [TensorExpression: Tensor<UInt64>] = [:]
    for (symbol, tensor) in directions { moves[symbol] = try tensor.converted(to: field) }
    let residues = try Pushforward(field)
      .evaluate([root], at: point.converted(to: field), along: moves)[0]
    #expect(try exact.tangent.converted(to: field) == residues.tangent)
  }

  @Test(arguments: 1...6)
  func enoughPointsMakeADifferenceExact(degree: Int) throws {
    let x = space.input("x", [2, 2])
    let power = try function("pow", x, x.filled(Rational(degree)))
    let loss = sum(power * x.filled(Rational(1, 3)))
    let point = try PointDrawing(seed: 6).point(for: [x], sizes: [:])
    let directions = try PointDrawing(seed: 6).directions(for: [x], sizes: [:])
    let exact = try Pushforward(RationalArithmetic())
      .evaluate([loss], at: point, along: directions)[0].tangent
    func difference(_ rule: CentralDifference) throws -> Tensor<Rational> {
      try rule.derivatives(
        of: [loss], at: point, along: directions, step: Rational(1, 7),
        over: RationalArithmetic())[0]
    }
    #expect(try difference(.exact(forDegree: degree)) == exact)
    // One pair fewer is not enough, once the degree is above what one pair covers.
    if degree > 2 {
      let fewer = CentralDifference(
        pairs: CentralDifference.exact(forDegree: degree).weights.count - 1)
      #expect(try difference(fewer) != exact)
    }
  }

  @Test func floatingDifferencesKnowTheirError() throws {
    let x = space.input("x", [4])
    let y = try function("sigmoid", try function("exp", x))
    let point = try PointDrawing(seed: 7, isDyadic: true).point(for: [x], sizes: [:])
    let directions = try PointDrawing(seed: 7, isDyadic: true).directions(for: [x], sizes: [:])
    let estimate = try FloatingDifference().derivatives(of: [y], at: point, along: directions)[0]
    let doubles = DoubleArithmetic()
    var moves: [TensorExpression: Tensor<Double>] = [:]
    for (symbol, tensor) in directions { moves[symbol] = try tensor.converted(to: doubles) }
    let exact = try Pushforward(doubles)
      .evaluate([y], at: point.converted(to: doubles), along: moves)[0].tangent
    for i in 0..<4 {
      let error = abs(estimate.derivative.elements[i] - exact.elements[i])
      // Values below 1, differenced at steps h from 2⁻⁴ to 2⁻¹² and extrapolated: rounding leaves at most 2⁻⁵³/h =
      // 2⁻⁴¹, times the extrapolation's weights, whose sum is below 2⁶: 2⁻³⁵ < 1e-10.
      #expect(error < 1e-10)
      // An estimate is no bound; a few of its own size it must be.
      #expect(error <= 10 * estimate.error.elements[i])
    }
  }
}
