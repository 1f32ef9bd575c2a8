import Evaluation
import Scalars
import TensorExpressions

/// Which conditions hold at a rational point, by enclosures of their forms.
struct ConditionSigns {
  let table: MaskTable
  let point: MaskedPoint

  private let arithmetic = IntervalArithmetic(precision: 320)

  /// The conditions that fail, by number; nil where one is not decided, or no function of entries.
  func violated(
    _ conditions: [CellProgram.Condition], at place: EvaluationPoint<Rational>
  ) -> Set<Int>? {
    var known: [Int: Interval] = [:]
    var violated: Set<Int> = []
    for (number, condition) in conditions.enumerated() {
      guard let value = value(of: condition.form, place, &known),
        let sign = try? arithmetic.sign(value)
      else { return nil }
      switch condition.relation {
      case .above: if sign <= 0 { violated.insert(number) }
      case .atLeast: if sign < 0 { violated.insert(number) }
      case .equal: if sign != 0 { violated.insert(number) }
      }
    }
    return violated
  }

  private func value(
    of form: ArgumentForm, _ place: EvaluationPoint<Rational>, _ known: inout [Int: Interval]
  ) -> Interval? {
    var sum = arithmetic.constant(form.constant)
    for term in form.terms {
      var product = arithmetic.constant(term.coefficient)
      for variable in term.monomial {
        guard let value = value(ofVariable: variable, place, &known) else { return nil }
        product = arithmetic.multiply(product, value)
      }
      sum = arithmetic.add(sum, product)
    }
    return sum
  }

  private func value(
    ofVariable variable: Int, _ place: EvaluationPoint<Rational>, _ known: inout [Int: Interval]
  ) -> Interval? {
    if let value = known[variable] { return value }
    let value: Interval?
    switch table.variables[variable].origin {
    case .entry(let symbol, let number):
      value = place.values[symbol].map { arithmetic.constant($0.elements[number]) }
    case .opaque(.function(let function, let form)):
      value = self.value(of: form, place, &known).flatMap { try? arithmetic.apply(function, $0) }
    case .opaque(.reciprocal(let form)):
      value = self.value(of: form, place, &known)
        .flatMap { try? arithmetic.divide(arithmetic.one, $0) }
    case .opaque(.power(let form, let exponent)):
      value = self.value(of: form, place, &known)
        .flatMap { try? arithmetic.power($0, exponent) }
    case .opaque(.pi): value = arithmetic.pi()
    case .opaque(.long): value = nil
    }
    known[variable] = value
    return value
  }
}

/// Looks for a point at which conditions hold between points at which some of them fail: where one fails at
/// one end of a way and another at the other end, halving the way ends in what lies between, however thin it
/// is.
struct CellBisection {
  let signs: ConditionSigns
  let conditions: [CellProgram.Condition]

  private static let halvings = 64
  private static let pairLimit = 12

  /// A point at which all conditions hold.
  func point(among starts: [EvaluationPoint<Rational>]) -> EvaluationPoint<Rational>? {
    var ends: [(point: EvaluationPoint<Rational>, violated: Set<Int>)] = []
    for start in starts {
      guard let violated = signs.violated(conditions, at: start) else { return nil }
      if violated.isEmpty { return start }
      ends.append((start, violated))
    }
    var pairs = 0
    for (number, a) in ends.enumerated() {
      for b in ends[..<number] where a.violated.isDisjoint(with: b.violated) {
        pairs += 1
        if pairs > Self.pairLimit { return nil }
        if let found = between(a, b) { return found }
      }
    }
    return nil
  }

  private func between(
    _ a: (point: EvaluationPoint<Rational>, violated: Set<Int>),
    _ b: (point: EvaluationPoint<Rational>, violated: Set<Int>)
  ) -> EvaluationPoint<Rational>? {
    var (low, high) = (a.point, b.point)
    for _ in 0..<Self.halvings {
      guard let middle = signs.point.settled(low.midpoint(with: high)),
        let violated = signs.violated(conditions, at: middle)
      else { return nil }
      if violated.isEmpty { return middle }
      if violated.isDisjoint(with: b.violated) { low = middle } else { high = middle }
    }
    return nil
  }
}

extension EvaluationPoint where Element == Rational {
  /// Half way to another point; tensors whose structure a mean does not obey stay as they are.
  fileprivate func midpoint(with other: Self) -> Self {
    var result = self
    for (node, value) in values {
      guard case .symbol(let symbol) = node.kind, let end = other.values[node],
        symbol.structure.isDisjoint(with: [.oneHot, .mask, .integer, .orthogonal])
      else { continue }
      result.values[node] = Tensor(
        extents: value.extents,
        elements: zip(value.elements, end.elements).map { ($0 + $1) / 2 })
    }
    return result
  }
}
