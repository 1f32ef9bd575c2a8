import Diagnostics
import Testing
import ToolkitTestSupport

@testable import ExpressionLanguage

/// Reading what the printer writes gives the same tree.
@Suite struct SyntaxRoundTripTests {
  @Test func everyFixtureIsReadAndPrintedBack() throws {
    let files = try fixtures(in: "Fixtures", withExtension: "expr")
    #expect(files.count >= 20)
    withEvery("file", in: files.map(\.name)) { name in
      let text = files.first { $0.name == name }?.text ?? ""
      let (file, diagnostics) = parse(text)
      #expect(diagnostics.isEmpty, "\(diagnostics.rendered())")
      let (again, more) = parse(file.description)
      #expect(more.isEmpty, "\(more.rendered())")
      #expect(again.statements == file.statements, Trace.comment)
      #expect(again.description == file.description, Trace.comment)
    }
  }

  @Test func randomExpressionsArePrintedBack() {
    withEvery("seed", in: 0..<1500) { seed in
      var sample = SyntaxSample(seed: seed)
      let tree = sample.expression(depth: seed % 6)
      let text = tree.description
      let (again, diagnostics) = parseExpression(text)
      #expect(again == tree, "\(Trace.comment) \(text)\n\(diagnostics.rendered())")
    }
  }

  @Test func randomStatementsArePrintedBack() {
    withEvery("seed", in: 0..<1500) { seed in
      var sample = SyntaxSample(seed: seed)
      let statement = sample.statement(depth: seed % 4)
      let (file, diagnostics) = parse(statement.description)
      #expect(
        file.statements == [statement],
        "\(Trace.comment) \(statement)\n\(diagnostics.rendered())")
    }
  }

  @Test func equalityNoticesAMissingTranspose() {
    #expect(parseExpression("x.T @ dz").tree != parseExpression("x @ dz").tree)
    #expect(parseExpression("a - (b - c)").tree != parseExpression("a - b - c").tree)
    #expect(parseExpression("( a-b )").tree == parseExpression("a - b").tree)
  }

  @Test(arguments: [
    ("-x**2", "-x**2"), ("(-x)**2", "(-x)**2"), ("-(x**2)", "-x**2"), ("2**-x**2", "2**-x**2"),
    ("(2**a)**b", "(2**a)**b"), ("2**(a**b)", "2**a**b"), ("a-(b+c)-d", "a - (b + c) - d"),
    ("(a*b)@c", "(a * b) @ c"), ("a*-b", "a * -b"), ("-(a*b)", "-(a * b)"), ("(2).T", "(2).T"),
    ("((a<b))*c", "(a < b) * c"), ("x[ i , 2*p + k-1 ]", "x[i,2*p+k-1]"),
    ("x[:,H : 2*H]", "x[:, H:2*H]"), ("x[::2]", "x[::2]"), ("x[...,None]", "x[..., None]"),
    ("(a,)", "(a,)"), ("()", "()"), ("f('a\\'b')", "f(\"a'b\")"),
    ("(H+2-K)//2+1", "(H + 2 - K)//2 + 1"),
  ])
  func parenthesesAreThoseThatAreNeeded(source: String, printed: String) {
    #expect(parseExpression(source).tree?.description == printed)
  }
}
