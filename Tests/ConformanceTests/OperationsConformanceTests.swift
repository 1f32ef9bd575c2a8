import Testing
import ToolkitTestSupport

/// The lines of the page of operations, through what the samples of functions go through.
@Suite struct OperationsConformanceTests {
  @Test func everyLineConforms() throws {
    let rows = try OperationsPage().rows
    withEvery("operation", in: rows.compactMap { row in row.text.map { (row.name, $0) } }) {
      name, text in
      do {
        try CatalogueConformanceTests.expectConformance(try SampleProgram(text))
      } catch {
        Issue.record("\(name): \(error)\n\(text)")
      }
    }
  }
}
