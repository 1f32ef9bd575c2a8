import Scalars

extension CellProgram {
  /// Whether conditions contradict each other where their products and squares are looked at as well.
  ///
  /// A linear program takes every monomial as a number of its own, and lets `x·x` be less than 0. Two conditions that
  /// hold make a product that is positive, and the square of any form is not negative: both are linear in the
  /// monomials, true of all points, and added as far as the last solution breaks them. What is a contradiction with
  /// them is one.
  ///
  /// - SeeAlso: H. D. Sherali, W. P. Adams, "A hierarchy of relaxations between the continuous and convex hull
  ///   representations" (1990), for the products; H. D. Sherali, B. M. P. Fraticelli, "Enhancing RLT relaxations via a
  ///   new class of semidefinite cuts" (2002), for the squares.
  func contradictsByProducts(_ conditions: [Condition]) -> Bool {
    if conditions.allSatisfy(\.form.isAffine) { return false }
    let variables = conditions.reduce(into: Set<Int>()) { $0.formUnion($1.form.variables) }
    let squares = SquareSearch(conditions.map(\.form))
    var all = conditions + products(of: conditions + bounds(of: variables)) + squares.diagonal
    for _ in 0..<SquareSearch.rounds {
      switch solved(all) {
      case .infeasible: return true
      case .open: return false
      case .point(let values):
        let violated = squares.violated(at: values)
        if violated.isEmpty { return false }
        all += violated
      }
    }
    return false
  }

  /// More conditions than these are not multiplied with each other.
  private static let mostFactors = 10

  /// The products of affine conditions, two at a time.
  private func products(of conditions: [Condition]) -> [Condition] {
    let factors = conditions.filter { $0.form.isAffine && $0.relation != .equal }
      .prefix(Self.mostFactors)
    return factors.indices.flatMap { i in
      factors[..<i].compactMap { other in
        factors[i].form.multiplied(by: other.form).map { product in
          let isStrict = factors[i].relation == .above && other.relation == .above
          return Condition(form: product, relation: isStrict ? .above : .atLeast)
        }
      }
    }
  }

  /// What bounds say of variables.
  ///
  /// - Parameter areOpen: whether the bounds themselves are left out, but for whole numbers.
  func bounds(of variables: Set<Int>, areOpen: Bool = false) -> [Condition] {
    variables.sorted().flatMap { variable -> [Condition] in
      let one = table.variables[variable]
      let isClosed = one.bounds.isClosed && (one.isInteger || !areOpen)
      let form = ArgumentForm(variable: variable)
      return [
        one.bounds.low.map { form - ArgumentForm(constant: $0) },
        one.bounds.high.map { ArgumentForm(constant: $0) - form },
      ].compactMap { $0.map { Condition(form: $0, relation: isClosed ? .atLeast : .above) } }
    }
  }
}

/// Finds squares of forms that a solution of a linear program takes for negative.
struct SquareSearch {
  typealias Monomial = ArgumentForm.Monomial

  static let rounds = 16
  /// The most that are added after one solution.
  private static let mostCuts = 8
  /// The most monomials whose squares are looked at together.
  private static let mostMonomials = 24
  /// What is negative by less, in the unit of its terms, is rounding.
  private static let tolerance = 1e-9
  /// Coefficients of forms are multiples of one of these.
  private static let grids: [Rational] = [Rational(1, 16), Rational(1, 256)]

  /// The monomials that forms are made of, 1 first.
  private let basis: [Monomial]
  /// Forms whose squares some condition is made of.
  private let factors: [ArgumentForm]

  init(_ forms: [ArgumentForm]) {
    let high = forms.flatMap { $0.terms.map(\.monomial) }.filter { $0.count > 1 }
    let halves = high.compactMap { monomial -> Monomial? in
      guard monomial.count == 4, monomial[0] == monomial[1], monomial[2] == monomial[3] else {
        return nil
      }
      return [monomial[0], monomial[2]]
    }
    let variables = high.flatMap { $0 }.removingRepetitions().sorted().map { [$0] }
    basis = Array(([[]] + variables + halves.removingRepetitions()).prefix(Self.mostMonomials))
    factors = forms.flatMap(Self.factors).removingRepetitions()
  }

  /// That no square of a monomial is negative.
  var diagonal: [CellProgram.Condition] {
    basis.dropFirst().compactMap { Self.square(of: ArgumentForm(monomial: $0)) }
  }

  private static func square(of form: ArgumentForm) -> CellProgram.Condition? {
    form.multiplied(by: form).map { .init(form: $0, relation: .atLeast) }
  }

