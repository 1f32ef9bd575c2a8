import Diagnostics
import ExpressionLanguage
import Testing
import ToolkitTestSupport

/// Random damage to files ends in statements and diagnostics, never in a crash, and every range that
/// comes out lies inside the text.
@Suite struct SyntaxFuzzTests {
  @Test func damagedFilesAreRead() throws {
    let files = try fixtures(in: "Fixtures", withExtension: "expr")
    withEvery("seed", in: 0..<3000) { seed in
      var generator = SeededGenerator(seed: seed)
      let text = Self.damaged(Array(files[seed % files.count].text.utf8), using: &generator)
      let source = SourceText(name: "damaged.expr", bytes: text)
      var diagnostics = DiagnosticList(source: source)
      let file = SyntaxFile.parse(source, into: &diagnostics)
      for diagnostic in diagnostics.diagnostics {
        let range = try #require(diagnostic.range, Trace.comment)
        #expect(range.start >= 0 && range.end <= source.utf8.count, Trace.comment)
      }
      #expect(!diagnostics.rendered().isEmpty || diagnostics.isEmpty, Trace.comment)
      let (again, more) = parse(file.description)
      #expect(again.statements == file.statements, "\(Trace.comment) \(more.rendered())")
    }
  }

  private static func damaged(
    _ text: [UInt8], using generator: inout SeededGenerator
  ) -> [UInt8] {
    var text = text
    let pieces = [
      "(", ")", "[", "]", ",", ":", "..", "+=", "=", "**", "'", "\"", "\\", "\n", "\r", "\t", "#",
      "ᵀ", "for ", "1e", "0x", "é", "�", "@", "-", "check ", "\u{301}", "𝕏",
    ].map { Array($0.utf8) }
    for _ in 0..<Int.random(in: 1...6, using: &generator) {
      let place = Int.random(in: 0...text.count, using: &generator)
      let end = min(text.count, place + Int.random(in: 0...12, using: &generator))
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: text.removeSubrange(place..<end)
      case 1: text.insert(contentsOf: text[place..<end], at: place)
      case 2: text.insert(UInt8.random(in: 0...255, using: &generator), at: place)
      case 3: text.removeSubrange(end...)
      default:
        text.insert(
          contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &generator)], at: place)
      }
    }
    return text
  }
}
