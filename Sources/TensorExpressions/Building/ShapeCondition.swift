/// What must hold of the sizes for an expression's shapes to fit.
public enum ShapeCondition: Hashable, Sendable, CustomStringConvertible {
  /// A size is a multiple of another.
  case divisible(Divisibility)
  /// The size is at least the number.
  case atLeast(Size, Int)

  public var description: String {
    switch self {
    case .divisible(let divisibility): divisibility.description
    case .atLeast(let size, let bound):
      // H - K >= 0 is read more easily as K <= H, and K - 2 >= 0 as K >= 2.
      size.isConstant ? "\(size) >= \(bound)" : Self.text(of: size - Size(bound))
    }
  }

  /// `size >= 0` with what is subtracted on the other side.
  private static func text(of size: Size) -> String {
    let positive = Size(
      constant: max(size.constant, 0), terms: size.terms.filter { $0.coefficient > 0 })
    return "\(positive) >= \(positive - size)"
  }

  /// Whether the condition is met at given numbers.
  public func isMet(_ values: [String: Int]) throws(Size.EvaluationError) -> Bool {
    switch self {
    case .divisible(let divisibility): try divisibility.isMet(values)
    case .atLeast(let size, let bound): try size.evaluated(values) >= bound
    }
  }
}
