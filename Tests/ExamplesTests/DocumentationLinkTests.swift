import Foundation
import Testing

/// Links between the pages of the repository lead somewhere.
struct DocumentationLinkTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardizedFileURL

  /// The pages at the root and in the folders of documentation.
  private func pages() throws -> [URL] {
    let folders = [
      "", "Documentation", "Documentation/Decisions", "Documentation/Diagnostics",
      "Documentation/Rules", "Editors", "Notebooks",
    ]
    return try folders.flatMap { folder in
      let place = Self.root.appendingPathComponent(folder)
      return try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "md" }
    }
  }

  @Test func linksLeadSomewhere() throws {
    var links = 0
    for page in try pages() {
      let text = try String(contentsOf: page, encoding: .utf8)
      for match in text.matches(of: /\]\(([^)#\s]+)(#[^)]*)?\)/) {
        let target = String(match.1)
        if target.contains("://") { continue }
        links += 1
        let file = page.deletingLastPathComponent().appendingPathComponent(target)
        #expect(
          FileManager.default.fileExists(atPath: file.standardizedFileURL.path),
          "\(page.lastPathComponent) links to \(target)")
      }
    }
    #expect(links > 50)
  }

  /// Every diagnostic page is listed.
  @Test func theListOfDiagnosticsIsWhole() throws {
    let folder = Self.root.appendingPathComponent("Documentation/Diagnostics")
    let list = try String(
      contentsOf: folder.appendingPathComponent("README.md"), encoding: .utf8)
    for page in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where page.hasSuffix(".md") && page != "README.md" {
      #expect(list.contains("(\(page))"), "\(page) is not listed")
    }
  }
}
