import Scalars
import TensorExpressions

/// The conditions under which masks fall in a certain way, as linear conditions on the monomials of their arguments.
///
/// A monomial of higher degree, and what is no polynomial, is a column of its own: a relaxation, under which what is
/// impossible stays so.
struct CellProgram: Sendable {
  /// A form and how it compares with zero.
  struct Condition: Hashable, Sendable {
    let form: ArgumentForm
    let relation: LinearConstraint.Relation
  }

  let table: MaskTable
  /// What holds on the whole domain beside the bounds of variables.
  let domain: [Condition]
  /// What holds of entries that a structure ties together, for those products of entries that conditions are on.
  let ties: [Condition]

  /// What decided masks say of their arguments.
  func conditions(of assignment: MaskAssignment) -> [Condition] {
    var conditions: [Condition] = []
    for atom in assignment.keys.sorted() {
      guard case .chain(let direction) = table.groups[table.atoms[atom].group] else { continue }
      let form = direction + ArgumentForm(constant: -table.atoms[atom].threshold)
      let inclusion = table.sides.inclusion(of: form)
      conditions.append(
        assignment[atom] == true
          ? Condition(form: form, relation: inclusion.above ? .atLeast : .above)
          : Condition(form: -form, relation: inclusion.below ? .atLeast : .above))
    }
    for (group, member) in table.largestMembers(of: assignment).sorted(by: { $0.key < $1.key }) {
      guard case .largest(let forms, _) = table.groups[group] else { continue }
      for (other, form) in forms.enumerated() where other != member {
        let lead = forms[member] - form
        let isClosed = table.variables.isData(lead) && table.sides.reachesZero(whereAbove: lead)
        conditions.append(Condition(form: lead, relation: isClosed ? .atLeast : .above))
      }
    }
    return conditions
  }

  enum Outcome {
    /// Values for the columns, with their monomials.
    case point([ArgumentForm.Monomial: Rational])
    case infeasible
    case open
  }

  /// A point at which the conditions and those of the domains hold.
  func solved(_ conditions: [Condition]) -> Outcome {
    var columns = Columns()
    var constraints = conditions.map { columns.constraint($0) }
    let signs = signs(under: conditions)
    // Conditions of the domains bring in further columns.
    var added: Set<Int> = []
    var column = 0
    while column < columns.monomials.count {
      defer { column += 1 }
      let monomial = columns.monomials[column]
      constraints += bounds(of: monomial, column)
      if let sign = sign(ofProduct: monomial, signs) {
        constraints.append(
          LinearConstraint(terms: [(column, Rational(sign))], relation: .above, bound: 0))
      }
      for (number, condition) in domain.enumerated()
      where monomial.count == 1 && condition.form.variables.contains(monomial[0]) {
        if added.insert(number).inserted { constraints.append(columns.constraint(condition)) }
      }
    }
    for tie in ties where columns.haveAll(of: tie.form) {
      constraints.append(columns.constraint(tie))
    }
    var program = LinearProgram(columnCount: columns.monomials.count)
    program.constraints = constraints
    program.integers = Set(
      columns.monomials.indices.filter { column in
        let monomial = columns.monomials[column]
        return monomial.allSatisfy { table.variables[$0].isInteger }
      })
    switch program.solved() {
    case .infeasible: return .infeasible
    case .open: return .open
    case .point(let values):
      return .point(Dictionary(uniqueKeysWithValues: zip(columns.monomials, values)))
    }
  }

  /// The signs that conditions on single variables give them.
  private func signs(under conditions: [Condition]) -> [Int: Int] {
    var signs: [Int: Int] = [:]
    for condition in conditions where condition.form.terms.count == 1 {
      let term = condition.form.terms[0]
      guard condition.relation != .equal, term.monomial.count == 1,
        condition.form.constant.signum() <= 0,
        condition.relation == .above || !condition.form.constant.isZero
      else { continue }
      signs[term.monomial[0]] = term.coefficient.signum()
    }
    return signs
  }

  /// The sign of a product of several variables whose signs are known.
  private func sign(ofProduct monomial: ArgumentForm.Monomial, _ signs: [Int: Int]) -> Int? {
    if signs.isEmpty || monomial.count < 2 { return nil }
    var sign = 1
    for variable in monomial {
      guard let own = signs[variable] ?? positiveSign(of: variable) else { return nil }
      sign *= own
    }
    return sign
  }

  private func positiveSign(of variable: Int) -> Int? {
    let bounds = table.variables[variable].bounds
    let isPositive = bounds.low.map { $0.signum() > 0 || $0.isZero && !bounds.isClosed } ?? false
    return isPositive ? 1 : nil
  }

  func isInfeasible(_ assignment: MaskAssignment) -> Bool {
    if case .infeasible = solved(conditions(of: assignment)) { true } else { false }
  }

  private func bounds(of monomial: ArgumentForm.Monomial, _ column: Int) -> [LinearConstraint] {
    let range = table.variables.range(of: monomial)
    let relation: LinearConstraint.Relation = range.isClosed ? .atLeast : .above
    return
      (range.low.map {
        [LinearConstraint(terms: [(column, 1)], relation: relation, bound: $0)]
      } ?? [])
      + (range.high.map {
        [LinearConstraint(terms: [(column, -1)], relation: relation, bound: -$0)]
      } ?? [])
  }

  /// The monomials of some forms, by number of their column.
  private struct Columns {
    var monomials: [ArgumentForm.Monomial] = []
    private var numbers: [ArgumentForm.Monomial: Int] = [:]

    func haveAll(of form: ArgumentForm) -> Bool {
      form.terms.allSatisfy { numbers[$0.monomial] != nil }
    }

    mutating func constraint(_ condition: Condition) -> LinearConstraint {
      let terms = condition.form.terms.map { term -> (column: Int, coefficient: Rational) in
        let column = numbers[term.monomial] ?? monomials.count
        if column == monomials.count {
          monomials.append(term.monomial)
          numbers[term.monomial] = column
        }
        return (column, term.coefficient)
      }
      return LinearConstraint(
        terms: terms, relation: condition.relation, bound: -condition.form.constant)
    }
  }
}