  /// The squares that are negative at a solution.
  func violated(at values: [Monomial: Rational]) -> [CellProgram.Condition] {
    var cuts: [CellProgram.Condition] = []
    func add(_ form: ArgumentForm) {
      guard cuts.count < Self.mostCuts, let cut = Self.square(of: form), !cuts.contains(cut),
        Self.value(of: cut.form, values).signum() < 0
      else { return }
      cuts.append(cut)
    }
    for factor in factors {
      let middle = Self.value(of: factor, values).doubleValue
      for grid in Self.grids { add(factor - ArgumentForm(constant: Self.rounded(middle, grid))) }
    }
    let moments = basis.map { row in
      basis.map { column -> Double in
        let product = (row + column).sorted()
        return product.isEmpty ? 1 : (values[product]?.doubleValue ?? 0)
      }
    }
    for direction in Self.negativeDirections(of: moments) {
      for grid in Self.grids { add(form(direction, grid)) }
    }
    return cuts
  }

  private func form(_ direction: [Double], _ grid: Rational) -> ArgumentForm {
    zip(basis, direction).reduce(ArgumentForm(constant: 0)) { sum, one in
      sum + ArgumentForm(monomial: one.0).scaled(by: Self.rounded(one.1, grid))
    }
  }

  private static func value(of form: ArgumentForm, _ values: [Monomial: Rational]) -> Rational {
    form.terms.reduce(form.constant) { $0 + $1.coefficient * (values[$1.monomial] ?? 0) }
  }

  /// The nearest multiple of a number, or of as much of a greater one as a double tells apart.
  private static func rounded(_ value: Double, _ grid: Rational) -> Rational {
    let steps = (value / grid.doubleValue).rounded()
    return (Rational(exactly: steps) ?? 0) * grid
  }

  /// Directions in which a symmetric matrix is negative: those of two coordinates, and the most negative one of all.
  private static func negativeDirections(of matrix: [[Double]]) -> [[Double]] {
    var found: [(depth: Double, direction: [Double])] = []
    for i in matrix.indices {
      for j in 0..<i {
        let (a, b, c) = (matrix[i][i], matrix[i][j], matrix[j][j])
        let least = (a + c) / 2 - ((a - c) * (a - c) / 4 + b * b).squareRoot()
        let size = max(abs(a), abs(b), abs(c))
        guard least < -tolerance * size else { continue }
        // (b, least − a) solves the first row.
        let (x, y) = b == 0 ? (a < c ? (1, 0) : (0, 1)) : (b, least - a)
        var direction = Array(repeating: 0.0, count: matrix.count)
        direction[i] = x / max(abs(x), abs(y))
        direction[j] = y / max(abs(x), abs(y))
        found.append((least / size, direction))
      }
    }
    found.sort { $0.depth < $1.depth }
    return [leastDirection(of: matrix)] + found.prefix(mostCuts).map(\.direction)
  }

  /// The direction in which a symmetric matrix is least, by the power method.
  private static func leastDirection(of matrix: [[Double]]) -> [Double] {
    let bound = matrix.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 1
    var direction = matrix.indices.map { 1 + 0.1 * Double($0 % 7) }
    for _ in 0..<100 {
      let next = matrix.indices.map { row in
        bound * direction[row] - zip(matrix[row], direction).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let size = next.reduce(0) { max($0, abs($1)) }
      if size == 0 || !size.isFinite { break }
      direction = next.map { $0 / size }
    }
    return direction
  }

  /// Linear forms of whose squares the part of degree 2 of a form is a sum, up to signs, as far as elimination without
  /// exchanges goes.
  private static func factors(of form: ArgumentForm) -> [ArgumentForm] {
    var rest: [[Int]: Rational] = [:]
    for term in form.terms where term.monomial.count == 2 { rest[term.monomial] = term.coefficient }
    var found: [ArgumentForm] = []
    while found.count < 3,
      let pivot = rest.keys.filter({ $0[0] == $0[1] }).min(by: { $0[0] < $1[0] }),
      let value = rest[pivot]
    {
      let own = pivot[0]
      let row = rest.filter { $0.key.contains(own) }.map { key, coefficient in
        let other = key[0] == own ? key[1] : key[0]
        return (other, other == own ? Rational(1) : coefficient / (2 * value))
      }.sorted { $0.0 < $1.0 }
      found.append(
        row.reduce(ArgumentForm(constant: 0)) {
          $0 + ArgumentForm(variable: $1.0).scaled(by: $1.1)
        })
      for (a, x) in row {
        for (b, y) in row where a <= b {
          let left = (rest[[a, b]] ?? 0) - value * x * y * (a == b ? 1 : 2)
          rest[[a, b]] = left.isZero ? nil : left
        }
      }
    }
    return found
  }
}

extension ArgumentForm {
  /// The form that is one monomial; 1 for one without variables.
  init(monomial: Monomial) {
    self =
      monomial.isEmpty
      ? ArgumentForm(constant: 1)
      : ArgumentForm(terms: [Term(monomial: monomial, coefficient: 1)], constant: 0)
  }
}
