import Evaluation
import Scalars
import TensorExpressions

/// Chooses rational points at which masks fall in a given way.
///
/// Where the conditions are linear in the entries, a linear program gives a point inside; it is moved towards a generic one as
/// far as the cell reaches, since a special point may hide a difference. Where they are polynomials, one tensor after the other is
/// looked for while the others stay as drawn. For the rest generic points of several scales are tried.
struct CellPoints {
  let draw: Draw
  let symbols: [TensorExpression]
  let point: MaskedPoint

  struct Candidate {
    let point: EvaluationPoint<Rational>
    /// Whether the masks are known to fall so there.
    let isInside: Bool
  }

  /// Points to try, the surest first.
  func candidates(for assignment: MaskAssignment, _ program: CellProgram) -> [Candidate] {
    CellPointSearch(draw: draw, symbols: symbols, point: point, program: program)
      .candidates(for: assignment)
  }
}

/// One search of ``CellPoints``.
private struct CellPointSearch {
  typealias Candidate = CellPoints.Candidate

  let draw: Draw
  let symbols: [TensorExpression]
  let point: MaskedPoint
  let program: CellProgram

  private static let attempts = 3
  private static let scales: [Rational] = [8, Rational(1, 16), 1000, Rational(1, 1_000_000)]

  func candidates(for assignment: MaskAssignment) -> [Candidate] {
    let conditions = program.conditions(of: assignment)
    let areLinear = conditions.allSatisfy { isLinear($0.form) }
    var found: [Candidate] = []
    for attempt in 0..<Self.attempts {
      guard let base = base(assignment, draw, attempt) else { continue }
      if areLinear {
        if let point = moved(base, conditions, varying: nil) {
          found.append(Candidate(point: point, isInside: true))
        }
      } else {
        found += polynomialCandidates(base, conditions)
      }
    }
    if areLinear { return found }
    let starts = ([Rational(1)] + Self.scales).flatMap { scale in
      (0..<2).compactMap { base(assignment, draw.scaled(by: scale), $0) }
    }
    let bisection = CellBisection(
      signs: ConditionSigns(table: program.table, point: point), conditions: conditions)
    if let inside = bisection.point(among: starts) {
      found.append(Candidate(point: inside, isInside: true))
    }
    return found + starts.map { Candidate(point: $0, isInside: false) }
  }

  private func isLinear(_ form: ArgumentForm) -> Bool {
    form.isAffine && form.variables.allSatisfy { program.table.variables[$0].isFree }
  }

  /// Points that are found while all tensors but one stay as they are.
  private func polynomialCandidates(
    _ base: EvaluationPoint<Rational>, _ conditions: [CellProgram.Condition]
  ) -> [Candidate] {
    let variables = conditions.reduce(into: Set<Int>()) { $0.formUnion($1.form.variables) }
    var seen: Set<TensorExpression> = []
    let own = variables.sorted().compactMap { number -> TensorExpression? in
      guard program.table.variables[number].isFree, let entry = point.entries[number]?.first,
        seen.insert(entry.symbol).inserted
      else { return nil }
      return entry.symbol
    }
    return own.compactMap { symbol -> Candidate? in
      let known = values(at: base)
      var isInside = true
      let reduced = conditions.compactMap { condition -> CellProgram.Condition? in
        let form = condition.form.substituting { variable in
          guard let entries = point.entries[variable], entries[0].symbol !== symbol,
            let value = known[variable]
          else { return nil }
          return ArgumentForm(constant: value)
        }
        guard let form, isLinear(form) else {
          isInside = false
          return nil
        }
        return CellProgram.Condition(form: form, relation: condition.relation)
      }
      return moved(base, reduced, varying: symbol).map {
        Candidate(point: $0, isInside: isInside)
      }
    }
  }

  // MARK: Points

