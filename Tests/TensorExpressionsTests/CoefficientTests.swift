import Scalars
import Testing

@testable import TensorExpressions

@Suite struct CoefficientTests {
  private let n = Size("n")

  /// 3/(n − 2), with a number for the name.
  private func quotient(at value: Int) throws -> Coefficient {
    let divisor = try #require(Coefficient(n - 2).reciprocal)
    return (Coefficient(Rational(3)) * divisor).substituting(["n": Size(value)])
  }

  @Test func aSubstitutedSizeIsDividedBy() throws {
    #expect(try quotient(at: 5).evaluated([:]) == 1)
    #expect(try quotient(at: 1).evaluated([:]) == -3)
  }

  /// What is divided by zero has no value, and no sum or product with it has one.
  @Test func aZeroInADenominatorStays() throws {
    let undefined = try quotient(at: 2)
    for coefficient in [undefined, undefined + .one, .one + -undefined, undefined * undefined] {
      #expect(throws: Size.EvaluationError.self) { try coefficient.evaluated([:]) }
    }
  }
}
