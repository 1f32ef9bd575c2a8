import Scalars
import Synchronization
import TensorExpressions

/// What is decided of some masks: which are 1 and which are 0.
typealias MaskAssignment = [Int: Bool]

/// The masks of an equation as unknowns, and the products of them.
///
/// An unknown is an *atom* of a *group*. The atoms of a chain say that one linear form lies above several
/// thresholds: the product of two of them is the one with the higher threshold. Those of a choice say which
/// member of a window is the largest, or which class a one-hot tensor has: the product of two is 0, and the
/// last member is 1 less all others. So products of atoms need no powers, and a polynomial that is zero after
/// these laws is zero on every cell.
struct MaskTable: Sendable {
  struct Atom: Sendable {
    let group: Int
    /// For a chain.
    let threshold: Rational
    /// For a choice.
    let member: Int
  }

  enum Group: Sendable {
    /// Whether a form without a constant lies above a threshold.
    case chain(ArgumentForm)
    /// Which of some values, all different, is the largest; by their forms and values.
    case largest([ArgumentForm], [UInt64])
    /// Which entry of a fibre of a one-hot tensor is 1, by the entries' numbers; ``noEntry`` for none.
    case classes(TensorExpression, [Int])
    /// A mask of which nothing is known.
    case free
  }

  /// What is unknown in a value.
  struct Unknowns: Sendable {
    /// Whether some mask, or a function of too many, is an unknown of which nothing is known.
    fileprivate(set) var exist = false
    /// The masks that unknown numbers depend on, which stand for functions of too many.
    fileprivate(set) var support: Set<Int> = []
  }

  /// Before an evaluation: nothing is unknown.
  mutating func forgetUnknowns() { unknowns = Unknowns() }

  /// Takes down that a number stands for a function of some masks.
  mutating func noteHidden(_ support: Set<Int>) {
    unknowns.exist = true
    unknowns.support.formUnion(support)
  }

  /// What stands for no entry of a fibre.
  static let noEntry = -1

  var variables = MaskVariables()
  private(set) var groups: [Group] = []
  private(set) var atoms: [Atom] = []
  /// By group, in order of thresholds or members.
  private(set) var atomsOfGroup: [[Int]] = []
  private var chains: [[ArgumentForm.Term]: Int] = [:]
  private var choices: [[UInt64]: Int] = [:]
  private var freeMasks: [UInt64: Int] = [:]
  /// The groups of masks of which nothing is known but that they are of data.
  private var freeData: Set<Int> = []
  /// By group of a mask of which nothing is known: the masks that its argument depends on. Decided, they make it known.
  private var freeSupport: [Int: Set<Int>] = [:]
  /// By group of a choice and member that is the largest: the values that are positive then.
  private var positives: [Int: [Set<UInt64>]] = [:]
  /// By number, the atoms of a product in order of their groups; the first is the empty product.
  private(set) var monomials: [[Int]] = [[]]
  private var monomialNumbers: [[Int]: Int] = [[]: 0]
  private var products: [MonomialPair: Int] = [:]
  /// From which sides the masks of data look at the places where their arguments are zero.
  var sides = BorderSides()
  /// What was unknown in the evaluation that came last.
  private(set) var unknowns = Unknowns()
  /// Whether a value was taken where two that are compared are equal on the whole cell.
  var hasTies = false
  /// Whether something is rounded that is no number: between which whole numbers it jumps no cell tells.
  var hasRounded = false

  private struct MonomialPair: Hashable {
    let a, b: Int
  }

  /// How many masks there are: a choice counts as one.
  var maskCount: Int {
    groups.indices.reduce(0) { sum, group in
      switch groups[group] {
      case .chain, .free: sum + atomsOfGroup[group].count
      case .largest, .classes: sum + 1
      }
    }
  }
}

// MARK: - Groups and atoms

