import Scalars

/// What a look at a cell gives.
enum CellView {
  /// No other cell need be looked at.
  case stop
  case settled
  /// Nothing, where the cell is a guess.
  case open
}

/// Looks for ways in which masks can fall and a polynomial in them is not zero.
///
/// Masks are decided one group after the other, and a decision that is impossible, or leaves nothing of the polynomial,
/// ends its branch. What different entries of a sum contribute has no masks in common; such parts are looked at by
/// themselves first, since a part that is the same number however its masks fall needs no further look.
struct CellSearch<Base: MaskArgumentArithmetic> {
  typealias Polynomial = MaskPolynomial<Base.Element>

  let arithmetic: MaskPolynomialArithmetic<Base>
  private(set) var program: CellProgram
  /// The polynomials of all entries where some masks are decided, for those of too many terms; with the conditions of
  /// the masks that are known then.
  let reevaluated: (MaskAssignment) -> Evaluated?
  /// What was computed again, which entries have in common.
  private var evaluations: [MaskAssignment: Evaluated] = [:]
  /// What is known of decisions: whether they are impossible.
  private var known: [MaskAssignment: Bool] = [:]
  /// How many linear programs may still be solved.
  private(set) var programsLeft: Int
  private var reevaluationsLeft = CellSearch.reevaluationLimit
  /// What was unknown where the entries' polynomials were computed.
  private let unknowns: MaskTable.Unknowns
  /// What was looked at with the masks decided that unknown ones depend on.
  private var closelySeen: Set<Place> = []
  /// The ways in which masks fall that were found possible and looked at, and impossible ones that were met.
  private(set) var cells: Set<MaskAssignment> = []
  private(set) var excluded: Set<MaskAssignment> = []

  /// The most states of a part that are looked at for a common value.
  private static var mostStates: Int { 256 }
  private static var reevaluationLimit: Int { 40 }
  private static var keptEvaluations: Int { 32 }

  typealias Evaluated = (entries: [Polynomial], program: CellProgram)

  init(
    _ arithmetic: MaskPolynomialArithmetic<Base>, _ program: CellProgram, programLimit: Int,
    reevaluated: @escaping (MaskAssignment) -> Evaluated?
  ) {
    self.arithmetic = arithmetic
    self.program = program
    self.reevaluated = reevaluated
    programsLeft = programLimit
    unknowns = program.table.unknowns
  }

  /// An entry's polynomial, with what was unknown where it was computed.
  private struct Value {
    let polynomial: Polynomial
    let unknowns: MaskTable.Unknowns

    init(_ polynomial: Polynomial, _ unknowns: MaskTable.Unknowns) {
      self.polynomial = polynomial
      self.unknowns = unknowns
    }
  }

  private struct Place: Hashable {
    let entry: Int
    let assignment: MaskAssignment
  }

  /// Looks at a cell on which a polynomial is not zero.
  ///
  /// - Parameter isGuess: whether masks of which nothing is known are decided otherwise than by guessing afterwards, so
  ///   that the cell need not be judged.
  typealias Visit = (_ cell: MaskAssignment, CellProgram, _ isGuess: Bool) -> CellView

  /// What became of a look at one polynomial.
  enum Outcome {
    /// It is zero on every cell, or `visit` was content with all others.
    case finished
    case stopped
    case outOfWork
  }

