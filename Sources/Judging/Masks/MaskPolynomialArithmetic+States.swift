import Scalars

extension MaskPolynomialArithmetic {
  /// What a function gives for values without masks, decided as it is told.
  typealias PlainFunction = (
    _ values: [Base.Element], _ assignment: MaskAssignment
  ) throws(ScalarError) -> [Element]

  /// Functions of some values, written over the states of their masks.
  ///
  /// - Precondition: the values are known and have few states.
  func expanded(
    _ operands: [Element], _ function: PlainFunction
  ) throws(ScalarError) -> [Element] {
    try expanded(operands, assumed, function)
  }

  private func expanded(
    _ operands: [Element], _ assignment: MaskAssignment, _ function: PlainFunction
  ) throws(ScalarError) -> [Element] {
    guard let (group, present) = firstGroup(of: operands, beyond: assignment) else {
      let plain = operands.map { $0.constant(zero: base.zero) ?? base.zero }
      do throws(ScalarError) {
        let values = try function(plain, assignment)
        return assignment.isEmpty ? values : values.map { restricted($0, assignment) }
      } catch {
        // What has no value where the masks cannot fall so matters nowhere.
        if isImpossible(assignment) { return [] }
        throw error
      }
    }
    let (states, isChoice) = table { table in
      (table.states(of: group, present: present), table.isChoice(group))
    }
    var values: [[Element]] = []
    for state in states {
      let all = assignment.merging(state) { _, new in new }
      values.append(try expanded(operands.map { restricted($0, state) }, all, function))
    }
    let count = values.reduce(0) { max($0, $1.count) }
    // An impossible state has no values.
    values = values.map { $0.isEmpty ? Array(repeating: zero, count: count) : $0 }
    var result = values[0]
    for number in values.indices.dropFirst() {
      let atom = table { table in
        table.monomial([table.atom(ofState: number, of: group, present: present)])
      }
      let mask = MaskPolynomial([Term(monomial: atom, coefficient: base.one)])
      for place in 0..<count {
        let change = subtract(values[number][place], values[isChoice ? 0 : number - 1][place])
        if !isZero(change) { result[place] = add(result[place], multiply(mask, change)) }
      }
    }
    return result
  }

  /// The value with some masks decided.
  func restricted(_ a: Element, _ assignment: MaskAssignment) -> Element {
    guard let terms = a.terms else { return a }
    let numbers = table { table in terms.map { table.restricted($0.monomial, assignment) } }
    var rest: [Int: Base.Element] = [:]
    for (term, number) in zip(terms, numbers) {
      guard let number else { continue }
      rest[number] = rest[number].map { base.add($0, term.coefficient) } ?? term.coefficient
    }
    return collected(rest)
  }

  /// The atoms of some values.
  func atoms(of operands: [Element]) -> Set<Int> {
    var monomials: Set<Int> = []
    var atoms: Set<Int> = []
    for operand in operands {
      atoms.formUnion(operand.hidden)
      for term in operand.terms ?? [] { monomials.insert(term.monomial) }
    }
    return table { table in
      for monomial in monomials { atoms.formUnion(table.monomials[monomial]) }
      return atoms
    }
  }

  /// The first group of the masks of some values, with those among them; none that are decided already.
  func firstGroup(
    of operands: [Element], beyond assignment: MaskAssignment
  ) -> (group: Int, present: Set<Int>)? {
    let atoms = atoms(of: operands)
    return table { $0.firstGroup(of: atoms, beyond: assignment) }
  }

  /// Whether the masks of some values have more states together than functions are written over.
  func hasTooManyStates(_ operands: [Element]) -> Bool {
    let atoms = atoms(of: operands)
    let hasMany = table { table in
      var product = 1
      for (group, own) in Dictionary(grouping: atoms, by: { table.atoms[$0].group }) {
        product *= table.isChoice(group) ? table.memberCount(of: group) : own.count + 1
        if product > Self.mostStates { return true }
      }
      return false
    }
    if !hasMany { return false }
    // A mask that stands only beside one class is decided for that class alone.
    var statesLeft = Self.mostStates
    return !countsStates(of: operands, beyond: [:], &statesLeft)
  }

  /// Takes the states of the masks of some values from what is left; false once there is nothing left.
  private func countsStates(
    of operands: [Element], beyond assignment: MaskAssignment, _ statesLeft: inout Int
  ) -> Bool {
    guard operands.allSatisfy({ $0.terms != nil }),
      let (group, present) = firstGroup(of: operands, beyond: assignment)
    else {
      statesLeft -= 1
      return statesLeft >= 0
    }
    for state in table({ $0.states(of: group, present: present) }) {
      let all = assignment.merging(state) { _, new in new }
      guard countsStates(of: operands.map { restricted($0, state) }, beyond: all, &statesLeft)
      else { return false }
    }
    return true
  }

  /// The value with a random one for each mask.
  func stand(for a: Element) -> Base.Element {
    let terms = a.terms ?? []
    let monomials = table { table in terms.map { table.monomials[$0.monomial] } }
    return zip(terms, monomials).reduce(base.zero) { sum, pair in
      let product = pair.1.reduce(pair.0.coefficient) {
        base.multiply($0, base.stand(forAtom: $1))
      }
      return base.add(sum, product)
    }
  }

  /// A polynomial with whole coefficients.
  func element(_ polynomial: SignPolynomial) throws(ScalarError) -> Element {
    var terms: [Int: Base.Element] = [:]
    for (monomial, coefficient) in polynomial {
      terms[monomial] = try base.constant(Rational(coefficient))
    }
    return collected(terms)
  }
}
