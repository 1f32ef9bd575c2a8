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
    /// How many of them the supply of numbers is made for.
    let supplied: Int
  }

  private struct State {
    var points: [(key: PointKey, point: EvaluationPoint<Rational>)] = []
  }

  private struct ChainKey: Hashable {
    let count: Int
    let seed: UInt64
  }

  /// The chains that were found last, in this process: long ones take a tenth of a second to find, and draws
  /// are made anew for every set of sizes. A chain follows from its key alone, so that nothing depends on
  /// what is kept.
  private static let chains = Mutex<[(key: ChainKey, chain: PrimeFieldChain)]>([])
  private static let chainLimit = 64

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

  /// The chain of a seed.
  func chain(count: Int, seed: UInt64) -> PrimeFieldChain {
    let key = ChainKey(count: count, seed: seed)
    if let known = Self.chains.withLock({ chains in chains.first { $0.key == key }?.chain }) {
      return known
    }
    let chain = PrimeFieldChain(count: count, seed: seed)
    Self.chains.withLock { chains in
      chains.append((key, chain))
      if chains.count > Self.chainLimit { chains.removeFirst() }
    }
    return chain
  }
}