  /// A drawn point with the classes that are decided.
  private func base(
    _ assignment: MaskAssignment, _ draw: Draw, _ attempt: Int
  ) -> EvaluationPoint<Rational>? {
    guard var base = try? draw.rationalPoint(for: symbols, attempt: attempt) else { return nil }
    for (group, member) in program.table.largestMembers(of: assignment) {
      guard case .classes(let symbol, let entries) = program.table.groups[group],
        let value = base.values[symbol]
      else { continue }
      var elements = value.elements
      for (place, entry) in entries.enumerated() where entry != MaskTable.noEntry {
        elements[entry] = place == member ? 1 : 0
      }
      base.values[symbol] = Tensor(extents: value.extents, elements: elements)
    }
    return base
  }

  private func values(at base: EvaluationPoint<Rational>) -> [Int: Rational] {
    point.entries.compactMapValues { entries in
      base.values[entries[0].symbol]?.elements[entries[0].number]
    }
  }

  /// The point that is nearest to `base` on a way from a point at which conditions hold; nil where there is none.
  ///
  /// - Parameter symbol: the only tensor that moves; nil for all.
  private func moved(
    _ base: EvaluationPoint<Rational>, _ conditions: [CellProgram.Condition],
    varying symbol: TensorExpression?
  ) -> EvaluationPoint<Rational>? {
    guard case .point(let solution) = program.solved(conditions) else { return nil }
    let drawn = values(at: base)
    var start = drawn
    for (monomial, value) in solution where monomial.count == 1 { start[monomial[0]] = value }
    // What must be a whole number stays where the program put it.
    let end = drawn.merging(start) { far, near in far.isInteger && near.isInteger ? near : far }
    var share = Rational(1)
    let domain = conditions + program.domain + bounds(of: Set(solution.keys.flatMap { $0 }))
    for condition in domain where condition.relation != .equal {
      guard let here = value(of: condition.form, start), let there = value(of: condition.form, end)
      else { continue }
      if there.signum() <= 0, here > there {
        share = min(share, here / (here - there) * Rational(7, 8))
      }
    }
    var chosen = start
    for (variable, value) in start {
      guard let far = end[variable] else { continue }
      chosen[variable] = value + share * (far - value)
    }
    return base.replacing(entries: point.entries, derived: point.derived, by: chosen)
  }

  private func bounds(of variables: Set<Int>) -> [CellProgram.Condition] {
    variables.flatMap { variable -> [CellProgram.Condition] in
      let range = program.table.variables[variable].bounds
      let form = ArgumentForm(variable: variable)
      return [
        range.low.map { form - ArgumentForm(constant: $0) },
        range.high.map { ArgumentForm(constant: $0) - form },
      ].compactMap { $0.map { .init(form: $0, relation: .above) } }
    }
  }

  private func value(of form: ArgumentForm, _ values: [Int: Rational]) -> Rational? {
    form.value(at: values)
  }
}

extension ArgumentForm {
  /// The value where all variables have one.
  func value(at values: [Int: Rational]) -> Rational? {
    var sum = constant
    for term in terms {
      var product = term.coefficient
      for variable in term.monomial {
        guard let value = values[variable] else { return nil }
        product *= value
      }
      sum += product
    }
    return sum
  }
}

extension EvaluationPoint where Element == Rational {
  /// The point with other values for variables, and what follows from them.
  fileprivate func replacing(
    entries: [Int: [MaskedPoint.Entry]], derived: [MaskedPoint.Derived], by values: [Int: Rational]
  ) -> Self {
    var changed: [TensorExpression: [Int: Rational]] = [:]
    for (variable, value) in values {
      for entry in entries[variable] ?? [] {
        changed[entry.symbol, default: [:]][entry.number] = value
      }
    }
    for one in derived {
      guard let value = one.form.value(at: values) else { continue }
      changed[one.entry.symbol, default: [:]][one.entry.number] = value
    }
    var result = self
    for (symbol, new) in changed {
      guard let tensor = self.values[symbol] else { continue }
      var elements = tensor.elements
      for (number, value) in new { elements[number] = value }
      result.values[symbol] = Tensor(extents: tensor.extents, elements: elements)
    }
    return result
  }
}
