import Scalars

/// A plot of error against step in characters, on logarithmic axes.
///
/// Steps fall from left to right, four columns each; a line of text is one power of ten of the error.
struct ErrorCurve {
  struct Mark {
    let stepExponent: Int
    let error: Double
    /// Drawn as `x`: a kink lies within the step.
    let isBroken: Bool
  }
  let marks: [Mark]

  private static let columnsForStep = 4
  private static let margin = 8
  /// The most steps that fit a line of 100 columns.
  private static let largestCount = 22
  /// Errors below count as this one.
  private static let lowest = -18

  var lines: [String] {
    let shown = Array(marks.prefix(Self.largestCount))
    let heights = shown.map { Self.height($0.error) }
    guard let top = heights.max(), let bottom = heights.min() else { return [] }
    var result: [String] = []
    for height in stride(from: top, through: bottom, by: -1) {
      var line = Self.label(height) + " |"
      for (mark, own) in zip(shown, heights) {
        let symbol: Character = own == height ? (mark.isBroken ? "x" : "o") : " "
        line += "  \(symbol) "
      }
      result.append(line.withoutTrailingSpaces)
    }
    let indent = String(repeating: " ", count: Self.margin - 1)
    result.append(
      indent + "+" + String(repeating: "-", count: Self.columnsForStep * shown.count))
    let steps = shown.map { mark in
      let text = String(mark.stepExponent)
      return String(repeating: " ", count: max(0, Self.columnsForStep - 1 - text.count)) + text
        + " "
    }
    result.append((indent + " " + steps.joined()).withoutTrailingSpaces)
    result.append(indent + "  power of ten of the step h; the error is relative")
    return result
  }

  /// e with 10ᵉ ≤ value < 10ᵉ⁺¹, for a positive number.
  static func decimalExponent(_ value: Rational) -> Int {
    var exponent = decimalExponent(value.doubleValue)
    if Rational(10).power(exponent + 1) <= value { exponent += 1 }
    return exponent
  }

  private static func height(_ error: Double) -> Int {
    guard error > 0 else { return lowest }
    guard error.isFinite else { return 3 }
    return min(3, max(lowest, decimalExponent(error)))
  }

  private static func label(_ height: Int) -> String {
    let text = height == lowest ? "0" : "1e\(height)"
    return String(repeating: " ", count: max(0, margin - 2 - text.count)) + text
  }

  /// The same, up to rounding.
  static func decimalExponent(_ value: Double) -> Int {
    var exponent = 0
    var rest = value
    while rest >= 10 {
      rest /= 10
      exponent += 1
    }
    while rest < 1 {
      rest *= 10
      exponent -= 1
    }
    return exponent
  }
}

extension String {
  var withoutTrailingSpaces: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
