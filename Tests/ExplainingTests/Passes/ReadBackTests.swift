import Diagnostics
import ExpressionLanguage
import Judging
import Reporting
import TensorExpressions
import Testing

@testable import Explaining

/// Printed lines are held against what they stand for.
@Suite struct ReadBackTests {
  private func program(_ text: String) throws -> Program {
    let source = SourceText(name: "text.expr", text: text)
    var diagnostics = DiagnosticList(source: source)
    return try #require(
      FileCheck().program(of: source, into: &diagnostics), "\(diagnostics.rendered())")
  }

  /// Programs whose gradients were printed wrongly, or in which a wrong reading is near: structure words,
  /// functions under views, sums in index statements, sizes inside inverses, names of the language's
  /// constants.
  private static let programs = [
    "dims n=3\nparam x: [n, n] lower\ny = x @ x.T",
    "dims n=3\nparam x: [n, n] lower\ny = logdet(x @ x.T)",
    "dims n=3\nparam x: [n, n] lower, b: [n]\ny = solve(x @ x.T + eye(n), b)",
    "dims n=3\nparam x: [n, n] symmetric(entries)\ny = trace(x @ x @ x)",
    "dims n=3\nparam x: [n, n] diagonal, b: [n]\ny = exp(x @ b)",
    "dims n=3\nparam w: [n, n]\ny = trace(erf(w))",
    "dims n=3\nparam w: [n, n]\ny = triu(gelu(w), 1)",
    "dims n=3\nparam w: [n, n]\ny = erf(w)[0]",
    "dims n=3\ninput x: [n, n]\ny = roll(1 - sigmoid(x), 1, axis=1)**2",
    "dims n=3\ninput x: [n, n]\ny = roll(log_softmax(2 * x), 1, axis=1)**2",
    "dims N=5, d=2\nparam X: [N, d]\nloss L = logdet(X.T @ X / N)",
    "dims N=5, d=2\nparam X: [N, d]\nloss L = trace(inv(X.T @ X / N))",
    "dims m=4, n=2\nparam X: [n, m], A: [m, n], B: [n, n]\nloss L = det(X @ A @ B)",
    "dims T=3, P=2\ninput z: [T + P]\nvalid = concat([ones(T), zeros(P)])\ny = where(valid > 0, z, 0)",
    "input pi: [3]\ny = erf(pi)",
    "dims pi=3\ninput x: [pi]\ny = erf(x)",
    "dims n=3\nparam w: [n, n]\nconst s: [n, n]\ny = sin(concat([s[1:], w[:1]], axis=0).T[:, 0])",
    "dims n=3\ninput x: [n, n]\ny = prod(x[0, 0:2], axis=0)",
    // A softmax of which only a part is kept is none.
    "dims n=4\ninput x: [n]\ny: [n]\ny[i] += exp(x[i]) / sum(exp(x)) for i in range(2)\noutput y",
    "dims n=4\ninput x: [n]\ny: [n]\ny[i] += -2 * (x[i] - exp(x[i])) for i in range(2)\noutput y",
    "dims B=2, C=3, O=4, H=7\ninput x: [B, C, H, H]\nparam w: [O, C, 3, 3]\n"
      + "y = relu(conv2d(relu(x), w, stride=2, padding=1))",
    "dims G=2, C=4, O=6, L=9\ninput x: [2, C, L]\nparam w: [O, C//2, 3]\n"
      + "y = exp(conv1d(x, w, padding=1, groups=2))",
  ]

  @Test(arguments: programs)
  func saysWhatItStandsFor(text: String) throws {
    let program = try program(text)
    let backward = try #require(try Checker.derive(program))
    let passes = PrintedPasses(program: program, backward: backward)
    #expect(passes.unreadable.isEmpty)
    #expect(passes.notCompared.isEmpty)
    // What has no law in a field, or no value at the smallest sizes, is not compared; what differs is an error.
    _ = try Checker.unwitnessed(backward, of: program)
  }

  /// A text that says something else is found, whatever it is that it says.
  @Test(arguments: [
    "dW = x @ dy", "dW = 2 * x.T @ dy", "dW = x.T @ dy + 1", "dW = tril(x.T @ dy)", "dW = dx",
    "dW = (x.T @ dy)[:, 0]", "dW = x.T @", "dW = x.T @ dz", "dW[i,o] += x[b,i] * dy[b,0]",
    "dW[o,i] += x[b,i] * dy[b,o]",
  ])
  func findsWhatSaysSomethingElse(text: String) throws {
    let program = try program("dims B=2, I=3, O=3\ninput x: [B, I]\nparam W: [I, O]\ny = x @ W")
    let backward = try #require(try Checker.derive(program))
    let line = try #require(backward.lines.first { $0.name == "dW" })
    var reader = ReadBack(program: program)
    let statements = [FormulaText.Statement(text)]
    #expect(reader.finding(statements, name: "dW", formula: line.formula) == .different)
    let right = [FormulaText.Statement("dW = x.T @ dy")]
    #expect(reader.finding(right, name: "dW", formula: line.formula) == .equal)
    let index = [FormulaText.Statement("dW[i,o] += x[b,i] * dy[b,o]")]
    #expect(reader.finding(index, name: "dW", formula: line.formula) == .equal)
  }
}
