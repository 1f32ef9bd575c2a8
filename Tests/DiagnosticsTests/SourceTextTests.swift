import Testing

@testable import Diagnostics

@Suite struct SourceTextTests {
  @Test func linesEndWithEveryTerminator() {
    let source = SourceText(name: "a", text: "ab\r\ncd\re\n\nf")
    #expect(source.lineCount == 5)
    let lines = (1...5).map { source[source.range(ofLine: $0)] }
    #expect(lines == ["ab", "cd", "e", "", "f"])
    #expect([0, 2, 3, 4, 7, 9, 10, 99].map(source.line(at:)) == [1, 1, 1, 2, 3, 4, 5, 5])
    #expect(source.range(ofLine: 9).isEmpty)
  }

  @Test func columnsAreThoseOfTheTerminal() {
    // Composed and decomposed, each one column; a wide character two; a tab to the next eighth.
    let text = "\u{0232}ᵀ Y\u{0304} 行 👩‍👧 é\tx"
    let source = SourceText(name: "a", text: text)
    let columns = Array(text).indices.map { index in
      source.location(of: String(Array(text)[..<index]).utf8.count).column
    }
    #expect(columns == [1, 2, 3, 4, 5, 6, 8, 9, 11, 12, 13, 17])
    #expect(terminalWidth(of: "\u{0232}ᵀ") == 2)
    #expect(terminalWidth(of: "Y\u{0304}ᵀ") == 2)
  }

  @Test func bytesThatAreNotTextAreReplaced() {
    let source = SourceText(name: "a", bytes: [0x61, 0xFF, 0x62])
    #expect(source.text == "a\u{FFFD}b")
    #expect(source[SourceRange(start: -5, end: 1)] == "a")
    #expect(source[SourceRange(start: 4, end: 100)] == "b")
  }

  @Test func rangesDoNotRunBackwards() {
    #expect(SourceRange(start: 5, end: 3) == SourceRange(start: 5, end: 5))
    #expect(SourceRange(start: 1, end: 2).union(SourceRange(start: 4, end: 6)).count == 5)
  }
}

@Suite struct SpellingSuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("parma", "param", 1), ("ca", "abc", 3),
    ("sigmiod", "sigmoid", 1),
  ])
  func editDistances(a: String, b: String, distance: Int) {
    #expect(SpellingSuggestion.editDistance(Array(a), Array(b)) == distance)
    #expect(SpellingSuggestion.editDistance(Array(b), Array(a)) == distance)
  }

  @Test func onlyNearNamesAreSuggested() {
    let names = ["relu", "selu", "sigmoid", "softmax", "W", "tr"]
    #expect(SpellingSuggestion.closest(to: "sigmiod", among: names) == "sigmoid")
    #expect(SpellingSuggestion.closest(to: "relv", among: names) == "relu")
    #expect(SpellingSuggestion.closest(to: "melu", among: names) == "relu")
    #expect(SpellingSuggestion.closest(to: "v", among: names) == nil)
    // A letter of the other case is no distance.
    #expect(SpellingSuggestion.closest(to: "w", among: names) == "W")
    #expect(SpellingSuggestion.closest(to: "signal", among: names) == nil)
    #expect(SpellingSuggestion.closest(to: "relu", among: ["relu"]) == nil)
  }
}
