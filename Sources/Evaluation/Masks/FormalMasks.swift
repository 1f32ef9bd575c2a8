import Scalars
import Synchronization
import TensorExpressions

/// Masks as random functions of what they compare, in place of zeros and ones, so that one trial in a field speaks for
/// all cells at once.
///
/// ```
/// s(u) random for each value u, with s(0) = 0 and, where u is zero on no cell, s(u) + s(−u) = 1
/// max(u₁, …, uₙ) = Σᵢ wᵢ·uᵢ with random weights of the set {u₁, …, uₙ}, Σᵢ wᵢ = 1
/// ```
///
/// An identity that holds so is one of polynomials in the masks, hence holds for the zeros and ones of every
/// cell, and on every border of what is data: an accept is sound off the kinks. A refusal says nothing, since
/// zeros and ones have further laws, such as m² = m.
public struct FormalMasks<Element: Sendable>: Sendable {
  /// What a value is known by: its residue in the field in which identities are tested.
  let key: @Sendable (Element) -> UInt64
  /// The key of the opposite of the value that has a key.
  let negated: @Sendable (UInt64) -> UInt64
  /// Whether what a mask compares is zero on no cell: it depends on no mask, and not on data alone.
  let isPlain: @Sendable (TensorExpression) -> Bool
  /// What stands for the step of the value with a key.
  let step: @Sendable (_ key: UInt64, _ isPlain: Bool) -> Element
  /// The weights of a window's values, by their keys, where the largest is taken; nil where two values are one, which
  /// is a tie on every cell.
  let weights: @Sendable (_ keys: [UInt64], _ isPlain: Bool) -> [Element]?
  /// The weights of a window's values where the one of a rank is taken; nil where two values are one.
  let rankedWeights: @Sendable (_ keys: [UInt64], _ rank: Int) -> [Element]?
  /// What stands for the whole number below, or nearest to, the value with a key.
  let rounded: @Sendable (_ key: UInt64, _ toNearest: Bool) -> Element

  /// Masks as random elements, each the same for the same value that is compared.
  ///
  /// - Parameter seed: what the elements follow from, together with the values.
  public init<A: RandomlyDrawnArithmetic>(_ arithmetic: A, seed: UInt64)
  where A.Element == Element {
    self.init(arithmetic, keyedBy: arithmetic.identityField, seed: seed)
  }

  /// - Parameters:
  ///   - keys: the field of the keys, where that is another one than the elements'.
  ///   - plain: the masks whose argument is zero on no cell; nil for all.
  ///   - laws: where products of masks and their arguments are told again; nil for nowhere.
  init<A: RandomlyDrawnArithmetic>(
    _ arithmetic: A, keyedBy keys: PrimeFieldArithmetic, seed: UInt64,
    plain: Set<TensorExpression>? = nil, laws: FormalMaskLaws? = nil,
    census: FormalMaskCensus? = nil
  ) where A.Element == Element {
    let source = FormalMaskSource(
      arithmetic: arithmetic, keys: keys, seed: SeededGenerator.mixed(seed), laws: laws,
      census: census)
    key = { arithmetic.residue(of: $0) }
    negated = { keys.negate($0) }
    isPlain = { node in plain?.contains(node) ?? true }
    step = { source.step($0, $1) }
    weights = { source.weights($0, $1) }
    rankedWeights = { source.rankedWeights($0, $1) }
    rounded = { source.rounded($0, $1) }
  }

  /// The same masks of dual numbers: constants, as masks are off the kinks.
  func lifted(zero: Element) -> FormalMasks<Dual<Element>> {
    FormalMasks<Dual<Element>>(lifting: self, zero: zero)
  }

  private init<Base: Sendable>(lifting base: FormalMasks<Base>, zero: Base)
  where Element == Dual<Base> {
    key = { base.key($0.primal) }
    negated = base.negated
    isPlain = base.isPlain
    step = { Dual(primal: base.step($0, $1), tangent: zero) }
    weights = { keys, isPlain in
      base.weights(keys, isPlain)?.map { Dual(primal: $0, tangent: zero) }
    }
    rankedWeights = { keys, rank in
      base.rankedWeights(keys, rank)?.map { Dual(primal: $0, tangent: zero) }
    }
    rounded = { Dual(primal: base.rounded($0, $1), tangent: zero) }
  }
}

/// How many masks one evaluation met.
public final class FormalMaskCensus: Sendable {
  private let keys = Mutex<Set<UInt64>>([])

  public init() {}

  /// Masks of a value and of its opposite are one.
  public var count: Int { keys.withLock(\.count) }

  func meet(_ key: UInt64) { keys.withLock { _ = $0.insert(key) } }
}

