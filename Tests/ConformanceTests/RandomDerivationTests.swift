import Derivation
import Foundation
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

/// Derivation and simplification of random expressions.
@Suite struct RandomDerivationTests {
  private struct Case {
    let output: TensorExpression
    let upstream: TensorExpression
    let moving: [TensorExpression]
    let cotangents: [TensorExpression: TensorExpression]
  }

  private static func draw(seed: Int, _ family: RandomExpression.Family) throws -> Case? {
    var generator = ToolkitTestSupport.SeededGenerator(seed: seed)
    let tape = DecisionTape(count: 50, using: &generator)
    let space = ExpressionSpace()
    let output = RandomExpression.build(tape, in: space, family).expression
    let moving = TensorExpression.symbols(of: [output]).filter {
      if case .symbol(let symbol) = $0.kind { symbol.isDifferentiable } else { false }
    }
    if moving.isEmpty { return nil }
    let upstream = space.symbol(TensorSymbol("g", role: .upstream), shape: output.shape)
    let cotangents = try Pullback()([(output, upstream)], to: moving)
    return Case(
      output: output, upstream: upstream, moving: moving,
      cotangents: cotangents.filter { moving.contains($0.key) })
  }

  /// ⟨ȳ, J·ẋ⟩ = ⟨Jᵀ·ȳ, ẋ⟩, with the cotangents as they come and simplified.
  @Test(arguments: [RandomExpression.Family.polynomial, .everything])
  func cotangentsAgreeWithDuals(family: RandomExpression.Family) {
    var agreed = 0
    var undefined = 0
    withEvery("seed", in: seeds(150)) { seed in
      guard let sample = try Self.draw(seed: seed, family) else { return }
      let simplifier = Simplifier(
        facts: Simplifier.facts(of: [sample.output] + Array(sample.cotangents.values)))
      for (name, cotangents) in [
        ("derived", sample.cotangents),
        ("simplified", sample.cotangents.mapValues(simplifier.simplified)),
      ] {
        for sizes in NumericOracle.sizes.prefix(2) {
          let outcome = AdjointIdentity(
            output: sample.output, upstream: sample.upstream, cotangents: cotangents, sizes: sizes
          ).outcome(seed: UInt64(seed), nesting: 2)
          switch outcome {
          case .exact, .enclosed: agreed += 1
          case .unknown: undefined += 1
          case .different(let how):
            Issue.record("\(name), \(Trace.comment), \(sizes), \(how)\n\(sample.output.listing)")
          }
        }
      }
    }
    print("\(family): \(agreed) agree, \(undefined) are defined nowhere that was tried")
    #expect(agreed > undefined)
  }

  /// The short form has the same value, and is its own short form.
  @Test(arguments: [RandomExpression.Family.polynomial, .everything])
  func simplificationKeepsTheValue(family: RandomExpression.Family) {
    var restless = 0
    withEvery("seed", in: seeds(250)) { seed in
      var generator = ToolkitTestSupport.SeededGenerator(seed: seed)
      let tape = DecisionTape(count: 50, using: &generator)
      let root = RandomExpression.build(tape, in: ExpressionSpace(), family).expression.unnamed
      let facts = Simplifier.facts(of: [root])
      let short = Simplifier(facts: facts).simplified(root)
      #expect(short.shape == root.shape)
      if case .differ(let how) = NumericOracle.compare(root, short, seed: UInt64(seed)) {
        Issue.record("\(Trace.comment), \(how)\n\(root.listing)\n---\n\(short.listing)")
      }
      if Simplifier(facts: facts).simplified(short) !== short { restless += 1 }
    }
    print("\(family): \(restless) short forms become another one when simplified again")
  }
}
