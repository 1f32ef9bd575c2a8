import Evaluation
import Scalars
import TensorExpressions

extension MaskPolynomialArithmetic {
  /// Steps and extrema as polynomials in masks.
  var model: MaskModel<Element> {
    MaskModel(
      step: { (node, operand) throws(EvaluationError) in
        var steps: [Element] = []
        steps.reserveCapacity(operand.count)
        for (place, value) in operand.elements.enumerated() {
          do throws(ScalarError) {
            steps.append(try step(value))
          } catch {
            throw .scalar(
              error, node: node, entry: TensorShape.entry(at: place, in: operand.extents))
          }
        }
        return steps
      },
      weights: { (node, extremum, window, values) throws(EvaluationError) in
        if extremum.isRanked {
          return freeWeights(values.map(stand), rank: window + 1)
        }
        do throws(ScalarError) {
          // The largest value is the same whatever wins a tie; the place of it is not.
          let places = node.isSelector ? extremum.ties : nil
          return try weights(
            of: extremum.kind == .maximum ? values : values.map(negate), ties: extremum.ties,
            telling: places)
        } catch {
          throw .scalar(error, node: node, entry: [window])
        }
      },
      rounded: { (_, operand, toNearest) in
        operand.elements.map { rounded($0, toNearest: toNearest) }
      })
  }

  private func step(_ x: Element) throws(ScalarError) -> Element {
    if x.terms == nil { return x }
    if hasTooManyStates([x]) { return freeStep(stand(for: x), support: atoms(of: [x])) }
    return try expanded([x]) { (values, assignment) throws(ScalarError) in
      [try step(of: values[0], where: assignment)]
    }.first ?? zero
  }

  /// The step of a value without masks.
  private func step(
    of value: Base.Element, where assignment: MaskAssignment
  ) throws(ScalarError) -> Element {
    guard let form = base.form(of: value) else { return freeStep(value) }
    let opposite = base.residue(of: base.negate(value))
    let residue = base.residue(of: value)
    return try element(
      table { $0.step(of: residue, opposite: opposite, form, where: assignment) })
  }

  /// The whole number near a value: of a constant the number, of anything else a number of its own.
  private func rounded(_ x: Element, toNearest: Bool) -> Element {
    if x.terms == nil { return x }
    let value = stand(for: x)
    if x.terms?.allSatisfy({ $0.monomial == 0 }) == true,
      let form = base.form(of: value), form.isConstant,
      let number = try? constant(Rational(form.constant.rounded(toNearest: toNearest)))
    {
      return number
    }
    table { $0.hasRounded = true }
    let own = SeededGenerator.mixed(
      base.residue(of: value) ^ (toNearest ? 0x4E45_4152 : 0x464C_4F4F))
    let isData = isData(value)
    return plain(base.stand(forAtom: table { $0.freeAtom(own, isData: isData) }))
  }

  private func freeStep(_ value: Base.Element, support: Set<Int> = []) -> Element {
    let residue = base.residue(of: value)
    let isData = isData(value)
    let monomial = table { table in
      table.monomial([table.freeAtom(residue, isData: isData, support: support)])
    }
    return MaskPolynomial([Term(monomial: monomial, coefficient: base.one)])
  }

  /// Whether a value is known to depend on nothing that is differentiated.
  private func isData(_ value: Base.Element) -> Bool {
    base.form(of: value).map { form in table { $0.variables.isData(form) } } ?? false
  }
}

// MARK: - The largest of a window

extension MaskPolynomialArithmetic {
  /// The most different values among which the largest is told by exact conditions.
  private static var longestWindow: Int { 64 }

  /// - Parameter places: how ties fall where that is seen.
  private func weights(
    of values: [Element], ties: Extremum.TieRule, telling places: Extremum.TieRule?
  ) throws(ScalarError) -> [Element] {
    if values.contains(where: { $0.terms == nil }) {
      let all = hiding(values)
      return values.map { _ in all }
    }
    if values.count > Self.longestWindow { return freeWeights(values.map(stand)) }
    if hasTooManyStates(values) {
      let support = atoms(of: values)
      table { $0.noteHidden(support) }
      return freeWeights(values.map(stand))
    }
    return try expanded(values) { (values, assignment) throws(ScalarError) in
      if let places { note(values, places) }
      return try weights(ofPlain: values, ties, where: assignment)
    }
  }

