import Scalars
import TensorExpressions

/// Tells values that are zero by identity, which no enclosure can tell from small ones.
///
/// A value that is zero at a random point of a field, with masks as they fall, is zero wherever they fall so, but for a
/// probability of its degree over 2⁶⁰.
struct ZeroTest: Sendable {
  private let levels: FieldLevels
  private let point: LevelledPoint

  /// A test for what is a part of some expressions; one-hot tensors are those of a point.
  init(
    of roots: [TensorExpression], like rational: EvaluationPoint<Rational>
  ) throws(EvaluationError) {
    let count = min(1 + Self.exponentialDepth(of: roots), Self.mostLevels)
    let seed = Self.seed(of: rational)
    levels = FieldLevels(
      chain: PrimeFieldChain(count: count, seed: seed), count: count, seed: seed, roots: .formal)
    point = try levels.point(
      for: TensorExpression.symbols(of: roots), like: rational, seed: seed)
  }

  /// Chains of more primes take long to find, and a test is made at every point: what is nested deeper is not tested.
  private static let mostLevels = 3

  /// A seed that follows from the numbers of a point, which follow from a file's text, so that no file can be
  /// written for the primes.
  private static func seed(of point: EvaluationPoint<Rational>) -> UInt64 {
    var seed: UInt64 = 0x5EED_0F2E_2057_A11E
    for (symbol, value) in point.values.sorted(by: { ($0.key.name ?? "") < ($1.key.name ?? "") }) {
      for byte in (symbol.name ?? "").utf8 { seed = SeededGenerator.mixed(seed &+ UInt64(byte)) }
      for entry in value.elements.prefix(8) {
        for byte in entry.description.utf8 { seed = SeededGenerator.mixed(seed &+ UInt64(byte)) }
      }
    }
    return seed
  }

  /// The residues of an expression's entries, with masks as they fall; nil where it has none.
  func residues(of node: TensorExpression, masks: MaskRecord) -> [UInt64]? {
    let evaluator = LevelledEvaluator(levels, at: point, masks: masks)
    return try? evaluator.evaluate([node])[0].elements
  }

  private static func exponentialDepth(of roots: [TensorExpression]) -> Int {
    var depths: [Int] = []
    for job in EvaluationSchedule(roots, masks: MaskRecord()).jobs {
      var own = job.operands.reduce(0) { max($0, depths[$1]) }
      if case .elementwise(let function, _) = job.node.kind,
        case .elementary(let elementary)? = function.primitive, elementary.involvesExponential
      {
        own += 1
      }
      depths.append(own)
    }
    return depths.max() ?? 0
  }
}
