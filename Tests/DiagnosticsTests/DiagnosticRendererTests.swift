import Foundation
import Testing
import ToolkitTestSupport

@testable import Diagnostics

@Suite struct DiagnosticRendererTests {
  /// The example of the project's style page, letter for letter.
  @Test func threeLabelsUnderOneLine() {
    let source = SourceText(name: "layer.expr", text: "\n\n\nY = X @ W + b\n")
    let diagnostic = Diagnostic(
      code: "shape-contraction", "`X @ W` contracts axes of different extent",
      at: SourceRange(start: 9, end: 10), label: "contracts `in` (784) with `out` (10)",
      secondary: [
        Diagnostic.Label(SourceRange(start: 7, end: 8), "[batch: 32, in: 784]"),
        Diagnostic.Label(SourceRange(start: 11, end: 12), "[out: 10, in: 784]"),
      ],
      notes: ["`A @ B` contracts the last axis of A with the first axis of B"],
      help: "did you mean `X @ W.T`? it is well-shaped: [batch: 32, out: 10]")
    let expected = """
      error[shape-contraction]: `X @ W` contracts axes of different extent
       --> layer.expr:4:7
        |
      4 | Y = X @ W + b
        |     - ^ - [out: 10, in: 784]
        |     | |
        |     | contracts `in` (784) with `out` (10)
        |     |
        |     [batch: 32, in: 784]
        |
        = note: `A @ B` contracts the last axis of A with the first axis of B
        = help: did you mean `X @ W.T`? it is well-shaped: [batch: 32, out: 10]

      """
    #expect(DiagnosticRenderer(source: source).render(diagnostic) == expected)
    let coloured = DiagnosticRenderer(source: source, style: .coloured).render(diagnostic)
    #expect(coloured != expected)
    #expect(Self.withoutColour(coloured) == expected)
  }

  @Test func formsOfExcerpts() {
    let source = SourceText(
      name: "wide.expr",
      text: "a = f(x,\n  y,\n\n\n  z)\nȲᵀ = 行列 @ W\n\tt = \u{1B}[31m\nlast")
    let text = source.text
    func range(_ part: String) -> SourceRange {
      let start = text.range(of: part)
      return SourceRange(start: start.0, end: start.1)
    }
    let samples: [(String, Diagnostic)] = [
      (
        "several lines",
        Diagnostic(code: "a", "over lines", at: range("f(x,\n  y,\n\n\n  z)"), label: "call")
      ),
      (
        "one line apart",
        Diagnostic(code: "a", "apart", at: range("x"), secondary: [.init(range("z"), "last")])
      ),
      (
        "wide characters",
        Diagnostic(
          .warning, code: "b", "wide", at: range("@"),
          secondary: [.init(range("行列"), "matrix"), .init(range("W"), "")])
      ),
      (
        "nested labels",
        Diagnostic(
          code: "c", "nested", at: range("行列 @ W"), label: "whole",
          secondary: [.init(range("行列"), "part")])
      ),
      (
        "tabs and controls",
        Diagnostic(.note, code: "d", "control", at: range("\u{1B}"), label: "escape")
      ),
      (
        "end of file",
        Diagnostic(
          code: "e", "end", at: SourceRange(start: source.utf8.count, end: source.utf8.count),
          label: "here")
      ),
      ("past the end", Diagnostic(code: "e", "end", at: SourceRange(start: 9_999, end: 10_000))),
      ("no place", Diagnostic(code: "f", "no place", notes: ["two\nlines"], help: "do this")),
    ]
    let renderer = DiagnosticRenderer(source: source)
    expectSnapshot(
      samples.map { "# \($0.0)\n\(renderer.render($0.1))" }.joined(separator: "\n"),
      named: "excerpts")
  }

  @Test func aLongLineIsCutAroundItsLabels() {
    let text =
      String(repeating: "é", count: 500_000) + "HERE" + String(repeating: "b", count: 500_000)
    let source = SourceText(name: "long.expr", text: text)
    let rendered = DiagnosticRenderer(source: source).render(
      Diagnostic(code: "a", "long", at: SourceRange(start: 1_000_000, end: 1_000_004), label: "it"))
    let lines = rendered.split(separator: "\n").map(Array.init)
    #expect(rendered.utf8.count < 1000)
    #expect(lines[1] == Array(" --> long.expr:1:500001"))
    let mark = lines[4].firstIndex(of: "^") ?? 0
    #expect(String(lines[3][mark..<mark + 4]) == "HERE")
  }

