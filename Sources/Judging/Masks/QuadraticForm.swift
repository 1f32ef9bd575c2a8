import Scalars

/// A sum of products of two variables, and a constant that is not negative.
struct QuadraticForm {
  /// Symmetric, by the variables' places.
  private let rows: [[Rational]]

  /// Nil for any other form, and for one that no look at its matrix is needed for.
  init?(_ form: ArgumentForm) {
    guard form.constant.signum() >= 0, !form.terms.isEmpty,
      form.terms.allSatisfy({ $0.monomial.count == 2 }),
      form.terms.contains(where: { $0.monomial[0] != $0.monomial[1] })
    else { return nil }
    let places = Dictionary(
      uniqueKeysWithValues: form.variables.sorted().enumerated().map { ($1, $0) })
    var rows = Array(
      repeating: Array(repeating: Rational(0), count: places.count), count: places.count)
    for term in form.terms {
      guard let i = places[term.monomial[0]], let j = places[term.monomial[1]] else { return nil }
      if i == j {
        rows[i][i] = term.coefficient
      } else {
        rows[i][j] = term.coefficient / 2
        rows[j][i] = rows[i][j]
      }
    }
    self.rows = rows
  }

  /// Whether it is negative nowhere: by elimination, whose pivots are not negative, and zero only with their whole row.
  var isDefinite: Bool {
    var rows = rows
    for pivot in rows.indices {
      let value = rows[pivot][pivot]
      if value.signum() < 0 { return false }
      if value.isZero {
        guard rows[pivot][pivot...].allSatisfy(\.isZero) else { return false }
        continue
      }
      for row in rows.indices.dropFirst(pivot + 1) where !rows[row][pivot].isZero {
        let factor = rows[row][pivot] / value
        for column in pivot..<rows.count { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    return true
  }
}
