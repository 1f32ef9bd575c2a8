import Diagnostics
import Foundation
import Judging
import Testing

@testable import Reporting

/// The pages that the program carries are those of the documentation, and what they say is so.
struct HelpPageTests {
  private static let documentation = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Documentation").standardizedFileURL

  @Test func theProgramCarriesEveryPage() throws {
    for family in [HelpPage.Family.diagnostic, .rule] {
      let folder = Self.documentation.appendingPathComponent(family.rawValue)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".md") && $0 != "README.md" }
      #expect(files.count > 15)
      let carried = HelpPage.all.filter { $0.family == family }
      #expect(
        Set(files) == Set(carried.map { $0.name + ".md" }), "Scripts/help-pages writes the list")
      for page in carried {
        let url = folder.appendingPathComponent(page.name + ".md")
        #expect(page.text == (try String(contentsOf: url, encoding: .utf8)), "\(page.name)")
      }
    }
  }

  @Test func everyCauseHasAPageThatSaysWhatItIs() throws {
    for kind in Cause.Kind.allCases {
      let page = try #require(HelpPage.named("wrong/\(kind.code)"), "\(kind)")
      #expect(page.family == .rule)
      #expect(page.text.hasPrefix("# wrong/\(kind.code)\n\n"))
      #expect(page.text.contains(kind.meaning), "\(kind)")
    }
    for rule in ["wrong/unexplained", "inherited", "kink", "undecided", "internal-error"] {
      #expect(HelpPage.named(rule)?.text.contains(RuleDescription(of: rule).short) == true)
    }
  }

  /// The last claim of the first block is found wrong for the page's reason, and that of the second is right.
  @Test func examplesAreTrue() {
    for page in HelpPage.all where page.family == .rule {
      let blocks = page.text.matches(of: /```expr\n((?s:.*?))```/).map { String($0.1) }
      guard blocks.count == 2 else {
        #expect(blocks.isEmpty, "\(page.name)")
        continue
      }
      let reports = blocks.map { TextReportTests.report($0) }
      let rule = reports[0].check?.claims.last?.verdict.rule
      #expect(rule == page.text.split(separator: "\n").first.map { String($0.dropFirst(2)) })
      #expect(reports[1].outcome == .holds, "\(page.name)")
    }
  }

  @Test func pagesAreFoundByTheirNames() {
    #expect(HelpPage.named("flip")?.family == .rule)
    #expect(HelpPage.named("file/unknown-name")?.family == .diagnostic)
    #expect(HelpPage.named("unknown-name")?.family == .diagnostic)
    #expect(HelpPage.named("wrong/unknown-name") == nil)
    #expect(HelpPage.named("nothing") == nil)
    let text = HelpPage.named("flip")?.readable() ?? ""
    #expect(text.hasPrefix("wrong/flip\n\n") && !text.contains("```"))
  }
}
