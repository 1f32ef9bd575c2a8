import Evaluation
import Scalars
import TensorExpressions

/// Looks for the simplest numbers at which something still fails: zeros first, then ones and other small integers.
struct PointShrinking {
  /// Whether it fails at a point.
  let fails: (EvaluationPoint<Rational>) -> Bool
  /// How many points may be looked at.
  private var budget: Int

  init(budget: Int = 3000, fails: @escaping (EvaluationPoint<Rational>) -> Bool) {
    self.budget = budget
    self.fails = fails
  }

  /// A point at which it fails and no single entry of which can be simplified.
  ///
  /// Tensors with a declared structure keep their values, but for bounds of the entries.
  mutating func simplest(from point: EvaluationPoint<Rational>) -> EvaluationPoint<Rational> {
    var current = point
    let symbols = point.values.keys.sorted { $0.id < $1.id }
    var hasChanged = true
    while hasChanged, budget > 0 {
      hasChanged = false
      for symbol in symbols {
        guard let domain = Domain(symbol) else { continue }
        if domain.allowsZero { hasChanged = zero(symbol, &current) || hasChanged }
        hasChanged = simplify(symbol, domain, &current) || hasChanged
      }
    }
    return current
  }

  /// What the entries of a tensor may be.
  private struct Domain {
    let allowsZero: Bool
    let allowsNegatives: Bool
    let allowsIntegers: Bool

    /// Nil where the entries depend on each other.
    init?(_ node: TensorExpression) {
      guard case .symbol(let symbol) = node.kind else { return nil }
      let bounds: TensorStructure = [.positive, .nonnegative, .unitInterval, .integer]
      guard symbol.structure.subtracting(bounds).isEmpty else { return nil }
      allowsZero = !symbol.structure.isPositive
      allowsNegatives = !symbol.structure.isNonnegative
      allowsIntegers = !symbol.structure.contains(.unitInterval)
    }

    func allows(_ value: Rational) -> Bool {
      (allowsZero || !value.isZero) && (allowsNegatives || value.signum() >= 0)
        && (allowsIntegers || value < 1)
    }
  }

  /// Sets entries to zero, halves of the tensor first.
  private mutating func zero(
    _ symbol: TensorExpression, _ point: inout EvaluationPoint<Rational>
  ) -> Bool {
    guard let count = point.values[symbol]?.count else { return false }
    var hasChanged = false
    var length = count
    while length >= 1 {
      for start in stride(from: 0, to: count, by: length) {
        let places = start..<min(start + length, count)
        hasChanged = attempt(symbol, places, 0, &point) || hasChanged
      }
      length /= 2
    }
    return hasChanged
  }

  private mutating func simplify(
    _ symbol: TensorExpression, _ domain: Domain, _ point: inout EvaluationPoint<Rational>
  ) -> Bool {
    guard let tensor = point.values[symbol] else { return false }
    var hasChanged = false
    for place in tensor.elements.indices {
      let value = point.values[symbol]?.elements[place] ?? 0
      for simpler in Self.simpler(than: value) where domain.allows(simpler) {
        if attempt(symbol, place..<place + 1, simpler, &point) {
          hasChanged = true
          break
        }
      }
    }
    return hasChanged
  }

  /// Numbers that read more easily, the simplest first.
  private static func simpler(than value: Rational) -> [Rational] {
    if value.isZero { return [] }
    let ladder: [Rational] = [1, -1, 2, -2, 3, -3, Rational(1, 2), Rational(-1, 2)]
    if let position = ladder.firstIndex(of: value) { return Array(ladder[..<position]) }
    let rounded = Rational((value + Rational(1, 2)).floor())
    return ladder + (rounded == value || rounded.isZero ? [] : [rounded])
  }

  /// Writes a number into entries, when the point fails with it.
  private mutating func attempt(
    _ symbol: TensorExpression, _ places: Range<Int>, _ number: Rational,
    _ point: inout EvaluationPoint<Rational>
  ) -> Bool {
    guard let tensor = point.values[symbol], budget > 0,
      places.contains(where: { tensor.elements[$0] != number })
    else { return false }
    budget -= 1
    var elements = tensor.elements
    for place in places { elements[place] = number }
    var candidate = point
    candidate.values[symbol] = Tensor(extents: tensor.extents, elements: elements)
    guard fails(candidate) else { return false }
    point = candidate
    return true
  }
}
