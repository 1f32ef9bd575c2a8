import Scalars
import Testing

@testable import Judging

/// Linear conditions are told to be possible or not, however thin or far away what they leave is.
@Suite struct LinearProgramTests {
  private typealias Relation = LinearConstraint.Relation

  private func solved(
    _ rows: [([Rational], Relation, Rational)], integers: Set<Int> = []
  ) -> [Rational]? {
    var program = LinearProgram(columnCount: rows[0].0.count)
    program.integers = integers
    program.constraints = rows.map { coefficients, relation, bound in
      LinearConstraint(
        terms: coefficients.enumerated().map { ($0, $1) }, relation: relation, bound: bound)
    }
    guard case .point(let point) = program.solved() else { return nil }
    for (coefficients, relation, bound) in rows {
      let value = zip(coefficients, point).reduce(Rational(0)) { $0 + $1.0 * $1.1 }
      switch relation {
      case .above: #expect(value > bound)
      case .atLeast: #expect(value >= bound)
      case .equal: #expect(value == bound)
      }
    }
    return point
  }

  @Test func aThresholdMayLieFarOut() {
    #expect(solved([([1], .above, 1_000_000_000_000)]) != nil)
    #expect(solved([([-1], .above, Rational(1_000_000_000).power(9))]) != nil)
  }

  @Test func aSlabMayBeThin() {
    let thin = Rational(1, 1_000_000_007).power(5)
    #expect(solved([([1], .above, 0), ([-1], .above, -thin)]) != nil)
    #expect(solved([([1], .above, 0), ([-1], .above, 0)]) == nil)
    #expect(solved([([1], .atLeast, 0), ([-1], .atLeast, 0)]) == [0])
    #expect(solved([([1], .above, 0), ([-1], .atLeast, 0)]) == nil)
  }

  @Test func orderHasNoCycle() {
    let cycle: [([Rational], Relation, Rational)] = [
      ([1, -1, 0], .above, 0), ([0, 1, -1], .above, 0), ([-1, 0, 1], .above, 0),
    ]
    #expect(solved(cycle) == nil)
    #expect(solved(Array(cycle.prefix(2))) != nil)
  }

  @Test func equationsAndConditionsMeet() {
    #expect(
      solved([
        ([1, 1, 1], .equal, 1), ([1, 0, 0], .above, Rational(9, 10)), ([0, 1, 0], .above, 0),
        ([0, 0, 1], .above, 0),
      ]) != nil)
    #expect(
      solved([
        ([1, 1, 1], .equal, 1), ([1, 0, 0], .above, Rational(1, 2)),
        ([0, 1, 0], .atLeast, Rational(1, 2)), ([0, 0, 1], .atLeast, 0),
      ]) == nil)
  }

  @Test func wholeNumbersHaveNoneBetweenNeighbours() {
    let between: [([Rational], Relation, Rational)] = [([1], .above, 0), ([-1], .above, -1)]
    #expect(solved(between) != nil)
    #expect(solved(between, integers: [0]) == nil)
    // 2j + 2k is even.
    let odd: [([Rational], Relation, Rational)] = [([2, 2], .equal, 3)]
    #expect(solved(odd) != nil)
    #expect(
      solved(odd + [([1, 0], .above, -3), ([-1, 0], .above, -3)], integers: [0, 1]) == nil)
  }

  /// Against the corners of random systems in two unknowns.
  @Test(arguments: UInt64(1)...40) func agreesWithCorners(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let rows =
      (0..<6).map { _ -> ([Rational], Relation, Rational) in
        let numbers = (0..<3).map { _ in Rational(Int.random(in: -3...3, using: &generator)) }
        return ([numbers[0], numbers[1]], .atLeast, numbers[2])
      } + [
        ([1, 0], .atLeast, -9), ([-1, 0], .atLeast, -9), ([0, 1], .atLeast, -9),
        ([0, -1], .atLeast, -9),
      ]
    var isPossible = false
    for a in rows {
      for b in rows {
        let determinant = a.0[0] * b.0[1] - a.0[1] * b.0[0]
        if determinant.isZero { continue }
        let x = (a.2 * b.0[1] - b.2 * a.0[1]) / determinant
        let y = (a.0[0] * b.2 - b.0[0] * a.2) / determinant
        if rows.allSatisfy({ $0.0[0] * x + $0.0[1] * y >= $0.2 }) { isPossible = true }
      }
    }
    #expect((solved(rows) != nil) == isPossible)
  }
}
