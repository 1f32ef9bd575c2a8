import Scalars

/// A linear condition on the columns of a program: Σ cⱼ·xⱼ above, at least or equal to a bound.
struct LinearConstraint {
  enum Relation: Sendable {
    case above, atLeast, equal
  }

  var terms: [(column: Int, coefficient: Rational)]
  var relation: Relation
  var bound: Rational
}

/// Whether linear conditions can hold together, over the rationals and exactly.
///
/// Variables have no bounds but those that are asked for, and strict conditions are strict: a bound `x > b` is kept as
/// `x ≥ b + δ` for an infinitely small positive δ, so that no threshold lies too far out and no slab is too thin.
///
/// - SeeAlso: B. Dutertre, L. de Moura, "A fast linear-arithmetic solver for DPLL(T)" (2006), for the simplex method
///   with bounds on all variables.
struct LinearProgram {
  enum Outcome {
    case point([Rational])
    case infeasible
    /// Integers were not found within the depth of branching, or nothing within the budget.
    case open
  }

  let columnCount: Int
  var constraints: [LinearConstraint] = []
  /// The columns that are whole numbers.
  var integers: Set<Int> = []

  /// How often an integer column is branched on, one inside the other.
  private static let branchingDepth = 8

  init(columnCount: Int) { self.columnCount = columnCount }

  func solved() -> Outcome { solved(depth: Self.branchingDepth) }

  private func solved(depth: Int) -> Outcome {
    var simplex = BoundedSimplex(columnCount: columnCount)
    for constraint in constraints {
      guard simplex.add(tightened(constraint)) else { return .infeasible }
    }
    guard let isInside = try? simplex.restoreBounds() else { return .open }
    guard isInside else { return .infeasible }
    let point = simplex.point()
    guard let column = integers.sorted().first(where: { !point[$0].isInteger }) else {
      return .point(point)
    }
    if depth == 0 { return .open }
    let floor = Rational(point[column].floor())
    var isOpen = false
    for branch in [
      LinearConstraint(terms: [(column, -1)], relation: .atLeast, bound: -floor),
      LinearConstraint(terms: [(column, 1)], relation: .atLeast, bound: floor + 1),
    ] {
      var narrower = self
      narrower.constraints.append(branch)
      switch narrower.solved(depth: depth - 1) {
      case .point(let point): return .point(point)
      case .infeasible: continue
      case .open: isOpen = true
      }
    }
    return isOpen ? .open : .infeasible
  }

  /// A strict condition on whole numbers with whole coefficients as the next whole bound: k > a is k ≥ ⌊a⌋ + 1.
  private func tightened(_ constraint: LinearConstraint) -> LinearConstraint {
    guard constraint.relation != .equal, !constraint.terms.isEmpty,
      constraint.terms.allSatisfy({ integers.contains($0.column) })
    else { return constraint }
    var scale = Integer(1)
    for term in constraint.terms {
      let d = term.coefficient.denominator
      scale = scale * d.quotientAndRemainder(floored: Integer.gcd(scale, d)).quotient
    }
    var divisor = Integer(0)
    for term in constraint.terms {
      divisor = Integer.gcd(divisor, (term.coefficient * Rational(scale)).numerator.magnitude)
    }
    if divisor.isZero { return constraint }
    let factor = Rational(numerator: scale, denominator: divisor)
    let bound = constraint.bound * factor
    let floor = Rational(bound.floor())
    let next: Rational
    switch constraint.relation {
    case .above: next = floor + 1
    case .atLeast, .equal: next = bound.isInteger ? bound : floor + 1
    }
    return LinearConstraint(
      terms: constraint.terms.map { ($0.column, $0.coefficient * factor) }, relation: .atLeast,
      bound: next)
  }
}
