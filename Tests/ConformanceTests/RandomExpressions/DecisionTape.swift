import ToolkitTestSupport

/// The decisions of a random construction as a list of numbers: a variant of what was built is had by changing
/// one cell, and a smaller one by cutting the tape.
struct DecisionTape: Hashable, CustomStringConvertible {
  private(set) var cells: [Int]
  private(set) var position = 0

  init(_ cells: [Int]) { self.cells = cells }

  init(count: Int, using generator: inout ToolkitTestSupport.SeededGenerator) {
    cells = (0..<count).map { _ in Int.random(in: 0..<1_000_000, using: &generator) }
  }

  /// A choice among `count`; the first where the tape has ended.
  mutating func choose(_ count: Int) -> Int {
    defer { position += 1 }
    return position < cells.count ? cells[position] % count : 0
  }

  mutating func choose<Choice>(_ choices: [Choice]) -> Choice { choices[choose(choices.count)] }

  /// Whether an event of `part` in `whole` takes place; it does not where the tape has ended.
  mutating func happens(_ part: Int, in whole: Int) -> Bool { choose(whole) >= whole - part }

  /// The same decisions from the start, one of those that were used changed.
  func mutated(using generator: inout ToolkitTestSupport.SeededGenerator) -> DecisionTape {
    var copy = cells
    let place = Int.random(in: 0..<min(max(1, position), cells.count), using: &generator)
    copy[place] = Int.random(in: 0..<1_000_000, using: &generator)
    return DecisionTape(copy)
  }

  var rewound: DecisionTape { DecisionTape(cells) }

  /// Tapes with less on them: a cell made 0, or the end cut off.
  var shrunk: [DecisionTape] {
    cells.indices.filter { cells[$0] != 0 }.map { place in
      var copy = cells
      copy[place] = 0
      return DecisionTape(copy)
    }
  }

  var description: String { "\(cells)" }
}
