import Derivation
import Diagnostics
import ExpressionLanguage
import ProgramTestSupport
import TensorExpressions
import Testing
import ToolkitTestSupport

@testable import Explaining
@testable import Judging
@testable import Reporting

@Suite struct ClosedPassTests {
  private static let network = """
    dims B=3, I=2, H=7, O=4
    input X: [B, I]
    const t: [B, O]
    param W1: [I, H], W2: [H, O]
    Z1 = X @ W1
    A1 = sigmoid(Z1)
    A2 = sigmoid(A1 @ W2)
    loss L = sum((A2 - t)**2) / 2
    """

  @Test func closedFormulasNameOnlyTheForwardPass() throws {
    let (program, backward) = try derived(Self.network)
    let names = Set(backward.lines.map(\.cotangent))
    let closed = ClosedPass(program, backward, targets: []).gradients
    #expect(closed.map(\.name) == ["dW2", "dW1", "dX"])
    let normalizer = Normalizer(facts: program.facts)
    for gradient in closed {
      let formula = try #require(gradient.formula)
      #expect(names.isDisjoint(with: TensorExpression.postorder(of: [formula])))
      let line = try #require(backward.lines.first { $0.name == gradient.name })
      #expect(normalizer.provesEqual(formula, line.cotangent), "\(gradient.name)")
      let other = try #require(
        backward.lines.first { $0.name != gradient.name && $0.primal != nil })
      #expect(
        formula.shape != other.cotangent.shape || !normalizer.provesEqual(formula, other.cotangent))
    }
  }

  @Test func formulasAreAsExpected() throws {
    let (program, backward) = try derived(Self.network)
    let text = ClosedPass(program, backward, targets: ["W2"]).text()
    #expect(text == "dW2 = A1.T @ ((A2 - t) * A2 * (1 - A2))\n")
  }

  /// Every layer doubles the length; the last ones are given by lines, and their figures are said.
  @Test func whatIsTooLongIsGivenAsLines() throws {
    var file = "dims n=2\ninput x: [n, n]\nparam W: [n, n]\nh0 = x @ W\n"
    for layer in 1...12 {
      file += "h\(layer) = tanh(h\(layer - 1) @ W) * sigmoid(h\(layer - 1))\n"
    }
    let (program, backward) = try derived(file)
    let text = ClosedPass(program, backward, targets: []).text()
    #expect(text.contains("characters as one formula"))
    #expect(text.contains("\ndx = "))
    for gradient in ClosedPass(program, backward, targets: []).gradients {
      #expect((gradient.formula == nil) == (gradient.length > ClosedPass.limit), "\(gradient.name)")
    }
  }

  @Test(arguments: PassNotation.allCases)
  func everyNotationWritesEveryLine(notation: PassNotation) throws {
    let (program, backward) = try derived(Self.network)
    expectSnapshot(try notation.text(of: program, backward), named: "notation-\(notation.rawValue)")
  }

  private func derived(_ file: String) throws -> (Program, BackwardPass) {
    let source = SourceText(name: "sample.expr", text: file)
    var diagnostics = DiagnosticList(source: source)
    let program = try #require(FileCheck().program(of: source, into: &diagnostics))
    return (program, try #require(try Checker.derive(program)))
  }
}