extension MaskTable {
  private mutating func group(_ group: Group) -> Int {
    groups.append(group)
    atomsOfGroup.append([])
    return groups.count - 1
  }

  private mutating func atom(_ group: Int, threshold: Rational = 0, member: Int = 0) -> Int {
    let known = atomsOfGroup[group]
    if let same = known.first(where: {
      atoms[$0].threshold == threshold && atoms[$0].member == member
    }) {
      return same
    }
    atoms.append(Atom(group: group, threshold: threshold, member: member))
    let place =
      known.firstIndex {
        atoms[$0].threshold > threshold || atoms[$0].member > member
      } ?? known.count
    atomsOfGroup[group].insert(atoms.count - 1, at: place)
    return atoms.count - 1
  }

  /// The atom of a form with leading coefficient 1 above a threshold.
  mutating func atom(of direction: ArgumentForm, above threshold: Rational) -> Int {
    let number = chains[direction.terms] ?? group(.chain(direction))
    chains[direction.terms] = number
    return atom(number, threshold: threshold)
  }

  /// The atom of a mask of which nothing is known but its argument's value.
  ///
  /// - Parameters:
  ///   - isData: whether the argument depends on nothing that is differentiated.
  ///   - support: the masks that the argument depends on.
  mutating func freeAtom(_ value: UInt64, isData: Bool, support: Set<Int> = []) -> Int {
    unknowns.exist = true
    let number = freeMasks[value] ?? group(.free)
    freeMasks[value] = number
    if isData { freeData.insert(number) }
    freeSupport[number, default: []].formUnion(support)
    return atom(number)
  }

  /// The masks that the arguments of some depend on of which nothing else is known.
  func support(of atoms: [Int]) -> Set<Int> {
    atoms.reduce(into: []) { $0.formUnion(freeSupport[self.atoms[$1].group] ?? []) }
  }

  /// The first group of some masks, with those of its masks; none that are decided already.
  func firstGroup(
    of atoms: Set<Int>, beyond assignment: MaskAssignment
  ) -> (group: Int, present: Set<Int>)? {
    let open = atoms.filter { assignment[$0] == nil }
    guard let group = open.map({ self.atoms[$0].group }).min() else { return nil }
    return (group, open.filter { self.atoms[$0].group == group })
  }

  /// Whether a mask is of data, so that places at which what it stands in is zero are no kinks.
  func isData(_ atom: Int) -> Bool {
    let group = atoms[atom].group
    return switch groups[group] {
    case .chain(let form): variables.isData(form)
    case .largest(let forms, _): forms.allSatisfy(variables.isData)
    case .classes: true
    case .free: freeData.contains(group)
    }
  }

  /// The group that says which of some different values is the largest, with an atom for each but the last.
  mutating func largest(
    _ values: [UInt64], _ forms: [ArgumentForm], difference: (Int, Int) -> UInt64
  ) -> Int {
    if let known = choices[values] { return known }
    let number = group(.largest(forms, values))
    choices[values] = number
    for member in values.indices.dropLast() { _ = atom(number, member: member) }
    positives[number] = values.indices.map { winner in
      Set(values.indices.filter { $0 != winner }.map { difference(winner, $0) })
    }
    return number
  }

  /// The group of a fibre's classes, with an atom for each entry but the last.
  mutating func classes(of symbol: TensorExpression, entries: [Int]) -> Int {
    let number = group(.classes(symbol, entries))
    for member in entries.indices.dropLast() { _ = atom(number, member: member) }
    return number
  }

  /// Whether a value is known to be positive where a member of a choice is the largest.
  func isPositive(_ value: UInt64, whereLargest member: Int, of group: Int) -> Bool {
    positives[group].map { $0[member].contains(value) } ?? false
  }

  /// The number of members of a choice; two for anything else.
  func memberCount(of group: Int) -> Int {
    switch groups[group] {
    case .largest(let forms, _): forms.count
    case .classes(_, let entries): entries.count
    case .chain, .free: 2
    }
  }
}

