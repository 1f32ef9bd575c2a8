import Diagnostics
import ExpressionLanguage
import Testing
import ToolkitTestSupport

@testable import Explaining
@testable import Judging
@testable import Reporting

/// Reports as people read them.
struct TextReportTests {
  static let wrongNetwork = """
    # mlp-sigmoid with a slip that was published: dA1 uses A1 where W2 belongs.
    dims B=3, I=2, H=7, O=4
    input X: [B, I]
    const label: [B, O]
    param W1: [I, H], W2: [H, O]

    Z1 = X @ W1
    A1 = sigmoid(Z1)
    Z2 = A1 @ W2
    A2 = sigmoid(Z2)
    loss L = sum((A2 - label)**2) / 2

    check dZ2 = (A2 - label) * A2 * (1 - A2)
    check dW2 = A1.T @ dZ2
    check dA1 = dZ2 @ A1
    check dZ1 = dA1 * A1 * (1 - A1)
    check dW1 = X.T @ dZ1

    """

  static func report(_ text: String, name: String = "layer.expr") -> FileReport {
    FileCheck().report(on: SourceText(name: name, text: text))
  }

  /// The text without the last digit of the floating-point witness, which differs between machines.
  static func stable(_ text: String) -> String {
    text.replacing(/agree to \S+/, with: "agree to …")
  }

  @Test func twoColumnsClaimsAndExcerpt() {
    let report = Self.report(Self.wrongNetwork, name: "mlp-sigmoid-wrong.expr")
    expectSnapshot(Self.stable(TextReport().render(report)), named: "report-two-columns")
  }

  @Test func diagnosticsOfAFileThatIsWrong() {
    let report = Self.report("dims B, I, O\ninput X: [B, I]\nparam W: [O, I]\nY = X @ W\n")
    expectSnapshot(TextReport().render(report), named: "report-diagnostics")
    #expect(report.outcome == .fileIsWrong)
  }

  /// The words do not depend on colour.
  @Test func colourChangesNoWord() {
    for text in [Self.wrongNetwork, "input x: [2]\ny = x @ x @ x\n"] {
      let report = Self.report(text)
      let coloured = TextReport(style: .coloured).render(report)
      #expect(coloured.contains("\u{1B}["))
      let stripped = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
      #expect(stripped == TextReport().render(report))
    }
  }

  /// What does not fit side by side stands one below the other, and long formulas are broken.
  @Test func narrowReportsFit() {
    let report = Self.report(Self.wrongNetwork)
    withEvery("width", in: [60, 80, 100]) { width in
      let text = TextReport(width: width).render(report)
      for line in text.split(separator: "\n") {
        #expect(terminalWidth(of: String(line)) <= width, "\(line)")
      }
    }
  }

  @Test func wrappingKeepsEveryWord() {
    let words = (1...40).map { "word\($0)" }
    withEvery("width", in: [7, 20, 33, 1000]) { width in
      let lines = TextWrapping.lines(of: words.joined(separator: " "), width: width, hanging: 2)
      let kept = lines.flatMap { $0.split(separator: " ").map(String.init) }
      #expect(kept == words, Trace.comment)
      #expect(
        lines.count == 1 || lines.allSatisfy { $0.utf8.count <= max(width, 8) }, Trace.comment)
    }
  }

  @Test func authoredDefinitionsStandOnOneLine() {
    let cases = [
      ("y = x + 1", "x + 1", false),
      ("y: [B, O] = relu(z)", "relu(z)", false),
      ("loss L = sum((y - t)**2) / (2*B)", "sum((y - t)**2) / (2*B)", false),
      ("y = conv2d(\n  x, w,  # the kernel\n  stride=2,\n)", "conv2d(x, w, stride=2,)", false),
      ("y[n,o] += x[n,c] * w[o,c]", "y[n,o] += x[n,c] * w[o,c]", true),
      ("y = einsum(\"ij->ji\", x)  # a # sign", "einsum(\"ij->ji\", x)", false),
    ]
    for (statement, text, isIndex) in cases {
      let definition = AuthoredDefinition(statement: statement, name: "y")
      #expect(definition.text == text)
      #expect(definition.isIndexStatement == isIndex)
    }
  }

  @Test func numbersAsPeopleReadThem() {
    #expect(superscript(-61) == "⁻⁶¹")
    #expect(shortScientific(2.96e-11) == "3e-11")
    #expect(shortScientific(9.7e-4) == "1e-3")
    #expect(shortScientific(0) == "0")
    #expect(shortScientific(42) == "4e1")
    #expect(groupedDigits(1792) == "1 792")
    #expect(groupedDigits(-1_234_567) == "-1 234 567")
    #expect(groupedDigits(100) == "100")
  }

  @Test func theMostSeriousOutcomeCounts() {
    let order: [Outcome] = [.holds, .undecided, .claimIsWrong, .fileIsWrong, .internalError]
    #expect(order == order.sorted())
    #expect(Outcome.claimIsWrong.rawValue == 1)
    #expect(Outcome.fileIsWrong.rawValue == 2)
    #expect(Outcome.undecided.rawValue == 3)
    #expect(Outcome.internalError.rawValue == 70)
  }
}
