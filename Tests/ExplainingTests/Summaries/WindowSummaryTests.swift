import Diagnostics
import ProgramTestSupport
import Testing

@testable import Explaining
@testable import Reporting

/// Spans, receptive fields and coverage, against counts by hand.
struct WindowSummaryTests {
  private func lines(_ text: String) throws -> [WindowSummary.Line] {
    var diagnostics = DiagnosticList(source: SourceText(name: "net.expr", text: text))
    let program = FileCheck().program(of: diagnostics.source, into: &diagnostics)
    return WindowSummary(ModelSummary(try #require(program, "\(diagnostics.rendered())"))).lines
  }

  /// Two layers of kernel 3 with dilations 1 and 2 read 3 and 3 + 2·2 steps; causal ones none later.
  @Test func dilatedStacks() throws {
    let file = """
      input x: [1, 2, 20]
      param w: [2, 2, 3], v: [2, 2, 3]
      a = conv1d(x, w, padding="PAD")
      b = conv1d(a, v, padding="PAD", dilation=2)

      """
    for (padding, isCausal) in [("same", false), ("causal", true)] {
      let found = try lines(file.replacing("PAD", with: padding))
      #expect(found.map(\.window.span) == [3, 5])
      #expect(found.map { $0.reach?.field } == [3, 7])
      #expect(found.map { $0.reach?.isCausal } == [isCausal, isCausal])
    }
  }

  /// A stride multiplies what later layers read: 5, then 5 + 1, then 6 + 2·4.
  @Test func stridesMultiply() throws {
    let found = try lines(
      """
      input x: [1, 1, 28]
      param w: [1, 1, 5], v: [1, 1, 5]
      c1 = conv1d(x, w, padding=2)
      p1 = max_pool1d(c1, 2)
      c2 = conv1d(p1, v, padding=2)
      """)
    #expect(found.map { $0.reach?.field } == [5, 6, 14])
    #expect(found.map { $0.reach?.stride } == [1, 2, 2])
  }

  /// Kernel 3 and stride 2 write outputs 2 or 1 times; 4 and 2 write all twice.
  @Test func coverage() throws {
    let found = try lines(
      """
      input x: [1, 1, 5]
      param w: [1, 1, 3], v: [1, 1, 4]
      a = conv_transpose1d(x, w, stride=2)
      b = conv_transpose1d(x, v, stride=2, padding=1)
      """)
    #expect(found.map(\.window.coverage) == [[2, 1], [2, 2]])
    #expect(found.map(\.window.isUneven) == [true, false])
    #expect(found.map(\.window.possibleExtents) == [11...12, 10...11])
  }

  /// (n − 3)//3 + 1 is 3 for n from 9 to 11, whichever of them the input has.
  @Test func inputsWithOneOutput() throws {
    for extent in 9...11 {
      let found = try lines(
        "input x: [1, 1, \(extent)]\nparam w: [1, 1, 3]\ny = conv1d(x, w, stride=3)\n")
      #expect(found.map(\.window.possibleExtents) == [9...11])
    }
  }

  /// Reshapes are no windows.
  @Test func reshapesDoNotSlide() throws {
    let found = try lines("input x: [6, 5]\ny = x.reshape(2, 15)\nz = x.flatten()\n")
    #expect(found.isEmpty)
  }
}
