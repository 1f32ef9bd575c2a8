import Scalars

/// Looks for ways in which masks can fall and a polynomial in them is not zero.
///
/// Masks are decided one group after the other, and a decision that is impossible, or leaves nothing of the polynomial,
/// ends its branch. What different entries of a sum contribute has no masks in common; such parts are looked at by
/// themselves first, since a part that is the same number however its masks fall needs no further look.
struct CellSearch<Base: MaskArgumentArithmetic> {
  typealias Polynomial = MaskPolynomial<Base.Element>

  let arithmetic: MaskPolynomialArithmetic<Base>
  private(set) var program: CellProgram
  /// The polynomial of an entry where some masks are decided, for those of too many terms; with the conditions of the
  /// masks that are known then.
  let reevaluated: (_ entry: Int, _ assignment: MaskAssignment) -> (Polynomial, CellProgram)?
  /// What is known of decisions: whether they are impossible.
  private var known: [MaskAssignment: Bool] = [:]
  /// How many linear programs may still be solved.
  private(set) var programsLeft: Int
  private var reevaluationsLeft = CellSearch.reevaluationLimit
  /// The ways in which masks fall that were found possible and looked at, and impossible ones that were met.
  private(set) var cells: Set<MaskAssignment> = []
  private(set) var excluded: Set<MaskAssignment> = []

  /// The most states of a part that are looked at for a common value.
  private static var mostStates: Int { 256 }
  private static var reevaluationLimit: Int { 400 }

  init(
    _ arithmetic: MaskPolynomialArithmetic<Base>, _ program: CellProgram, programLimit: Int,
    reevaluated: @escaping (Int, MaskAssignment) -> (Polynomial, CellProgram)?
  ) {
    self.arithmetic = arithmetic
    self.program = program
    self.reevaluated = reevaluated
    programsLeft = programLimit
  }

  /// What became of a look at one polynomial.
  enum Outcome {
    /// It is zero on every cell, or `visit` was content with all others.
    case finished
    case stopped
    case outOfWork
  }

  /// Calls `visit` with every cell on which an entry's polynomial is not zero, until that says to stop.
  mutating func visitCells(
    of polynomial: Polynomial, entry: Int,
    _ visit: (MaskAssignment, CellProgram) -> Bool
  ) -> Outcome {
    guard let terms = polynomial.terms else {
      return descend(polynomial, entry, [:], visit)
    }
    var rest: [Polynomial.Term] = []
    var constant = arithmetic.zero
    for part in parts(of: terms) {
      if let value = commonValue(of: part) {
        constant = arithmetic.add(constant, arithmetic.plain(value))
      } else {
        rest += part
      }
      if programsLeft <= 0 { return .outOfWork }
    }
    rest.sort { $0.monomial < $1.monomial }
    return descend(arithmetic.add(constant, MaskPolynomial(rest)), entry, [:], visit)
  }

  private mutating func descend(
    _ polynomial: Polynomial, _ entry: Int, _ assignment: MaskAssignment,
    _ body: (MaskAssignment, CellProgram) -> Bool
  ) -> Outcome {
    if arithmetic.isZero(polynomial) {
      if !assignment.isEmpty { cells.insert(assignment) }
      return .finished
    }
    guard let (group, present) = arithmetic.firstGroup(of: [polynomial], beyond: assignment) else {
      if polynomial.terms == nil { return .outOfWork }
      cells.insert(assignment)
      return body(assignment, program) ? .finished : .stopped
    }
    for state in arithmetic.table({ $0.states(of: group, present: present) }) {
      if programsLeft <= 0 { return .outOfWork }
      let all = assignment.merging(state) { _, new in new }
      if isImpossible(all) { continue }
      guard let next = restricted(polynomial, entry, state, all) else { return .outOfWork }
      switch descend(next, entry, all, body) {
      case .finished: continue
      case .stopped: return .stopped
      case .outOfWork: return .outOfWork
      }
    }
    return .finished
  }

  /// The polynomial with the masks of one more group decided. Where functions of too many masks were taken as unknown
  /// numbers, it is computed again, as fewer are too many then.
  private mutating func restricted(
    _ polynomial: Polynomial, _ entry: Int, _ state: MaskAssignment, _ all: MaskAssignment
  ) -> Polynomial? {
    if polynomial.terms != nil {
      let rest = arithmetic.restricted(polynomial, state)
      if arithmetic.isZero(rest) || !program.table.hasFree { return rest }
    }
    guard reevaluationsLeft > 0, let (next, program) = reevaluated(entry, all) else { return nil }
    reevaluationsLeft -= 1
    self.program = program
    return next
  }

  private mutating func isImpossible(_ assignment: MaskAssignment) -> Bool {
    if let known = known[assignment] { return known }
    programsLeft -= 1
    let isImpossible = program.isInfeasible(assignment)
    known[assignment] = isImpossible
    if isImpossible { excluded.insert(assignment) }
    return isImpossible
  }

  /// The terms with masks, those together that have masks of one group in common; the constant by itself.
  private func parts(of terms: [Polynomial.Term]) -> [[Polynomial.Term]] {
    let groups = arithmetic.table { table in
      terms.map { term in table.monomials[term.monomial].map { table.atoms[$0].group } }
    }
    var leader: [Int: Int] = [:]
    func root(_ group: Int) -> Int {
      var group = group
      while let next = leader[group], next != group { group = next }
      return group
    }
    for own in groups {
      for group in own {
        leader[group] = leader[group] ?? group
        leader[root(group)] = root(own[0])
      }
    }
    var parts: [Int: [Polynomial.Term]] = [:]
    for (term, own) in zip(terms, groups) {
      parts[own.first.map(root) ?? -1, default: []].append(term)
    }
    return parts.keys.sorted().compactMap { parts[$0] }
  }

  /// The one value that a part has on all of its cells; nil where it has several, or too many cells.
  private mutating func commonValue(of part: [Polynomial.Term]) -> Base.Element? {
    var values: [Base.Element] = []
    var isTooLong = false
    var seen: [MaskAssignment] = []
    func collect(
      _ search: inout Self, _ polynomial: Polynomial, _ assignment: MaskAssignment
    ) {
      if isTooLong || search.programsLeft <= 0 { return }
      guard let (group, present) = search.arithmetic.firstGroup(of: [polynomial], beyond: [:])
      else {
        seen.append(assignment)
        let base = search.arithmetic.base
        let value = polynomial.constant(zero: base.zero) ?? base.zero
        if !values.contains(where: { base.isZero(base.subtract($0, value)) }) {
          values.append(value)
        }
        if values.count > 1 || seen.count > Self.mostStates { isTooLong = true }
        return
      }
      for state in search.arithmetic.table({ $0.states(of: group, present: present) }) {
        let all = assignment.merging(state) { _, new in new }
        if search.isImpossible(all) { continue }
        collect(&search, search.arithmetic.restricted(polynomial, state), all)
      }
    }
    collect(&self, MaskPolynomial(part), [:])
    guard !isTooLong, programsLeft > 0, values.count == 1 else { return nil }
    cells.formUnion(seen.filter { !$0.isEmpty })
    return values[0]
  }
}
