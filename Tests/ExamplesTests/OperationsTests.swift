import Diagnostics
import Foundation
import Reporting
import Testing
import ToolkitTestSupport

/// The page of operations says what is true: each of its lines is a program without error.
struct OperationsTests {
  private struct Row {
    let name: String
    let line: String?
  }

  private func page() throws -> String {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Documentation/Operations.md").standardizedFileURL
    return try String(contentsOf: page, encoding: .utf8)
  }

  private func rows() throws -> [Row] {
    try page().split(separator: "\n").compactMap { line in
      guard let match = line.wholeMatch(of: /\| ([^|]+) \| (?:`(.+)`|not yet) \|/) else {
        return nil
      }
      return Row(name: String(match.1), line: match.2.map(String.init))
    }
  }

  @Test func everyLineIsAProgram() throws {
    let rows = try rows()
    withEvery("operation", in: rows.compactMap { row in row.line.map { (row.name, $0) } }) {
      name, line in
      let text = line.split(separator: "; ").joined(separator: "\n")
      let report = FileCheck().report(on: SourceText(name: "\(name).expr", text: text))
      #expect(report.diagnostics.filter { $0.severity == .error }.isEmpty, "\(name): \(line)")
      #expect(report.check?.backward != nil, "\(name): \(line)")
    }
  }

  @Test func theCountIsThatOfTheLines() throws {
    let rows = try rows()
    let count = rows.count { $0.line != nil }
    #expect(rows.count == 347)
    #expect(try page().contains("\(count) of \(rows.count) have a line"))
    #expect(Set(rows.map(\.name)).count == rows.count)
  }
}
