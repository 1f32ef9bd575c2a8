import Evaluation
import Scalars
import Synchronization
import TensorExpressions

/// The rational points and the primes that were drawn last, since several claims ask for the same ones.
final class DrawMemo: Sendable {
  /// What a point follows from.
  struct PointKey: Hashable {
    let seed: UInt64
    let sizes: [String: Int]
    let order: [TensorExpression]
    /// How many of them are drawn.
    let count: Int
  }

  private struct State {
    var points: [(key: PointKey, point: EvaluationPoint<Rational>)] = []
    var chains: [Int: PrimeFieldChain] = [:]
  }

  private static let limit = 4
  private let state = Mutex(State())

  /// The point of a key, drawn where it is not among the last ones.
  func point(
    _ key: PointKey, drawing: () throws(EvaluationError) -> EvaluationPoint<Rational>
  ) throws(EvaluationError) -> EvaluationPoint<Rational> {
    if let known = state.withLock({ state in state.points.first { $0.key == key }?.point }) {
      return known
    }
    let point = try drawing()
    state.withLock { state in
      state.points.append((key, point))
      if state.points.count > Self.limit { state.points.removeFirst() }
    }
    return point
  }

  /// The chain of a seed, which is one for all draws that share this memo.
  func chain(count: Int, seed: UInt64) -> PrimeFieldChain {
    if let known = state.withLock({ $0.chains[count] }) { return known }
    let chain = PrimeFieldChain(count: count, seed: seed)
    state.withLock { $0.chains[count] = chain }
    return chain
  }
}
