/// What falls at every step of rewriting, so that rewriting ends whatever the rules are.
///
/// Rules are meant to make expressions smaller, and tests hold that they do long before the measure is used up. A rule
/// that undoes another one, or its own work, comes to an end here: the node then stays as it is, which is always right.
struct RewritingMeasure: Hashable, Sendable {
  /// How many steps one node may still take.
  private(set) var stepsLeft: Int
  /// How deeply rules may still call each other, less than any stack holds.
  private(set) var depthLeft: Int
  /// Whether some node came to the end of its steps.
  private(set) var wasExhausted = false

  private let steps: Int
  private let depth: Int

  init(steps: Int = 20_000, depth: Int = 200) {
    self.steps = steps
    self.depth = depth
    stepsLeft = steps
    depthLeft = depth
  }

  /// Takes a step; false where none is left. A step that is no part of another one begins with the whole measure.
  mutating func lower() -> Bool {
    if depthLeft == depth { stepsLeft = steps }
    guard stepsLeft > 0, depthLeft > 0 else {
      wasExhausted = true
      return false
    }
    stepsLeft -= 1
    depthLeft -= 1
    return true
  }

  mutating func leave() { depthLeft += 1 }
}
