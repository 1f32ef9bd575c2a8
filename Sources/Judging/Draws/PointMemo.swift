import Evaluation
import Scalars
import Synchronization
import TensorExpressions

/// The rational points that were drawn last, since several claims ask for the same ones.
final class PointMemo: Sendable {
  /// What a point follows from.
  struct Key: Hashable {
    let seed: UInt64
    let sizes: [String: Int]
    let order: [TensorExpression]
    /// How many of them are drawn.
    let count: Int
  }

  private static let limit = 4
  private let points = Mutex<[(key: Key, point: EvaluationPoint<Rational>)]>([])

  /// The point of a key, drawn where it is not among the last ones.
  func point(
    _ key: Key, drawing: () throws(EvaluationError) -> EvaluationPoint<Rational>
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    if let known = points.withLock({ points in points.first { $0.key == key }?.point }) {
      return known
    }
    let point = try drawing()
    points.withLock { points in
      points.append((key, point))
      if points.count > Self.limit { points.removeFirst() }
    }
    return point
  }
}
