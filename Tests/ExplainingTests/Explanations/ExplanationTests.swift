import Diagnostics
import ProgramTestSupport
import Testing
import ToolkitTestSupport

@testable import Explaining
@testable import Judging
@testable import Reporting

@Suite struct ExplanationTests {
  private static let reluTwoLayer = """
    dims I, H, O
    input x: [I]
    param W: [H, I], Z: [O, H]
    h = W @ x
    y = relu(h)
    m = Z @ y
    loss L = sum(m**2)
    """

  private static let sigmoidNetwork = """
    dims B=1, I=2, H=7, O=2
    input X: [B, I]
    const label: [B, O]
    param W1: [I, H], W2: [H, O]
    Z1 = X @ W1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2
    A2 = sigmoid(Z2)
    loss L = sum((A2 - label)**2) / 2
    """

  @Test(arguments: [
    ("relu-two-layer", reluTwoLayer),
    ("mlp-sigmoid", sigmoidNetwork),
    (
      "strided-convolution",
      """
      dims N=2, C=3, O=4, H=9, W=8
      input x: [N, C, H, W]
      param w: [O, C, 3, 3], b: [O]
      y = conv2d(x, w, b, stride=2, padding=1)
      a = relu(y)
      p = max_pool2d(a, 2)
      """
    ),
    (
      "softmax-cross-entropy",
      """
      dims B=2, I=3, C=4
      input x: [B, I]
      param W: [C, I], b: [C]
      const t: [B, C]
      z = linear(x, W, b)
      loss L = cross_entropy(z, t)
      """
    ),
    (
      "batch-norm",
      """
      dims B=4, C=3
      input x: [B, C]
      param gamma: [C], beta: [C]
      mu = mean(x, axis=0)
      c = x - mu
      s = mean(c**2, axis=0)
      r = rsqrt(s + 1e-5)
      y = gamma * c * r + beta
      """
    ),
  ])
  func explains(name: String, file: String) throws {
    let text = try Self.text(of: file)
    expectSnapshot(text, named: name)
    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test func everyLineSaysItsProductAndItsForwardLine() throws {
    let lines = try Self.lines(of: Self.sigmoidNetwork)
    #expect(lines.count == 7)
    for line in lines {
      #expect(!line.products.isEmpty && !line.uses.isEmpty, "\(line.headline)")
      #expect(line.uses.allSatisfy { !$0.rules.isEmpty && !$0.forwardLine.isEmpty })
    }
    let weights = try #require(lines.first { $0.headline.hasPrefix("dW2") })
    #expect(weights.headline == "dW2 (7,2) = A1.T (7,1) @ dZ2 (1,2)")
  }

  /// Where extents agree the shapes do not decide, and it is not said that they do.
  @Test func equalExtentsAreNotArgumentsForAProduct() throws {
    let square = "dims n=3\ninput X: [n, n]\nparam W: [n, n]\nY = X @ W\noutput Y"
    let lines = try Self.lines(of: square)
    for line in lines {
      let reason = try #require(line.products.first).argument.reason
      #expect(!reason.contains("only this one fits"), "\(reason)")
      #expect(reason.contains("By shape alone"), "\(reason)")
    }
  }

  private static func lines(of file: String) throws -> [LineExplanation] {
    try explanation(of: file).lines
  }

  private static func text(of file: String) throws -> String { try explanation(of: file).text() }

  private static func explanation(of file: String) throws -> Explanation {
    let source = SourceText(name: "sample.expr", text: file)
    var diagnostics = DiagnosticList(source: source)
    let program = try #require(FileCheck().program(of: source, into: &diagnostics))
    return Explanation(program, try #require(try Checker.derive(program)))
  }
}
