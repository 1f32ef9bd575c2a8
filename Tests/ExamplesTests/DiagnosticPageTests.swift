import Diagnostics
import Foundation
import Reporting
import Testing
import ToolkitTestSupport

/// Every diagnostic has a page, and the examples on the pages are true.
struct DiagnosticPageTests {
  static let pages =
    (try? fixtures(in: "../../Documentation/Diagnostics", withExtension: "md")) ?? []

  /// The codes that the sources declare or use.
  private func codes() throws -> Set<String> {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    var found: Set<String> = []
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(
        contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
      for match in text.matches(of: /(?:DiagnosticCode = |code: )"([a-z-]+)"/) {
        found.insert(String(match.1))
      }
    }
    return found
  }

  @Test func everyCodeHasAPage() throws {
    let codes = try codes()
    #expect(codes.count > 20)
    let documented = Set(Self.pages.map { String($0.name.dropLast(3)) }).subtracting(["README"])
    #expect(codes.subtracting(documented).sorted() == [])
    #expect(documented.subtracting(codes).sorted() == [], "pages of codes that there are not")
  }

  /// The first block of a page fails with its code, and the second has no error.
  @Test func examplesAreTrue() {
    withEvery("page", in: Self.pages) { page in
      let blocks = page.text.matches(of: /```expr\n((?s:.*?))```/).map { String($0.1) }
      guard let bad = blocks.first else { return }
      let code = String(page.name.dropLast(3))
      #expect(errors(of: bad) == [code], "\(page.name)")
      #expect(blocks.count == 2, "\(page.name)")
      if let good = blocks.dropFirst().first {
        #expect(errors(of: good) == [], "\(page.name)")
      }
    }
  }

  private func errors(of text: String) -> [String] {
    var diagnostics = DiagnosticList(source: SourceText(name: "page.expr", text: text))
    _ = FileCheck().program(of: diagnostics.source, into: &diagnostics)
    return diagnostics.diagnostics.filter { $0.severity == .error }.map(\.code.name)
  }
}
