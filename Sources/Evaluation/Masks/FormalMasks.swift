import Scalars
import TensorExpressions

/// Masks as random functions of what they compare, in place of zeros and ones, so that one trial in a field speaks for
/// all cells at once.
///
/// ```
/// s(u) random for each value u, with s(u) + s(−u) = 1 and s(0) = 0
/// max(u₁, …, uₙ) = Σᵢ wᵢ·uᵢ with random weights of the set {u₁, …, uₙ}, Σᵢ wᵢ = 1
/// ```
///
/// An identity that holds so is one of polynomials in the masks, hence holds for the zeros and ones of every cell:
/// an accept is sound off the kinks. A refusal says nothing, since zeros and ones have further laws, such as m² = m.
public struct FormalMasks<Element: Sendable>: Sendable {
  /// What a value is known by: its residue in the field in which identities are tested.
  let key: @Sendable (Element) -> UInt64
  /// The key of the opposite of the value that has a key.
  let negated: @Sendable (UInt64) -> UInt64
  /// What stands for the step of the value with a key.
  let step: @Sendable (UInt64) -> Element
  /// The weights of a window's values, by their keys, where the largest is taken; nil where two values are one, which
  /// is a tie on every cell.
  let weights: @Sendable ([UInt64]) -> [Element]?

  public init<A: RandomlyDrawnArithmetic>(_ arithmetic: A, seed: UInt64)
  where A.Element == Element {
    self.init(arithmetic, keyedBy: arithmetic.identityField, seed: seed)
  }

  /// - Parameter keys: the field of the keys, where that is another one than the elements'.
  init<A: RandomlyDrawnArithmetic>(
    _ arithmetic: A, keyedBy keys: PrimeFieldArithmetic, seed: UInt64
  ) where A.Element == Element {
    let source = FormalMaskSource(
      arithmetic: arithmetic, keys: keys, seed: SeededGenerator.mixed(seed))
    key = { arithmetic.residue(of: $0) }
    negated = { keys.negate($0) }
    step = { source.step($0) }
    weights = { source.weights($0) }
  }

  private init(
    key: @escaping @Sendable (Element) -> UInt64, negated: @escaping @Sendable (UInt64) -> UInt64,
    step: @escaping @Sendable (UInt64) -> Element,
    weights: @escaping @Sendable ([UInt64]) -> [Element]?
  ) {
    self.key = key
    self.negated = negated
    self.step = step
    self.weights = weights
  }

  /// The same masks of dual numbers: constants, as masks are off the kinks.
  func lifted(zero: Element) -> FormalMasks<Dual<Element>> {
    let (key, step, weights) = (self.key, self.step, self.weights)
    return FormalMasks<Dual<Element>>(
      key: { key($0.primal) }, negated: negated,
      step: { Dual(primal: step($0), tangent: zero) },
      weights: { keys in weights(keys)?.map { Dual(primal: $0, tangent: zero) } })
  }
}

/// Random elements that are a function of residues.
private struct FormalMaskSource<A: RandomlyDrawnArithmetic>: Sendable {
  let arithmetic: A
  let keys: PrimeFieldArithmetic
  let seed: UInt64

  private func element(_ key: UInt64) -> A.Element {
    arithmetic.randomElement(seed: seed ^ SeededGenerator.mixed(key &+ 1))
  }

  func step(_ key: UInt64) -> A.Element {
    if key == 0 { return arithmetic.zero }
    let opposite = keys.negate(key)
    return key < opposite
      ? element(key) : arithmetic.subtract(arithmetic.one, element(opposite))
  }

  func weights(_ values: [UInt64]) -> [A.Element]? {
    guard Set(values).count == values.count else { return nil }
    if values.count == 1 { return [arithmetic.one] }
    if values.count == 2 {
      // max(a, b) = b + (a − b)·s(a − b).
      return [
        step(keys.subtract(values[0], values[1])), step(keys.subtract(values[1], values[0])),
      ]
    }
    // A key that does not depend on the order of the values.
    let window = values.reduce(UInt64(0)) { $0 &+ SeededGenerator.mixed($1 ^ seed) }
    var weights = values.map { element($0 ^ SeededGenerator.mixed(window)) }
    guard let least = values.indices.min(by: { values[$0] < values[$1] }) else { return nil }
    weights[least] = values.indices.reduce(arithmetic.one) { rest, place in
      place == least ? rest : arithmetic.subtract(rest, weights[place])
    }
    return weights
  }
}

extension TensorExpression {
  /// Expressions with the arguments of their steps brought to a form that formal masks tell to be one: step(c·u) for a
  /// positive c, step(relu(u)) and step(max(u, 0)) are step(u) at every u.
  public static func withPlainSteps(_ roots: [TensorExpression]) -> [TensorExpression] {
    rebuilding(roots) { node in
      guard case .elementwise(let function, let operands) = node.kind, function.primitive == .step
      else { return node }
      var argument = operands[0]
      while let simpler = argument.ofEqualPositivity { argument = simpler }
      return argument === operands[0] ? node : node.space.elementwise(function, [argument])
    }
  }

  /// A part that is above zero exactly where this is; nil where none is known.
  private var ofEqualPositivity: TensorExpression? {
    switch kind {
    case .named(_, let value): return value.ofEqualPositivity == nil ? nil : value
    case .elementwise(let function, let operands):
      switch function.name {
      case "relu": return operands[0]
      case "maximum":
        return operands[1].isZero ? operands[0] : operands[0].isZero ? operands[1] : nil
      default: return nil
      }
    case .contraction(let c):
      guard !c.coefficient.isOne, let factor = c.coefficient.asRational, factor.signum() > 0,
        let inverse = c.coefficient.reciprocal, !c.operands.isEmpty
      else { return nil }
      return space.contraction(c.scaled(by: inverse), shape: shape)
    case .symbol, .sum, .extremum, .selector, .inverse, .determinant: return nil
    }
  }
}