  @Test func listsAreInSourceOrder() {
    var list = DiagnosticList(source: SourceText(name: "a.expr", text: "x\ny\n"))
    list.append(Diagnostic(.warning, code: "w", "second", at: SourceRange(start: 2, end: 3)))
    list.append(Diagnostic(code: "e", "first", at: SourceRange(start: 0, end: 1), help: "h"))
    #expect(list.inSourceOrder.map(\.message) == ["first", "second"])
    #expect(list.hasErrors)
    #expect(list.count(of: .warning) == 1)
    #expect(
      list.json.text() == """
        [{"code": "e", "severity": "error", "file": "a.expr", "line": 1, "column": 1, \
        "message": "first", "help": "h"}, {"code": "w", "severity": "warning", \
        "file": "a.expr", "line": 2, "column": 1, "message": "second"}]
        """)
  }

  /// Removes `ESC [ … m`.
  private static func withoutColour(_ text: String) -> String {
    var result = ""
    var isEscape = false
    for character in text {
      if character == "\u{1B}" { isEscape = true }
      if !isEscape { result.append(character) }
      if character == "m" { isEscape = false }
    }
    return result
  }
}

extension String {
  /// The byte offsets of the first occurrence.
  fileprivate func range(of part: String) -> (Int, Int) {
    let whole = Array(utf8)
    let bytes = Array(part.utf8)
    for start in 0...(whole.count - bytes.count)
    where Array(whole[start..<start + bytes.count]) == bytes {
      return (start, start + bytes.count)
    }
    return (0, 0)
  }
}

/// What a terminal would obey is shown and not sent.
struct VisibleTextTests {
  @Test func commandsAreMadeVisible() {
    #expect("a\u{1B}[31mb\u{7}\u{9F}\u{202E}c\r".visible == "a␛[31mb␇��c␍")
    #expect("line\n\ttab ✓".visible == "line\n\ttab ✓")
  }

  /// Our own colours stay, and nobody else's.
  @Test func coloursStay() {
    let coloured = Style.coloured.apply(.error, to: "a\u{1B}[2Jb")
    #expect(coloured == "\u{1B}[1;38;5;131ma␛[2Jb\u{1B}[0m")
    #expect(coloured.visibleBesideColours == coloured)
    #expect("\u{1B}]0;title\u{7}\u{1B}[1;38;5;131".visibleBesideColours == "␛]0;title␇␛[1;38;5;131")
  }

  @Test func jsonEscapesThem() throws {
    let value = JSONValue.string("\u{1B}\u{85}\u{202E}é")
    #expect(value.text() == #""\u001b\u0085\u202eé""#)
    #expect(try JSONValue.parse(SourceText(name: "a.json", text: value.text())) == value)
  }

  /// The columns that there are hold everything: long lines are cut around their labels, and words are wrapped.
  @Test(arguments: [40, 60, 80])
  func nothingIsWiderThanTheTerminal(width: Int) {
    let line = "y = " + (0..<30).map { "value_\($0)" }.joined(separator: " + ")
    let source = SourceText(
      name: "wide.expr", text: "\tq = 1\n" + line + "\n\t\ta\t=\tb\tc\td\te\n")
    let renderer = DiagnosticRenderer(source: source, width: width)
    for start in stride(from: 18, to: 7 + line.utf8.count - 8, by: 11) {
      let diagnostic = Diagnostic(
        code: "wide", "a message of many words that is longer than a narrow terminal is wide",
        at: SourceRange(start: start, end: start + 5), label: "[batch: 32, in: 784], which is long",
        secondary: [
          Diagnostic.Label(SourceRange(start: 11, end: 14), "a label with several words in it")
        ],
        notes: ["a note with a good many words, more than stand on a line of forty columns"])
      let lines = renderer.render(diagnostic).split(separator: "\n").map(String.init)
      #expect(
        lines.allSatisfy { terminalWidth(of: $0) <= width }, "\(lines.joined(separator: "\n"))")
      #expect(lines.contains { $0.contains("^^^^^") })
    }
    let tabs = renderer.excerpt(primary: Diagnostic.Label(SourceRange(start: 0, end: 1)))
    #expect(tabs.split(separator: "\n").allSatisfy { terminalWidth(of: String($0)) <= width })
  }

  /// Every colour can be read on black and on white.
  @Test func coloursHaveContrast() throws {
    func linear(_ level: Int) -> Double {
      let value = Double(level == 0 ? 0 : 55 + 40 * level) / 255
      return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    for role in TextRole.allCases {
      guard let code = role.ansiCode, code != "1" else { continue }
      let number = try #require(code.split(separator: ";").last.flatMap { Int($0) }) - 16
      try #require((0..<216).contains(number), "\(role): not of the fixed part of the palette")
      let luminance =
        0.2126 * linear(number / 36) + 0.7152 * linear(number / 6 % 6)
        + 0.0722 * linear(number % 6)
      #expect((luminance + 0.05) / 0.05 >= 4.5, "\(role) on black")
      #expect(1.05 / (luminance + 0.05) >= 4.5, "\(role) on white")
    }
  }
}