  /// Calls `visit` with every cell on which an entry's polynomial is not zero, until that says to stop.
  mutating func visitCells(
    of polynomial: Polynomial, entry: Int, _ visit: Visit
  ) -> Outcome {
    guard let terms = polynomial.terms else {
      return descend(Value(polynomial, unknowns), entry, [:], visit)
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
    let sum = arithmetic.add(constant, MaskPolynomial(rest))
    return descend(Value(sum, unknowns), entry, [:], visit)
  }

  private mutating func descend(
    _ value: Value, _ entry: Int, _ assignment: MaskAssignment, _ visit: Visit
  ) -> Outcome {
    if arithmetic.isZero(value.polynomial) {
      if !assignment.isEmpty { cells.insert(assignment) }
      return .finished
    }
    guard
      let (group, present) = arithmetic.firstGroup(of: [value.polynomial], beyond: assignment)
    else {
      if value.polynomial.terms == nil { return .outOfWork }
      return look(at: assignment, value, entry, visit)
    }
    // What was guessed before and then decided is not guessed otherwise.
    if closelySeen.contains(Place(entry: entry, assignment: known(assignment))) {
      return .finished
    }
    let states = arithmetic.table { $0.states(of: group, present: present) }
    return descend(entry, assignment, states, visit) { search, state, all in
      search.restricted(value, entry, state, all)
    }
  }

  private mutating func descend(
    _ entry: Int, _ assignment: MaskAssignment, _ states: [MaskAssignment], _ visit: Visit,
    _ restricted: (inout Self, _ state: MaskAssignment, _ all: MaskAssignment) -> Value?
  ) -> Outcome {
    for state in states {
      if programsLeft <= 0 { return .outOfWork }
      let all = assignment.merging(state) { _, new in new }
      if isImpossible(all) { continue }
      guard let next = restricted(&self, state, all) else { return .outOfWork }
      switch descend(next, entry, all, visit) {
      case .finished: continue
      case .stopped: return .stopped
      case .outOfWork: return .outOfWork
      }
    }
    return .finished
  }

  /// Looks at a cell; where something was guessed, and no point shows a difference, those masks are decided that it
  /// depends on.
  private mutating func look(
    at assignment: MaskAssignment, _ value: Value, _ entry: Int, _ visit: Visit
  ) -> Outcome {
    let known = known(assignment)
    let free = assignment.keys.filter { known[$0] == nil }
    if closelySeen.contains(Place(entry: entry, assignment: known)) { return .finished }
    let support = arithmetic.table { table in
      table.firstGroup(of: table.support(of: free), beyond: known)
        ?? table.firstGroup(of: value.unknowns.support, beyond: known)
    }
    guard let (group, present) = support else {
      cells.insert(assignment)
      return visit(assignment, program, false) == .stop ? .stopped : .finished
    }
    switch visit(assignment, program, true) {
    case .stop: return .stopped
    case .settled: return .finished
    case .open: break
    }
    closelySeen.insert(Place(entry: entry, assignment: known))
    let states = arithmetic.table { $0.states(of: group, present: present) }
    return descend(entry, known, states, visit) { search, _, all in
      search.reevaluated(entry, assuming: all)
    }
  }

  /// What is decided of masks of which something is known.
  private func known(_ assignment: MaskAssignment) -> MaskAssignment {
    arithmetic.table { table in assignment.filter { !table.isFree($0.key) } }
  }

  /// The polynomial with the masks of one more group decided. Where functions of too many masks were taken as unknown
  /// numbers, it is computed again, as fewer are too many then.
  private mutating func restricted(
    _ value: Value, _ entry: Int, _ state: MaskAssignment, _ all: MaskAssignment
  ) -> Value? {
    if value.polynomial.terms != nil {
      let rest = arithmetic.restricted(value.polynomial, state)
      if arithmetic.isZero(rest) || !value.unknowns.exist { return Value(rest, value.unknowns) }
    }
    return reevaluated(entry, assuming: all)
  }

  private mutating func reevaluated(_ entry: Int, assuming all: MaskAssignment) -> Value? {
    if evaluations[all] == nil {
      guard reevaluationsLeft > 0, let found = reevaluated(all) else { return nil }
      reevaluationsLeft -= 1
      if evaluations.count >= Self.keptEvaluations { evaluations = [:] }
      evaluations[all] = found
    }
    guard let known = evaluations[all] else { return nil }
    program = known.program
    return Value(known.entries[entry], known.program.table.unknowns)
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
