import Diagnostics
import ExpressionLanguage
import Layers
import Testing
import ToolkitTestSupport

/// Files with words exchanged, dropped and put in end in a program or diagnostics, never in a crash, and every range
/// that comes out lies inside the text.
@Suite struct ElaborationFuzzTests {
  @Test func damagedFilesAreElaborated() throws {
    var files: [(name: String, text: String)] = []
    for folder in ["Fixtures", "Fixtures/Cases", "Fixtures/Faults", "Fixtures/Vectors"] {
      files += try fixtures(in: folder, withExtension: "expr")
    }
    let samples = FunctionCatalogue.standard.functions.flatMap(\.samples)
    let words = (files.map(\.text) + samples).map(Self.words)
    withEvery("seed", in: 0..<4000) { seed in
      var generator = SeededGenerator(seed: seed)
      var text = words[Int.random(in: 0..<words.count, using: &generator)]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        Self.damage(&text, from: words, using: &generator)
      }
      let joined = text.joined()
      let (program, diagnostics) = elaborate(joined)
      for diagnostic in diagnostics.diagnostics {
        let range = diagnostic.range ?? SourceRange(start: 0, end: 0)
        #expect(range.start >= 0 && range.end <= joined.utf8.count, "\(Trace.comment)\n\(joined)")
      }
      #expect(diagnostics.isEmpty || !diagnostics.rendered().isEmpty)
      for value in program.values { #expect(value.value.name == value.name) }
    }
  }

  /// The words, numbers, symbols and spaces of a text, in order.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    for character in text {
      let isWord = character.isLetter || character.isNumber || character == "_"
      if isWord, let last = words.last?.last, last.isLetter || last.isNumber || last == "_" {
        words[words.count - 1].append(character)
      } else {
        words.append(String(character))
      }
    }
    return words
  }

  private static let pieces = [
    "0", "1", "-1", "2", "3", "1000000007", "9223372036854775807", "1e-5", "0.5", "None", "True",
    "\"ij->\"", ".T", ".mT", "-", "+", "*", "@", "/", "//", "**", "(", ")", "[", "]", ",", ":",
    "...", "[0]", "[:, 1:]", "[::2]", "[::-1]", "sum(", "inv(", "conv2d(", "reshape(", "grad(",
    "jacobian(", "roll(", "tril(", "kron(", "stack([", "einsum(", "max(", "prod(", "padding=",
    "stride=", "axis=", "groups=", "\n", "=", "+=", "symmetric", "lower", "one_hot(0)", "check ",
    "loss ", "output ", "dims ", "def f(a) = ", "f(", "for g in range(2)", "==", ">",
  ]

  private static func damage(
    _ text: inout [String], from others: [[String]], using generator: inout SeededGenerator
  ) {
    guard !text.isEmpty else { return }
    let place = Int.random(in: 0..<text.count, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: text.remove(at: place)
    case 1: text.insert(pieces[Int.random(in: 0..<pieces.count, using: &generator)], at: place)
    case 2: text[place] = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
    case 3: text[place] = text[Int.random(in: 0..<text.count, using: &generator)]
    case 4:
      let other = others[Int.random(in: 0..<others.count, using: &generator)]
      if let word = other.randomElement(using: &generator) { text[place] = word }
    default:
      text.swapAt(place, Int.random(in: 0..<text.count, using: &generator))
    }
  }
}
