import ExpressionLanguage
import Scalars
import TensorExpressions
import Testing

@testable import Evaluation
@testable import Judging

/// Large equations, which are compared along random vectors and, where they are proved, in one trial.
@Suite struct LargeEquationTests {
  let space = ExpressionSpace()

  /// (A·B, A·B + s·E) where E has a single 1 in a corner: unequal in one of 48 400 entries.
  private func product(spoiledBy number: Rational) throws -> Equation {
    let (a, b) = (space.input("A", [220, 220]), space.input("B", [220, 220]))
    let whole = try a.matmul(b)
    let corner = Affine(constant: 219, terms: [])
    let spot = space.contraction(
      Contraction(
        coefficient: Coefficient(number), indices: [1], output: [corner, corner], operands: []),
      shape: [220, 220])
    return Equation(whole, whole + spot)
  }

  private func outcome(_ equation: Equation) -> (FieldTrials.Outcome, isProjected: Bool) {
    let draw = Draw(sizes: [:], seed: 3, given: [:])
    let trials = FieldTrials(
      [equation], draws: [draw], options: CheckOptions(), roots: .formal, forward: nil)
    return (trials.outcome(), trials.projection(at: draw) != nil)
  }

  @Test func oneEntryOfALargeProductIsSeen() throws {
    let (wrong, isProjected) = outcome(try product(spoiledBy: Rational(1, 1_000_000)))
    #expect(isProjected)
    guard case .differs = wrong else {
      Issue.record("a difference of one entry was not seen")
      return
    }
    let (right, _) = outcome(try product(spoiledBy: 0))
    guard case .agrees = right else {
      Issue.record("equal sides differ")
      return
    }
  }

  /// The one trial that is left of a proved equation refutes a wrong proof.
  @Test func aWrongProofIsSeen() throws {
    let draws = (0..<3).map { Draw(sizes: [:], seed: $0 &+ 5, given: [:]) }
    let judge = NumericJudge(
      [try product(spoiledBy: 1)], draws: draws, options: CheckOptions())
    guard case .different(let difference) = judge.judged(knowing: [true])[0].equality else {
      Issue.record("a wrong proof was not seen")
      return
    }
    #expect(difference.entry == [219, 219])
  }
}
