import Evaluation
import Scalars

/// Random sizes within what a file declares.
struct SizeDraws {
  let bindings: SizeBindings

  /// What a size without a range is drawn from. It holds 1, where missing sums and broadcasts hide.
  static let rangeOfFreeSizes = 1...6
  private static let attempts = 500

  func range(of name: String) -> ClosedRange<Int> {
    bindings.ranges[name] ?? Self.rangeOfFreeSizes
  }

  /// Sizes that meet every condition, each drawn evenly from its range; nil when none were found.
  func draw(using generator: inout SeededGenerator) -> [String: Int]? {
    for _ in 0..<Self.attempts {
      var sizes = bindings.given
      for name in bindings.names where sizes[name] == nil {
        sizes[name] = Int.random(in: range(of: name), using: &generator)
      }
      if bindings.conditions.allSatisfy({ $0.holds(sizes) }) { return sizes }
    }
    return bindings.chosen(draw: Int.random(in: 0..<8, using: &generator)) ?? bindings.chosen()
  }

  /// The names that are drawn, in order.
  var drawnNames: [String] { bindings.names.filter { bindings.given[$0] == nil } }
}