  /// Takes down from which sides the places of ties are seen: of two equal values the first is taken, or both are.
  private func note(_ values: [Base.Element], _ ties: Extremum.TieRule) {
    let forms = values.map { base.form(of: $0) }
    for (later, form) in forms.enumerated() {
      guard let form else { continue }
      for case let other? in forms[..<later] where form != other {
        table { $0.noteTie(form - other, isShared: ties == .shared) }
      }
    }
  }

  /// Random numbers with the sum 1 that stand for weights of which nothing else is known.
  private func freeWeights(_ values: [Base.Element], rank: Int = 0) -> [Element] {
    let keys = values.map { base.residue(of: $0) }
    let window = keys.reduce(UInt64(truncatingIfNeeded: rank)) {
      $0 &+ SeededGenerator.mixed($1)
    }
    let isData = values.allSatisfy(isData)
    var weights = keys.map { key in
      base.stand(
        forAtom: table {
          $0.freeAtom(
            SeededGenerator.mixed(key ^ SeededGenerator.mixed(window)), isData: isData)
        })
    }
    guard let least = keys.indices.min(by: { keys[$0] < keys[$1] }) else { return [] }
    weights[least] = weights.indices.reduce(base.one) { rest, place in
      place == least ? rest : base.subtract(rest, weights[place])
    }
    return weights.map(plain)
  }

  /// The weights of values without masks. Values that are equal on the whole cell are a tie.
  private func weights(
    ofPlain values: [Base.Element], _ ties: Extremum.TieRule, where assignment: MaskAssignment
  ) throws(ScalarError) -> [Element] {
    var placesOfValue: [UInt64: [Int]] = [:]
    for (place, value) in values.enumerated() {
      placesOfValue[base.residue(of: value), default: []].append(place)
    }
    // Of two, that whose first place is the later one is asked whether it is larger: a tie falls to the other.
    let distinct =
      placesOfValue.count == 2
      ? placesOfValue.sorted { $0.value[0] > $1.value[0] }.map(\.key) : placesOfValue.keys.sorted()
    let candidates = distinct.map { placesOfValue[$0].map { values[$0[0]] } ?? base.zero }
    let wins = try wins(candidates, where: assignment)
    var weights = Array(repeating: zero, count: values.count)
    for (value, win) in zip(distinct, wins) {
      let places = placesOfValue[value] ?? []
      switch ties {
      case .first: weights[places[0]] = win
      case .shared:
        let share = try constant(Rational(1, places.count))
        for place in places { weights[place] = multiply(win, share) }
      }
    }
    return weights
  }

  /// For values that all differ, in order of residues, whether each is the largest.
  private func wins(
    _ values: [Base.Element], where assignment: MaskAssignment
  ) throws(ScalarError) -> [Element] {
    switch values.count {
    case 0: return []
    case 1: return [one]
    case 2:
      let first = try step(of: base.subtract(values[0], values[1]), where: assignment)
      return [first, subtract(one, first)]
    default:
      let forms = values.compactMap { base.form(of: $0) }
      guard forms.count == values.count else { return freeWeights(values) }
      let contenders = contenders(forms)
      if contenders.count < values.count {
        let some = try wins(contenders.map { values[$0] }, where: assignment)
        var all = Array(repeating: zero, count: values.count)
        for (place, win) in zip(contenders, some) { all[place] = win }
        return all
      }
      return try choice(values, forms)
    }
  }

  /// The places of forms that no other one certainly exceeds.
  private func contenders(_ forms: [ArgumentForm]) -> [Int] {
    table { table in
      forms.indices.filter { place in
        !forms.contains { table.variables.certainSign(of: $0 - forms[place]) == 1 }
      }
    }
  }

  private func choice(
    _ values: [Base.Element], _ forms: [ArgumentForm]
  ) throws(ScalarError) -> [Element] {
    let residues = values.map { base.residue(of: $0) }
    let differences = values.map { a in
      values.map { b in base.residue(of: base.subtract(a, b)) }
    }
    let monomials = table { table -> [Int] in
      let group = table.largest(residues, forms) { differences[$0][$1] }
      return table.atomsOfGroup[group].map { table.monomial([$0]) }
    }
    var wins = monomials.map { MaskPolynomial([Term(monomial: $0, coefficient: base.one)]) }
    wins.append(wins.reduce(one) { subtract($0, $1) })
    return wins
  }
}
