import Diagnostics
import Testing
import ToolkitTestSupport

@testable import ExpressionLanguage

/// Whole diagnostics of texts that cannot be read.
@Suite struct SyntaxDiagnosticsTests {
  @Test func foreignSpellings() {
    snapshot(
      "foreign-spellings",
      [
        "z = X' @ y", "z = (A + B)'", "z = Xᵀ @ y", "z = a .* b", "z = x ./ y", "z = x^2",
        "z = a ⊙ b", "z = a · b", "z = a × b", "z = A \\ b", "z = a && b", "z = (a || b)",
        "z = !a", "z = x ≤ y", "z = x === y", "z = x²", "z = X⁻¹", "z = √x",
        "z = ∑ x", "z = A ⊗ B", "z = a − b", "z -= 1", "z := x", "z → x", "z = x; y = z",
        "z = {a, b}", "z = einsum(“ij->i”, x)", "z = a\u{A0}+ b", "z = a ? b : c", "z = x[1, …]",
        "z = ∞",
      ])
  }

  @Test func literals() {
    snapshot(
      "literals",
      [
        "z = 2x", "z = 2exp(x)", "z = 3(x + y)", "z = 0x1F", "z = 007", "z = 1__0", "z = 1e+",
        "z = 1e999999999", "z = \"abc", "z = f(\"a\\n\")", "z = a + \\\n  b", "z = 1.2.3",
      ])
  }

  @Test func expressions() {
    snapshot(
      "expressions",
      [
        "z = (a + b", "z = (a, b] + c", "z = a +", "z = a b", "z = * a", "z = f(a, axis=1, b)",
        "z = f(axis=1, axis=2)", "z = (a + b)(c)", "z = x.", "z = x[]", "z = a < b < c",
        "z = a if b else c", "z = a and b", "z = not a", "z = lambda x: x",
        "z = [x for x in y]", "z = f(*a)", "z = x.T.5", "z = a, b", "z = )", "z =",
        "z = a[1:2:3:4]",
      ])
  }

  @Test func statements() {
    snapshot(
      "statements",
      [
        "parma W: [n]", "whatever W", "relu(x)", "f(a, b) = a + b", "def f(a): return a",
        "def f(a, a) = a", "def f(a=1, b) = a", "y[n] = x[n]", "z == x @ W", "x.T = y",
        "input x", "param W: (I, O)", "param W [I, O]", "const c: 3", "lambda = 3",
        "input x: [B], in: [B]", "check dW == x", "check grad(L, W) = x", "check from grads.json",
        "check dx[n] = y[n]", "assert x", "assert a < b", "assert a == b == c", "x + y",
        "dims B: 4", "dims H in 5", "dims", "y[i] += x[i] for i in 3",
        "y[i] += x[i] for i in range(1, 5, 2)", "y[i] += x[i] for i in range()", "3 = x",
        "(a + b", "param W: [I, O] symmetric(", "loss sum(x)", "+ 3", "for i in x",
        "import numpy as np", "ds /= N", "dx[x < 0] = 0",
        "z = x(:)", "z = x^T A x", "z = \\sum_i x_i", "loss L = sum(x) check dx = y",
      ])
  }

  @Test func everyMistakeIsNamedOnce() {
    let (file, diagnostics) = parse(
      """
      dims B=4, n=
      input x: [B, n]
      y = (x @ W
      z = relu(y)
      param W: [n, n
      check dW = x' @ dz
        + 3
      loss L = sum(z)
      u = conv2d(x, w,
        stride=2 3,
        padding=1)
      check dz = 1 ++ * 2
      """)
    expectSnapshot(diagnostics.rendered(), named: "several-mistakes")
    #expect(
      file.statements.map(\.description) == ["input x: [B, n]", "z = relu(y)", "loss L = sum(z)"])
  }

  @Test func aFileWithManyErrorsIsGivenUp() {
    let (_, diagnostics) = parse(String(repeating: "x +\n", count: 1000))
    #expect(diagnostics.count(of: .error) == SyntaxFile.errorLimit)
    #expect(diagnostics.diagnostics.last?.code == "too-many-errors")
  }

  /// Every spelling of the table is refused with the help of its row.
  @Test func everyForeignSpellingIsRefused() {
    for meaning in ForeignSpelling.allCases {
      withEvery("spelling", in: meaning.spellings) { spelling in
        if spelling == "<-" { return }  // `a <- b` compares `a` with `-b`
        let (tree, diagnostics) = parseExpression("a \(spelling) b")
        #expect(tree == nil, Trace.comment)
        #expect(diagnostics.diagnostics.first?.code == .foreignSpelling, Trace.comment)
      }
    }
  }

  private func snapshot(
    _ name: String, _ sources: [String], sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let rendered = sources.map { source in
      let (file, diagnostics) = parse(source)
      #expect(diagnostics.count(of: .error) == 1, "\(source)", sourceLocation: sourceLocation)
      #expect(file.statements.isEmpty, "\(source)", sourceLocation: sourceLocation)
      return diagnostics.rendered()
    }
    expectSnapshot(
      rendered.joined(separator: "\n"), named: name, sourceLocation: sourceLocation)
  }
}
