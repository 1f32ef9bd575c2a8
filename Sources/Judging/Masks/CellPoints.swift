import Evaluation
import Scalars
import TensorExpressions

/// Chooses rational points at which masks fall in a given way.
///
/// Where the conditions are linear in the entries, a linear program gives a point inside; it is moved towards a generic
/// one as far as the cell reaches, since a special point may hide a difference. Where they are polynomials, one tensor
/// after the other is looked for while the others stay as drawn; else points are reached step by step, and for the rest
/// generic points of several scales are tried.
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
        if let point = moved(base, conditions, attempt) {
          found.append(Candidate(point: point, isInside: true))
        }
      } else {
        found += polynomialCandidates(base, conditions, attempt)
      }
    }
    if areLinear { return found }
    let starts = ([Rational(1)] + Self.scales).flatMap { scale in
      (0..<2).compactMap { base(assignment, draw.scaled(by: scale), $0) }
    }
    let signs = ConditionSigns(table: program.table, point: point)
    let bisection = CellBisection(signs: signs, conditions: conditions)
    if let inside = bisection.point(among: starts) {
      found.append(Candidate(point: inside, isInside: true))
    }
    if !found.contains(where: \.isInside) { found += descents(conditions, signs, assignment) }
    return found + starts.map { Candidate(point: $0, isInside: false) }
  }

  /// Points that are reached step by step, with those conditions of the domain that bind the same entries.
  private func descents(
    _ conditions: [CellProgram.Condition], _ signs: ConditionSigns, _ assignment: MaskAssignment
  ) -> [Candidate] {
    guard let base = base(assignment, draw, 0) else { return [] }
    let entries = conditions.reduce(into: Set<Int>()) { $0.formUnion($1.form.variables) }
    let domain = program.domain.filter { !$0.form.variables.isDisjoint(with: entries) }
    let free = entries.filter { program.table.variables[$0].isEntry }
    let all = conditions + domain + program.bounds(of: free, areOpen: true)
    let orthogonal = symbols.count(where: \.isRotationOrReflection)
    return (0..<UInt64(orthogonal > 1 ? 4 : 2)).flatMap { kind -> [Candidate] in
      let descent = CellDescent(
        all, signs: signs, base: base, seed: draw.seed &+ kind, kind: kind)
      return (descent?.points(Self.attempts) ?? []).map { Candidate(point: $0, isInside: true) }
    }
  }

  private func isLinear(_ form: ArgumentForm) -> Bool {
    form.isAffine && form.variables.allSatisfy { program.table.variables[$0].isFree }
  }

  /// Points that are found while all tensors but one stay as they are.
  private func polynomialCandidates(
    _ base: EvaluationPoint<Rational>, _ conditions: [CellProgram.Condition], _ attempt: Int
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
      let known = point.values(at: base)
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
      return moved(base, reduced, attempt).map {
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
    return point.settled(base)
  }

  /// The point that is nearest to `base` on a way from a point at which conditions hold; nil where there is none.
  ///
  /// - Parameter attempt: other attempts choose other whole numbers.
  private func moved(
    _ base: EvaluationPoint<Rational>, _ conditions: [CellProgram.Condition], _ attempt: Int
  ) -> EvaluationPoint<Rational>? {
    guard let solution = solution(of: conditions) else { return nil }
    let drawn = point.values(at: base)
    var start = drawn
    for (monomial, value) in solution where monomial.count == 1 { start[monomial[0]] = value }
    let domain =
      (conditions + program.domain
      + program.bounds(of: Set(solution.keys.flatMap { $0 }), areOpen: true))
      .filter { $0.relation != .equal }
    moveIntegers(of: &start, towards: drawn, within: domain, attempt)
    let end = drawn.merging(start.filter { program.table.variables[$0.key].isInteger }) { $1 }
    var share = Rational(1)
    for condition in domain {
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
    return point.placed(base, at: chosen)
  }

  /// Values at which conditions hold, off their borders where they hold there.
  private func solution(
    of conditions: [CellProgram.Condition]
  ) -> [ArgumentForm.Monomial: Rational]? {
    let strict = conditions.map { condition in
      CellProgram.Condition(
        form: condition.form,
        relation: condition.relation == .equal ? .equal : .above)
    }
    if case .point(let inside) = program.solved(strict) { return inside }
    if case .point(let found) = program.solved(conditions) { return found }
    return nil
  }

  /// How far from where a program put them whole numbers are tried.
  private static let integerReach = 6

  /// Exchanges whole numbers one after the other for others at which conditions hold: a program puts them where they
  /// are small, and what is wrong may vanish at 0.
  private func moveIntegers(
    of values: inout [Int: Rational], towards drawn: [Int: Rational],
    within domain: [CellProgram.Condition], _ attempt: Int
  ) {
    for variable in values.keys.sorted() where program.table.variables[variable].isInteger {
      guard let here = values[variable] else { continue }
      let own = domain.filter { $0.form.variables.contains(variable) }
      if own.isEmpty { continue }
      let near = (-Self.integerReach...Self.integerReach).map { here + Rational($0) }
        .sorted { ($0.magnitude, $0) > ($1.magnitude, $1) }
      let possible = ([drawn[variable] ?? here] + near).removingRepetitions().filter { candidate in
        let changed = values.merging([variable: candidate]) { $1 }
        return own.allSatisfy { isMet($0, changed) }
      }
      if possible.isEmpty { continue }
      values[variable] = possible[(attempt + variable) % min(possible.count, Self.attempts)]
    }
  }

  private func isMet(_ condition: CellProgram.Condition, _ values: [Int: Rational]) -> Bool {
    guard let value = value(of: condition.form, values) else { return false }
    return condition.relation == .above ? value.signum() > 0 : value.signum() >= 0
  }

  private func value(of form: ArgumentForm, _ values: [Int: Rational]) -> Rational? {
    (try? form.value(in: RationalArithmetic()) { values[$0] }).flatMap { $0 }
  }
}

extension MaskedPoint {
  /// The values of variables at a point.
  func values(at base: EvaluationPoint<Rational>) -> [Int: Rational] {
    entries.compactMapValues { entries in
      base.values[entries[0].symbol]?.elements[entries[0].number]
    }
  }

  /// The point with values for variables, and what follows from them; nil where that is no rational number.
  func placed(
    _ base: EvaluationPoint<Rational>, at values: [Int: Rational]
  ) -> EvaluationPoint<Rational>? {
    var changed: [TensorExpression: [Int: Rational]] = [:]
    for (variable, value) in values {
      for entry in entries[variable] ?? [] {
        changed[entry.symbol, default: [:]][entry.number] = value
      }
    }
    for one in derived {
      let found = try? one.formula.value(in: RationalArithmetic(), at: { values[$0] })
      guard let value = found.flatMap({ $0 }) else { return nil }
      changed[one.entry.symbol, default: [:]][one.entry.number] = value
    }
    var result = base
    for (symbol, new) in changed {
      guard let tensor = base.values[symbol] else { continue }
      var elements = tensor.elements
      for (number, value) in new { elements[number] = value }
      result.values[symbol] = Tensor(extents: tensor.extents, elements: elements)
    }
    return result
  }

  /// The point with what follows from its entries. Where that is no rational number, entries that replaced ones
  /// depend on are 0 or 1, where functions have values that are.
  func settled(_ base: EvaluationPoint<Rational>) -> EvaluationPoint<Rational>? {
    if derived.isEmpty { return base }
    let values = values(at: base)
    if let point = placed(base, at: values) { return point }
    let sources = derived.reduce(into: Set<Int>()) { $0.formUnion($1.formula.variables) }
    for special in [Rational(0), 1] {
      let changed = values.merging(sources.map { ($0, special) }) { _, special in special }
      if let point = placed(base, at: changed) { return point }
    }
    return nil
  }
}
