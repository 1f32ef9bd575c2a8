import Derivation
import Evaluation
import Scalars
import Testing
import ToolkitTestSupport

@testable import TensorExpressions

/// Every row of the elementwise table: its derivatives against dual numbers, its definition against its
/// primitive.
@Suite struct ElementwiseConformanceTests {
  /// Where functions are defined, when that is not everywhere.
  private static let domains: [String: TensorStructure] = [
    "log": .positive, "sqrt": .positive, "rsqrt": .positive, "log1p": .positive,
    "asin": .unitInterval, "acos": .unitInterval, "pow": .positive,
  ]

  /// A row applied to symbols of its own; the exponent of `pow` is a number, the condition of `where` a mask.
  private static func application(_ row: Elementwise) -> (
    value: TensorExpression, moving: [TensorExpression]
  ) {
    let space = ExpressionSpace()
    let domain = domains[row.name] ?? []
    var operands = (0..<row.arity).map { space.input("x\($0)", ["n", 2], domain) }
    var moving = operands
    if row.name == "pow" {
      operands[1] = operands[1].filled(Rational(5, 2))
      moving = [operands[0]]
    }
    if row.name == "where" {
      operands[0] = step(space.input("c", ["n", 2]))
      moving.removeFirst()
    }
    if row.name == "clip" || row.name == "hardtanh" {
      // Bounds with room between them.
      operands[2] = operands[2] * operands[2] + operands[1]
    }
    return (space.elementwise(row, operands), moving)
  }

  private static func identity(_ row: Elementwise) throws -> AdjointIdentity {
    let (value, moving) = application(row)
    let upstream = value.space.symbol(TensorSymbol("dy", role: .upstream), shape: value.shape)
    let cotangents = try Pullback()([(value, upstream)], to: moving)
    return AdjointIdentity(
      output: value, upstream: upstream,
      cotangents: cotangents.filter { moving.contains($0.key) }, sizes: ["n": 3])
  }

  @Test(arguments: Elementwise.table.map(\.name))
  func derivativesAgreeWithDuals(name: String) throws {
    let identity = try Self.identity(try #require(Elementwise.named(name)))
    withEvery("seed", in: 0..<4) { seed in
      let outcome = identity.outcome(seed: UInt64(seed))
      #expect(outcome == .exact || outcome == .enclosed, "\(outcome), \(Trace.comment)")
    }
  }

  /// A row is rejected when one of its derivatives is twice what it should be; those that are zero everywhere
  /// cannot be told from their doubles.
  @Test(arguments: Elementwise.table.map(\.name))
  func twiceADerivativeIsRejected(name: String) throws {
    let row = try #require(Elementwise.named(name))
    let wrong = Elementwise(
      row.name, arity: row.arity, primitive: row.primitive, definition: row.definition,
      derivatives: { x, y in
        row.derivatives(x, y).map { $0?.scaled(by: Coefficient(Rational(2))) }
      }, kinks: row.kinks)
    let identity = try Self.identity(wrong)
    if identity.cotangents.values.allSatisfy(\.isZero) { return }
    let outcomes = (0..<4).map { identity.outcome(seed: UInt64($0)) }
    let isRejected = outcomes.contains { if case .different = $0 { true } else { false } }
    #expect(isRejected, "\(outcomes)")
  }

  /// Rows that have both say the same twice.
  @Test(
    arguments: Elementwise.table.filter { $0.primitive != nil && $0.definition != nil }.map(\.name))
  func definitionAgreesWithPrimitive(name: String) throws {
    let row = try #require(Elementwise.named(name))
    let (value, moving) = Self.application(row)
    let define = try #require(row.definition)
    let definition = define(value.operands)
    let arithmetic = IntervalArithmetic(precision: 256)
    withEvery("seed", in: 0..<4) { seed in
      let point = try PointDrawing(seed: UInt64(seed)).point(for: moving, sizes: ["n": 3])
      let values = try Evaluator(arithmetic, at: try point.converted(to: arithmetic))
        .evaluate([value, definition])
      for (a, b) in zip(values[0].elements, values[1].elements) {
        #expect(a.intersection(b) != nil, Trace.comment)
      }
    }
  }

  /// Every derivative has the shape of the operand, and there is one for each operand or nil.
  @Test(arguments: Elementwise.table.map(\.name))
  func derivativesHaveShapes(name: String) throws {
    let row = try #require(Elementwise.named(name))
    let (value, _) = Self.application(row)
    let derivatives = row.derivatives(value.operands, value)
    #expect(derivatives.count == row.arity)
    for derivative in derivatives.compactMap({ $0 }) { #expect(derivative.shape == value.shape) }
  }
}
