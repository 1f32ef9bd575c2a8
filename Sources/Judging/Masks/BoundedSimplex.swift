import Evaluation
import Scalars

/// A number and a multiple of an infinitely small positive one.
struct ShiftedRational: Comparable {
  var value: Rational
  var shift: Rational

  static let zero = ShiftedRational(value: 0, shift: 0)

  static func < (a: Self, b: Self) -> Bool {
    a.value == b.value ? a.shift < b.shift : a.value < b.value
  }
  static func + (a: Self, b: Self) -> Self {
    Self(value: a.value + b.value, shift: a.shift + b.shift)
  }
  static func - (a: Self, b: Self) -> Self {
    Self(value: a.value - b.value, shift: a.shift - b.shift)
  }
  static func * (a: Rational, b: Self) -> Self { Self(value: a * b.value, shift: a * b.shift) }
}

/// The simplex method for bounds on variables and on linear forms of them.
///
/// Every form is a variable of its own, which the tableau writes in terms of others. Values of those others are always
/// within their bounds; the others' are brought there one after the other, always the first that is outside by the
/// first that can move, so that it ends.
struct BoundedSimplex {
  /// The work for one term of a row: a product and a sum of rationals, and finding its place.
  private static let termWork = 2 * RationalArithmetic().productWork

  private let columnCount: Int
  private var lower: [ShiftedRational?]
  private var upper: [ShiftedRational?]
  private var values: [ShiftedRational]
  /// For a variable that is written in terms of others, those with their coefficients.
  private var rows: [Int: [Int: Rational]] = [:]

  init(columnCount: Int) {
    self.columnCount = columnCount
    lower = Array(repeating: nil, count: columnCount)
    upper = lower
    values = Array(repeating: .zero, count: columnCount)
  }

  /// Adds a condition; false where it contradicts another one on the same variable, or itself.
  mutating func add(_ constraint: LinearConstraint) -> Bool {
    var sums: [Int: Rational] = [:]
    for term in constraint.terms { sums[term.column, default: 0] += term.coefficient }
    sums = sums.filter { !$0.value.isZero }
    if sums.isEmpty {
      switch constraint.relation {
      case .above: return constraint.bound < 0
      case .atLeast: return constraint.bound <= 0
      case .equal: return constraint.bound.isZero
      }
    }
    if sums.count == 1, let (column, factor) = sums.first {
      return bound(column, by: constraint.bound / factor, constraint.relation, factor.signum())
    }
    let variable = values.count
    lower.append(nil)
    upper.append(nil)
    var row: [Int: Rational] = [:]
    for (column, factor) in sums { Self.add(factor, rows[column] ?? [column: 1], to: &row) }
    rows[variable] = row
    values.append(row.reduce(.zero) { $0 + $1.value * values[$1.key] })
    return bound(variable, by: constraint.bound, constraint.relation, 1)
  }

  private mutating func bound(
    _ variable: Int, by bound: Rational, _ relation: LinearConstraint.Relation, _ sign: Int
  ) -> Bool {
    let shift: Rational
    switch relation {
    case .above: shift = Rational(sign)
    case .atLeast, .equal: shift = 0
    }
    let limit = ShiftedRational(value: bound, shift: shift)
    let isEqual = relation == .equal
    if sign > 0 || isEqual { lower[variable] = lower[variable].map { max($0, limit) } ?? limit }
    if sign < 0 || isEqual { upper[variable] = upper[variable].map { min($0, limit) } ?? limit }
    if let low = lower[variable], let high = upper[variable], high < low { return false }
    if rows[variable] == nil { moveInside(variable) }
    return true
  }

  private mutating func moveInside(_ variable: Int) {
    if let low = lower[variable], values[variable] < low { move(variable, to: low) }
    if let high = upper[variable], high < values[variable] { move(variable, to: high) }
  }

  private mutating func move(_ variable: Int, to value: ShiftedRational) {
    let change = value - values[variable]
    values[variable] = value
    for (basic, row) in rows {
      if let factor = row[variable] { values[basic] = values[basic] + factor * change }
    }
  }

  private static func add(
    _ factor: Rational, _ row: [Int: Rational], to sum: inout [Int: Rational]
  ) {
    for (column, coefficient) in row {
      let total = (sum[column] ?? 0) + factor * coefficient
      sum[column] = total.isZero ? nil : total
    }
  }

  /// Brings every variable inside its bounds; false where that is impossible.
  ///
  /// - Throws: ``EvaluationError/overBudget(needed:limit:)``, since the tableau is written anew at every step.
  mutating func restoreBounds() throws(EvaluationError) -> Bool {
    while let basic = firstOutside {
      guard let row = rows[basic] else { return false }
      let isLow = lower[basic].map { values[basic] < $0 } ?? false
      guard let target = isLow ? lower[basic] : upper[basic] else { return false }
      let free = row.keys.sorted().first { column in
        let rises = ((row[column] ?? 0).signum() > 0) == isLow
        return rises
          ? upper[column].map { values[column] < $0 } ?? true
          : lower[column].map { $0 < values[column] } ?? true
      }
      guard let free else { return false }
      try pivot(basic, free, to: target)
    }
    return true
  }

  private var firstOutside: Int? {
    rows.keys.sorted().first { basic in
      (lower[basic].map { values[basic] < $0 } ?? false)
        || (upper[basic].map { $0 < values[basic] } ?? false)
    }
  }

  /// Writes `free` in terms of the others instead of `basic`, which takes its target value.
  private mutating func pivot(
    _ basic: Int, _ free: Int, to target: ShiftedRational
  ) throws(EvaluationError) {
    guard let row = rows.removeValue(forKey: basic), let factor = row[free] else { return }
    let changed = rows.values.reduce(1) { $0 + ($1[free] == nil ? 0 : 1) }
    try EvaluationLimits.charge(changed * row.count, times: Self.termWork)
    let change = factor.reciprocal * (target - values[basic])
    values[basic] = target
    values[free] = values[free] + change
    for (other, own) in rows {
      if let share = own[free] { values[other] = values[other] + share * change }
    }
    var solved: [Int: Rational] = [basic: factor.reciprocal]
    for (column, coefficient) in row where column != free {
      solved[column] = -(coefficient / factor)
    }
    for (other, own) in rows {
      guard let share = own[free] else { continue }
      var updated = own
      updated[free] = nil
      Self.add(share, solved, to: &updated)
      rows[other] = updated
    }
    rows[free] = solved
  }

  /// The columns' values with a small enough number for the infinitely small one.
  func point() -> [Rational] {
    var small = Rational(1)
    for variable in values.indices {
      if let low = lower[variable] { Self.shrink(&small, low, values[variable]) }
      if let high = upper[variable] { Self.shrink(&small, values[variable], high) }
    }
    small = small / 2
    return (0..<columnCount).map { values[$0].value + small * values[$0].shift }
  }

  /// Makes the number so small that a ≤ b stays true with it.
  private static func shrink(
    _ small: inout Rational, _ a: ShiftedRational, _ b: ShiftedRational
  ) {
    guard a.value < b.value, b.shift < a.shift else { return }
    small = min(small, (b.value - a.value) / (a.shift - b.shift))
  }
}
