import Diagnostics
import Judging
import Testing

@testable import Reporting

/// Runs over several files, and files in which nothing is claimed.
struct RunTests {
  private static let right = "input x: [3]\nloss L = sum(x**2)\ncheck dx = 2 * x\n"
  private static let wrong =
    "input x: [3]\ny = 2 * x\nloss L = sum(y)\ncheck dy = ones(3)\ncheck dx = x\n"
  private static let silent = "dims n=3\ninput x: [n]\ny = 2 * x\n"

  private func report(_ text: String) -> FileReport { TextReportTests.report(text) }

  @Test func theTotal() {
    let reports = [Self.right, Self.wrong, Self.silent, "y = x\n"].map(report)
    let summary = RunSummary(reports)
    #expect(
      summary.sentence
        == "4 files: 2 proved, 1 wrong; 1 file with errors; 1 file without claims")
    #expect(JSONReport.json(reports)["summary"] == summary.json)
    #expect(
      RunSummary([report(Self.silent)]).sentence == "1 file: no claims; 1 file without claims")
  }

  @Test func aFileWithoutClaimsIsAnErrorWhereOneIsAskedFor() {
    let silent = report(Self.silent)
    #expect(silent.outcome == .holds)
    let asked = silent.requiringClaims
    #expect(asked.outcome == .fileIsWrong)
    #expect(asked.diagnostics.map(\.code) == [.noClaims])
    #expect(asked.diagnostics.first?.help == "a line that holds: `check dx = 2 * dy`")
    // What is offered was derived; it holds.
    #expect(report(Self.silent + "check dx = 2 * dy\n").outcome == .holds)
    #expect(report(Self.right).requiringClaims.outcome == .holds)
    #expect(report("y = x\n").requiringClaims.diagnostics.map(\.code.name) == ["unknown-name"])
  }

  @Test func quietReportsSayWhatDoesNotHold() {
    var writer = TextReport()
    writer.isQuiet = true
    #expect(writer.render(report(Self.right)) == "")
    #expect(writer.render(report(Self.silent)) == "")
    let text = writer.render(report(Self.wrong))
    #expect(text.contains("✗ dx   wrong") && !text.contains("dy   proved"))
    #expect(!text.contains("backward") && text.contains("1 proved, 1 wrong"))
  }

  @Test func explanationsStandBelowTheReport() throws {
    var writer = TextReport()
    writer.explains = true
    let report = report(Self.right)
    let text = writer.render(report)
    #expect(text.hasPrefix(TextReport().render(report)))
    #expect(text.count > TextReport().render(report).count + 40)
  }
}