// MARK: - Products

extension MaskTable {
  mutating func monomial(_ atoms: [Int]) -> Int {
    if let known = monomialNumbers[atoms] { return known }
    monomials.append(atoms)
    monomialNumbers[atoms] = monomials.count - 1
    return monomials.count - 1
  }

  /// The product of two monomials; nil for zero.
  mutating func product(_ a: Int, _ b: Int) -> Int? {
    if a == 0 || a == b { return b }
    if b == 0 { return a }
    let pair = a < b ? MonomialPair(a: a, b: b) : MonomialPair(a: b, b: a)
    if let known = products[pair] { return known < 0 ? nil : known }
    let result = merged(monomials[a], monomials[b]).map { monomial($0) }
    products[pair] = result ?? -1
    return result
  }

  private func merged(_ a: [Int], _ b: [Int]) -> [Int]? {
    var result: [Int] = []
    result.reserveCapacity(a.count + b.count)
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if j == b.count || i < a.count && atoms[a[i]].group < atoms[b[j]].group {
        result.append(a[i])
        i += 1
      } else if i == a.count || atoms[b[j]].group < atoms[a[i]].group {
        result.append(b[j])
        j += 1
      } else {
        guard let both = product(ofAtoms: a[i], b[j]) else { return nil }
        result.append(both)
        i += 1
        j += 1
      }
    }
    return result
  }

  /// The product of two atoms of one group; nil for zero.
  private func product(ofAtoms a: Int, _ b: Int) -> Int? {
    if a == b { return a }
    switch groups[atoms[a].group] {
    case .chain: return atoms[a].threshold > atoms[b].threshold ? a : b
    case .largest, .classes: return nil
    case .free: return a
    }
  }

  /// What is left of a monomial where some masks are decided; nil for zero.
  mutating func restricted(_ monomial: Int, _ assignment: MaskAssignment) -> Int? {
    var rest: [Int] = []
    var isChanged = false
    for atom in monomials[monomial] {
      switch assignment[atom] {
      case false?: return nil
      case true?: isChanged = true
      case nil: rest.append(atom)
      }
    }
    return isChanged ? self.monomial(rest) : monomial
  }

  /// The ways in which the masks of a group can fall, each as a decision of all its atoms among `present`; of
  /// a choice, of all atoms. Each state has one more atom that is 1 than the first one, or than the one
  /// before it.
  func states(of group: Int, present: Set<Int>) -> [MaskAssignment] {
    let isChoice = isChoice(group)
    let own = isChoice ? atomsOfGroup[group] : atomsOfGroup[group].filter(present.contains)
    return (0...own.count).map { count in
      var state: MaskAssignment = [:]
      for (place, atom) in own.enumerated() {
        state[atom] = isChoice ? place + 1 == count : place < count
      }
      return state
    }
  }

  /// The atom by which a state differs from the one that ``states(of:present:)`` counts it from.
  func atom(ofState number: Int, of group: Int, present: Set<Int>) -> Int {
    let own = isChoice(group) ? atomsOfGroup[group] : atomsOfGroup[group].filter(present.contains)
    return own[number - 1]
  }

  /// Whether nothing is known of a mask.
  func isFree(_ atom: Int) -> Bool {
    switch groups[atoms[atom].group] {
    case .free: true
    case .chain, .largest, .classes: false
    }
  }

  func isChoice(_ group: Int) -> Bool {
    switch groups[group] {
    case .largest, .classes: true
    case .chain, .free: false
    }
  }
}

/// A table that evaluations share.
final class SharedMaskTable: Sendable {
  private let table: Mutex<MaskTable>

  init(_ start: MaskTable = MaskTable()) { table = Mutex(start) }

  func callAsFunction<Value: Sendable>(_ body: (inout MaskTable) -> Value) -> Value {
    table.withLock { body(&$0) }
  }
}
