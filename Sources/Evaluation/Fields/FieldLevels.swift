import Scalars
import TensorExpressions

/// The first fields of a chain: values live in the first, the arguments of their exponentials in the second, the
/// arguments of exponentials inside those in the third.
///
/// One level is a plain field, in which nothing is known of exponentials.
public struct FieldLevels: Sendable {
  /// The field of each level, that of values first.
  public let fields: [PrimeFieldArithmetic]

  /// The first levels of a chain; the last of several takes exponentials for random functions.
  ///
  /// - Precondition: there are between 1 and as many levels as the chain has primes.
  public init(
    chain: PrimeFieldChain, count: Int, seed: UInt64 = 0, roots: RootModel = .principal
  ) {
    precondition(
      (1...chain.primes.count).contains(count), "a number of levels that the chain does not have")
    fields = (0..<count).map { level in
      PrimeFieldArithmetic(
        chain: chain, level: level, seed: seed, roots: roots,
        isLast: level > 0 && level == count - 1)
    }
  }

  /// The field in which identities are tested.
  public var identityField: PrimeFieldArithmetic { fields[0] }

  /// Seeded random values for symbols, independent at each level; see ``FieldDrawing``.
  public func point(
    for symbols: [TensorExpression], like masks: EvaluationPoint<Rational>,
    fixed: Set<TensorExpression> = [], seed: UInt64, hasFormalClasses: Bool = false,
    component: UInt64 = 0
  ) throws(EvaluationError) -> LevelledPoint {
    var levels: [EvaluationPoint<UInt64>] = []
    for (level, field) in fields.enumerated() {
      let own = level == 0 ? seed : SeededGenerator.mixed(seed &+ UInt64(level))
      levels.append(
        try FieldDrawing(
          field, seed: own, hasFormalClasses: hasFormalClasses, component: component
        ).point(for: symbols, like: masks, fixed: fixed))
    }
    return LevelledPoint(levels: levels)
  }
}

/// A point in each of several fields, all with the same sizes.
public struct LevelledPoint: Sendable, Hashable {
  /// By level; at least one.
  public var levels: [EvaluationPoint<UInt64>]

  public init(levels: [EvaluationPoint<UInt64>]) { self.levels = levels }
}
