import Diagnostics
import Reporting
import Testing
import ToolkitTestSupport

/// The page of operations says what is true: each of its lines is a program without error.
struct OperationsTests {
  @Test func everyLineIsAProgram() throws {
    let rows = try OperationsPage().rows
    withEvery("operation", in: rows.compactMap { row in row.text.map { (row.name, $0) } }) {
      name, text in
      let report = FileCheck().report(on: SourceText(name: "\(name).expr", text: text))
      #expect(report.diagnostics.filter { $0.severity == .error }.isEmpty, "\(name): \(text)")
      #expect(report.check?.backward != nil, "\(name): \(text)")
    }
  }

  @Test func theCountIsThatOfTheLines() throws {
    let page = try OperationsPage()
    let count = page.rows.count { $0.line != nil }
    #expect(page.rows.count == 347)
    #expect(page.text.contains("\(count) of \(page.rows.count) have a line"))
    #expect(Set(page.rows.map(\.name)).count == page.rows.count)
  }
}
