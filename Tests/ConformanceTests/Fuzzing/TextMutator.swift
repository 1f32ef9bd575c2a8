import ToolkitTestSupport

/// Damages texts of a corpus: words exchanged, dropped, repeated and taken from elsewhere, numbers made large, lines
/// moved, bytes changed.
struct TextMutator {
  private let files: [[String]]

  init(corpus: [String]) { files = corpus.map(Self.words) }

  /// The bytes of one mutant, which need not be UTF-8.
  func mutant(seed: Int) -> [UInt8] {
    var generator = ToolkitTestSupport.SeededGenerator(seed: seed)
    var words = files[Int.random(in: 0..<files.count, using: &generator)]
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      damage(&words, using: &generator)
    }
    var bytes = Array(words.joined().utf8)
    if Int.random(in: 0..<8, using: &generator) == 0, !bytes.isEmpty {
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
    }
    return bytes
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

  private static let numbers = [
    "0", "1", "-1", "2", "3", "7", "64", "1000", "100000", "10**6", "10**12", "1000000007",
    "9223372036854775807", "18446744073709551616", "1e-5", "1e400", "0.5", "1/3",
  ]

  private static let pieces = [
    ".T", ".mT", "-", "+", "*", "@", "/", "//", "**", "(", ")", "[", "]", ",", ":", "...", "[0]",
    "[:, 1:]", "[::2]", "[::-1]", "sum(", "inv(", "det(", "exp(", "log(", "sqrt(", "relu(",
    "conv2d(",
    "reshape(", "grad(", "jacobian(", "hessian(", "roll(", "tril(", "kron(", "stack([", "einsum(",
    "max(",
    "prod(", "softmax(", "padding=", "stride=", "axis=", "groups=", "\n", "=", "+=", " symmetric",
    " lower", " spd", " one_hot(0)", " orthogonal", " simplex", "check ", "assert ", "loss ",
    "output ",
    "dims ", "def f(a) = ", "f(", " for g in range(2)", "==", ">", "None", "True", "\"ij->\"",
  ]

  private func damage(
    _ text: inout [String], using generator: inout ToolkitTestSupport.SeededGenerator
  ) {
    guard !text.isEmpty else { return }
    let place = Int.random(in: 0..<text.count, using: &generator)
    func piece(_ list: [String]) -> String {
      list[Int.random(in: 0..<list.count, using: &generator)]
    }
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: text.remove(at: place)
    case 1: text.insert(piece(Self.pieces), at: place)
    case 2: text[place] = piece(Self.pieces)
    case 3: text[place] = text[Int.random(in: 0..<text.count, using: &generator)]
    case 4:
      let other = files[Int.random(in: 0..<files.count, using: &generator)]
      if let word = other.randomElement(using: &generator) { text[place] = word }
    case 5...6:
      let places = text.indices.filter { text[$0].first?.isNumber ?? false }
      if let number = places.randomElement(using: &generator) { text[number] = piece(Self.numbers) }
    case 7:
      // A run of words again.
      let end = min(text.count, place + Int.random(in: 1...12, using: &generator))
      text.insert(
        contentsOf: text[place..<end], at: Int.random(in: 0...text.count, using: &generator))
    default:
      text.swapAt(place, Int.random(in: 0..<text.count, using: &generator))
    }
  }
}
