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
  /// What stands for the step of a value.
  let step: @Sendable (Element) -> Element
  /// The weights of a window's values where the largest is taken; nil where two values are one, which is a tie on
  /// every cell.
  let weights: @Sendable ([Element]) -> [Element]?

  public init<A: RandomlyDrawnArithmetic>(_ arithmetic: A, seed: UInt64)
  where A.Element == Element {
    let source = FormalMaskSource(arithmetic: arithmetic, seed: SeededGenerator.mixed(seed))
    step = { source.step($0) }
    weights = { source.weights($0) }
  }

  private init(
    step: @escaping @Sendable (Element) -> Element,
    weights: @escaping @Sendable ([Element]) -> [Element]?
  ) {
    self.step = step
    self.weights = weights
  }

  /// The same masks of dual numbers: constants, as masks are off the kinks.
  func lifted(zero: Element) -> FormalMasks<Dual<Element>> {
    let (step, weights) = (self.step, self.weights)
    return FormalMasks<Dual<Element>>(
      step: { Dual(primal: step($0.primal), tangent: zero) },
      weights: { values in
        weights(values.map(\.primal))?.map { Dual(primal: $0, tangent: zero) }
      })
  }
}

/// Random elements that are a function of residues.
private struct FormalMaskSource<A: RandomlyDrawnArithmetic>: Sendable {
  let arithmetic: A
  let seed: UInt64

  private func element(_ key: UInt64) -> A.Element {
    var generator = SeededGenerator(seed: seed ^ SeededGenerator.mixed(key &+ 1))
    return arithmetic.randomElement(using: &generator)
  }

  func step(_ x: A.Element) -> A.Element {
    if arithmetic.isZero(x) { return arithmetic.zero }
    let (own, opposite) = (arithmetic.residue(of: x), arithmetic.residue(of: arithmetic.negate(x)))
    return own < opposite
      ? element(own) : arithmetic.subtract(arithmetic.one, element(opposite))
  }

  func weights(_ values: [A.Element]) -> [A.Element]? {
    let residues = values.map { arithmetic.residue(of: $0) }
    guard Set(residues).count == residues.count else { return nil }
    if values.count == 1 { return [arithmetic.one] }
    if values.count == 2 {
      // max(a, b) = b + (a − b)·s(a − b).
      return [
        step(arithmetic.subtract(values[0], values[1])),
        step(arithmetic.subtract(values[1], values[0])),
      ]
    }
    // A key that does not depend on the order of the values.
    let window = residues.reduce(UInt64(0)) { $0 &+ SeededGenerator.mixed($1 ^ seed) }
    var weights = residues.map { element($0 ^ SeededGenerator.mixed(window)) }
    guard let least = residues.indices.min(by: { residues[$0] < residues[$1] }) else { return nil }
    weights[least] = residues.indices.reduce(arithmetic.one) { rest, place in
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
