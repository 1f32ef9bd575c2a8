import GradientChecking
import Testing

/// The door for Swift programs: gradients of an expression, and judgements of claimed ones.
@Suite struct GradientsTests {
  private let space = ExpressionSpace()

  /// Y = X·W, with its gradients by X and W.
  private func dense() throws -> (x: TensorExpression, w: TensorExpression, exact: Gradients) {
    let x = space.input("x", ["N", "I"])
    let w = space.parameter("w", ["I", "O"])
    return (x, w, try gradients(of: x.matmul(w), by: [x, w]))
  }

  @Test func linesAreThoseOfTheLanguage() throws {
    let (_, _, exact) = try dense()
    #expect(exact.text.contains("dw = x.T @ dy"))
    #expect(exact.text.contains("dx = dy @ w.T"))
    #expect(exact.upstream?.shape == ["N", "O"])
    #expect(exact.output.name == "y")
  }

  @Test func aRightClaimIsProved() throws {
    let (x, w, exact) = try dense()
    let dy = try #require(exact.upstream)
    let judgement = try judge(dy.matmul(w.transposed()), against: exact.gradient(by: x))
    #expect(judgement.holds)
    guard case .proved = judgement.verdict else {
      Issue.record("\(judgement)")
      return
    }
  }

  @Test func aClaimWithAWrongFactorIsWrongWithItsCause() throws {
    let (x, w, exact) = try dense()
    let dy = try #require(exact.upstream)
    let judgement = try judge(
      2 * dy.matmul(w.transposed()), against: exact.gradient(by: x))
    #expect(!judgement.holds)
    #expect(judgement.verdict.word == "wrong")
    #expect(judgement.text.contains("check dx = 2 * dy @ w.T"))
    #expect(judgement.text.contains("factor"))
  }

  @Test func aClaimOfAnotherShapeIsAnError() throws {
    let (x, w, exact) = try dense()
    #expect(throws: GradientError.shape(claimed: "[I, O]", gradient: "[N, I]")) {
      try judge(w, against: exact.gradient(by: x))
    }
  }

  @Test func whatTheOutputDoesNotDependOnHasNoGradient() throws {
    let (x, _, exact) = try dense()
    let other = space.input("z", ["N"])
    #expect(throws: GradientError.independent(of: "z")) { try exact.gradient(by: other) }
    #expect(throws: GradientError.independent(of: "z")) { try gradients(of: x, by: [other]) }
  }

  @Test func aClaimReadsTheLayersTensorsOnly() throws {
    let (x, _, exact) = try dense()
    let other = space.input("z", ["N", "I"])
    #expect(throws: GradientError.foreignTensor("z")) {
      try judge(other, against: exact.gradient(by: x))
    }
  }

  @Test func namesAreToldApart() throws {
    let x = space.input("x", ["N"])
    let twice = space.named("h", 2 * x) * space.named("h", 3 * x)
    #expect(throws: GradientError.repeatedName("h")) { try gradients(of: twice, by: [x]) }
  }

  @Test func aPrimalNeedsAName() throws {
    let (x, _, _) = try dense()
    #expect(throws: GradientError.namelessPrimal) {
      try gradients(of: 3 * x, by: [2 * x])
    }
  }

  @Test func codeIsAModule() throws {
    let (_, _, exact) = try dense()
    #expect(try exact.code(.numpy).contains("def backward(dy, x, w):"))
    #expect(try exact.code(.index).contains("] += "))
  }
}
