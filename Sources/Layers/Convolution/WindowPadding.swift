import TensorExpressions

/// What is added to one axis before its first and after its last entry.
public struct PaddingSides: Hashable, Sendable {
  /// How many entries are added before the first one.
  public let before: Size
  /// How many entries are added after the last one.
  public let after: Size

  public init(before: Size, after: Size) {
    self.before = before
    self.after = after
  }
}

/// How windows are padded: by given amounts, or by a word.
public enum WindowPadding: Hashable, Sendable {
  /// One entry for each spatial axis.
  case sides([PaddingSides])
  /// ⌈n / stride⌉ windows; where the padding is odd, one more after than before, as in TensorFlow.
  case same
  /// ⌈n / stride⌉ windows; where the padding is odd, one more before than after.
  case sameLower
  /// None.
  case valid
  /// All before the first entry, so that no window reads what comes later.
  case causal

  /// The same amount on every side of `count` axes.
  public static func all(_ amount: Size, _ count: Int) -> WindowPadding {
    .sides(Array(repeating: PaddingSides(before: amount, after: amount), count: count))
  }

  static let words = ["\"same\"", "\"same_lower\"", "\"valid\"", "\"causal\""]
    .joined(separator: ", ")

  init?(word: String) {
    switch word {
    case "same": self = .same
    case "same_lower": self = .sameLower
    case "valid": self = .valid
    case "causal": self = .causal
    default: return nil
    }
  }

  /// The window with the padding that this gives on one axis.
  ///
  /// The total of "same" is max((⌈n/s⌉ − 1)·s + span − n, 0). For an extent that is no number the maximum
  /// must be decidable.
  func window(
    _ window: SlidingWindow, spatialAxis: Int, extent: Size, function: String,
    _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> SlidingWindow {
    switch self {
    case .sides(let sides):
      guard spatialAxis < sides.count else {
        throw .argument(function: function, name: "padding", rule: "has an entry for each axis")
      }
      return window.padded(sides[spatialAxis].before, sides[spatialAxis].after)
    case .valid: return window.padded(0, 0)
    case .causal: return window.padded(window.span - 1, 0)
    case .same, .sameLower:
      try window.validate(function: function, assuming: assumptions)
      let count = (extent + window.stride - 1).flooredDivision(by: window.stride)
      let missing = (count - 1) * window.stride + window.span - extent
      return try split(
        missing, of: window, extent: extent, function: function, assumptions)
    }
  }

  /// The window with `missing` entries, or none where that is below 0, as its padding of both sides.
  func split(
    _ missing: Size, of window: SlidingWindow, extent: Size, function: String,
    _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> SlidingWindow {
    var total = missing
    if assumptions.facts.isAtMost(missing, 0) {
      total = 0
    } else if !assumptions.facts.isNonnegative(missing) {
      throw .undecided(function: function, name: "padding", size: extent)
    }
    let smaller = total.flooredDivision(by: 2)
    return self == .sameLower
      ? window.padded(total - smaller, smaller) : window.padded(smaller, total - smaller)
  }
}

extension SlidingWindow {
  func padded(_ before: Size, _ after: Size) -> SlidingWindow {
    SlidingWindow(
      kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
  }
}
