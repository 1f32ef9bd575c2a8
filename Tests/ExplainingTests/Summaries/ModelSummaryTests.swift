import Diagnostics
import ProgramTestSupport
import TensorExpressions
import Testing

@testable import Explaining
@testable import Reporting

/// Shapes, parameters and multiply-adds.
struct ModelSummaryTests {
  private func summary(_ text: String) throws -> ModelSummary {
    var diagnostics = DiagnosticList(source: SourceText(name: "net.expr", text: text))
    let program = FileCheck().program(of: diagnostics.source, into: &diagnostics)
    return ModelSummary(try #require(program, "\(diagnostics.rendered())"))
  }

  /// Counts that are easily done by hand, of a convolution and of a dense layer.
  @Test func countsOfLayers() throws {
    let net = try summary(
      """
      dims B=2
      input x: [B, 3, 8, 8]
      param w: [4, 3, 3, 3], b: [4], W: [256, 10]
      c = conv2d(x, w, b, padding=1)
      y = c.reshape(B, 256) @ W
      """)
    let rows = Dictionary(uniqueKeysWithValues: net.rows.map { ($0.name, $0) })
    #expect(rows["c"].map { net.number($0.parameters) } == 4 * 27 + 4)
    #expect(rows["c"].map { net.number($0.multiplyAdds) } == 2 * 4 * 64 * 27)
    #expect(rows["y"].map { net.number($0.parameters) } == 2560)
    #expect(rows["y"].map { net.number($0.multiplyAdds) } == 2 * 2560)
    #expect(net.number(net.parameters) == 112 + 2560)
  }

  /// A weight that two lines use is counted where it is used first.
  @Test func sharedParametersCountOnce() throws {
    let net = try summary("input x: [3]\nparam W: [3, 3]\nh = W @ x\ny = W @ h\n")
    #expect(net.rows.filter { $0.name == "y" }.map { net.number($0.parameters) } == [0])
    #expect(net.number(net.parameters) == 9)
  }

  @Test func openSizesStayLetters() throws {
    let net = try summary("dims I, O\ninput x: [I]\nparam W: [O, I]\ny = W @ x\n")
    #expect(net.number(net.parameters) == nil)
    #expect(net.parameters == Size("I") * Size("O"))
  }

  @Test func tablesFit() throws {
    let long = (0..<30).map { "1 * x\($0 % 2 == 0 ? "" : " + x")" }.joined(separator: " + ")
    let net = try summary("dims B=100, C=200\ninput x: [B, C, 2*B + 1, C]\ny = \(long)\n")
    for line in net.text().split(separator: "\n") {
      #expect(terminalWidth(of: String(line)) <= 100, "\(line)")
    }
    #expect(net.text().contains("…"))
  }
}
