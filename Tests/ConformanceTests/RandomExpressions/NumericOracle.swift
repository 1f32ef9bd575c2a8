import Evaluation
import Scalars
import TensorExpressions

/// Whether two expressions differ somewhere, by evaluation at several sizes in double precision.
///
/// It uses nothing of the normal form. The tolerance only separates rounding from difference: what the
/// generator builds is either equal or differs by far more.
struct NumericOracle {
  enum Answer: Equatable {
    case agree
    case differ(String)
    /// Nowhere were both sides defined and finite.
    case undefined
  }

  static let sizes: [[String: Int]] = [
    ["A": 2, "B": 3, "C": 4], ["A": 3, "B": 2, "C": 1], ["A": 1, "B": 4, "C": 2],
    ["A": 4, "B": 1, "C": 3],
  ]

  /// How far apart two values may be, relative to the largest value of their tensors: 2¹⁰ operations, each rounded
  /// by at most 2⁻⁵³, on values of at most 2²⁰ times that, are off by at most 2⁻²³, about 1.2e-7. Unequal formulas
  /// differ by far more at one of four sizes.
  static let tolerance = 1e-7

  static func compare(_ a: TensorExpression, _ b: TensorExpression, seed: UInt64) -> Answer {
    var isDefined = false
    for sizes in Self.sizes {
      guard
        let point = try? PointDrawing(seed: seed).point(
          for: TensorExpression.symbols(of: [a, b]), sizes: sizes),
        let inDoubles = try? point.converted(to: DoubleArithmetic()),
        let values = try? Evaluator(
          DoubleArithmetic(), at: inDoubles, memoryLimit: 1 << 24
        ).evaluate([a, b])
      else { continue }
      let pairs = zip(values[0].elements, values[1].elements)
      let scale = pairs.reduce(1e-3) { max($0, abs($1.0), abs($1.1)) }
      guard scale < 1e12, pairs.allSatisfy({ $0.isFinite && $1.isFinite }) else { continue }
      isDefined = true
      if let place = pairs.enumerated().first(where: {
        abs($0.element.0 - $0.element.1) > tolerance * scale
      }) {
        return .differ(
          "at \(sizes), entry number \(place.offset): \(place.element.0) and \(place.element.1)")
      }
    }
    return isDefined ? .agree : .undefined
  }
}