/// What is known of masks of products with masks, by the key of the product:
///
/// ```
/// s(m·u) = m    s(−m·u) = 0    s((1 − m)·u) = 0    s(−(1 − m)·u) = s(−u)      for m = s(u)
/// s(uᵢ − max u) = 0     s(max u − uᵢ) = 1 − wᵢ
/// ```
///
/// So `relu(x) == x` and `x == max(x)` are known for what they are.
public final class FormalMaskLaws: Sendable {
  private let steps = Mutex<[UInt64: UInt64]>([:])

  public init() {}

  func step(of key: UInt64) -> UInt64? { steps.withLock { $0[key] } }

  func note(_ key: UInt64, step: UInt64) {
    if key != 0 { steps.withLock { $0[key] = $0[key] ?? step } }
  }
}

/// Random elements that are a function of residues.
private struct FormalMaskSource<A: RandomlyDrawnArithmetic>: Sendable {
  let arithmetic: A
  let keys: PrimeFieldArithmetic
  let seed: UInt64
  /// Only where elements are those of the keys' field.
  let laws: FormalMaskLaws?
  let census: FormalMaskCensus?

  private func element(_ key: UInt64) -> A.Element {
    arithmetic.randomElement(seed: seed ^ SeededGenerator.mixed(key &+ 1))
  }

  func step(_ key: UInt64, _ isPlain: Bool) -> A.Element {
    if key == 0 { return arithmetic.zero }
    if let known = laws?.step(of: key), let element = element(ofResidue: known) { return element }
    let opposite = keys.negate(key)
    census?.meet(min(key, opposite))
    let own = random(key, isPlain)
    if let laws {
      let (m, n) = (arithmetic.residue(of: own), arithmetic.residue(of: random(opposite, isPlain)))
      let product = keys.multiply(m, key)
      let rest = keys.subtract(key, product)
      laws.note(product, step: m)
      laws.note(keys.negate(product), step: 0)
      laws.note(rest, step: 0)
      laws.note(keys.negate(rest), step: n)
    }
    return own
  }

  /// Of whole numbers nothing is used but that equal values have equal ones.
  func rounded(_ key: UInt64, _ toNearest: Bool) -> A.Element {
    let own = SeededGenerator.mixed(key ^ (toNearest ? 0x4E45_4152 : 0x464C_4F4F))
    census?.meet(own)
    return element(own)
  }

  private func random(_ key: UInt64, _ isPlain: Bool) -> A.Element {
    let opposite = keys.negate(key)
    return !isPlain || key < opposite
      ? element(key) : arithmetic.subtract(arithmetic.one, element(opposite))
  }

  private func element(ofResidue residue: UInt64) -> A.Element? { residue as? A.Element }

  func weights(_ values: [UInt64], _ isPlain: Bool) -> [A.Element]? {
    guard Set(values).count == values.count else { return nil }
    if values.count == 1 { return [arithmetic.one] }
    let weights: [A.Element]
    if values.count == 2, isPlain {
      // max(a, b) = b + (a − b)·s(a − b).
      weights = [
        step(keys.subtract(values[0], values[1]), true),
        step(keys.subtract(values[1], values[0]), true),
      ]
    } else {
      weights = randomWeights(values)
    }
    if let laws, isPlain { note(values, weights, laws) }
    return weights
  }

  func rankedWeights(_ values: [UInt64], _ rank: Int) -> [A.Element]? {
    guard Set(values).count == values.count else { return nil }
    return values.count == 1 ? [arithmetic.one] : randomWeights(values, rank: rank + 1)
  }

  private func randomWeights(_ values: [UInt64], rank: Int = 0) -> [A.Element] {
    // A key that does not depend on the order of the values.
    let window = values.reduce(UInt64(truncatingIfNeeded: rank)) {
      $0 &+ SeededGenerator.mixed($1 ^ seed)
    }
    census?.meet(SeededGenerator.mixed(window))
    var weights = values.map { element($0 ^ SeededGenerator.mixed(window)) }
    guard let least = values.indices.min(by: { values[$0] < values[$1] }) else { return weights }
    weights[least] = values.indices.reduce(arithmetic.one) { rest, place in
      place == least ? rest : arithmetic.subtract(rest, weights[place])
    }
    return weights
  }

  private func note(_ values: [UInt64], _ weights: [A.Element], _ laws: FormalMaskLaws) {
    let residues = weights.map { arithmetic.residue(of: $0) }
    let largest = zip(values, residues).reduce(0) {
      keys.add($0, keys.multiply($1.0, $1.1))
    }
    for (value, weight) in zip(values, residues) {
      let difference = keys.subtract(value, largest)
      laws.note(difference, step: 0)
      laws.note(keys.negate(difference), step: keys.subtract(1, weight))
    }
  }
}
