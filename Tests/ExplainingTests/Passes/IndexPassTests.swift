import Diagnostics
import Explaining
import Judging
import Layers
import ProgramTestSupport
import Reporting
import TensorExpressions
import Testing

/// Passes as index statements, each of which is read back before it is printed.
@Suite struct IndexPassTests {
  private func statements(_ text: String) throws -> String? {
    let source = SourceText(name: "sample.expr", text: text)
    var diagnostics = DiagnosticList(source: source)
    guard let program = FileCheck().program(of: source, into: &diagnostics),
      let backward = try Checker.derive(program)
    else { return nil }
    return try PassNotation.index.text(of: program, backward)
  }

  @Test func comparisonsAreOperators() throws {
    let text = try statements(
      """
      dims N=3
      input x: [N]
      const a: [N] mask, b: [N] mask
      y = where(a + b, x**2, 3 * x)
      output y
      """)
    #expect(text == "dx[n] += dy[n] * where(((a[n] + b[n]) == 0), 3, 2 * x[n])\n")
  }

  @Test func aGradientOfZeroHasAStatement() throws {
    let text = try #require(
      try statements(
        """
        dims N=3, C=4
        input x: [N, C]
        m = max(x, axis=1, keepdims=True)
        z = x - m
        y = z - log(sum(exp(z), axis=1, keepdims=True))
        output y
        check dm = zeros(N, 1)
        """))
    #expect(text.contains("dm[n,0] += 0\n"), "\(text)")
  }

  /// No sample of the catalogue has a line that says something else than it stands for.
  @Test func everySampleReadsBack() throws {
    var count = 0
    for function in FunctionCatalogue.standard.functions {
      for sample in function.samples where try statements(sample)?.isEmpty == false { count += 1 }
    }
    #expect(count > 250)
  }
}
