import Scalars
import TensorExpressions
import Testing

@testable import Evaluation

@Suite struct PointDrawingTests {
  let space = ExpressionSpace()

  private func draw(
    _ structure: TensorStructure, _ extents: [Int], seed: UInt64
  ) throws -> Tensor<Rational> {
    let symbol = space.input("x", extents.map { Size($0) }, structure)
    let point = try PointDrawing(seed: seed).point(for: [symbol], sizes: [:])
    return try #require(point.values[symbol])
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func genericValuesAreDistinctAndNotSpecial(seed: UInt64) throws {
    let (x, y) = (space.input("x", [3, 4]), space.parameter("y", [5]))
    for isDyadic in [false, true] {
      let point = try PointDrawing(seed: seed, isDyadic: isDyadic)
        .point(for: [x, y], sizes: [:])
      let all = point.values.values.flatMap(\.elements)
      #expect(all.count == 17)
      #expect(Set(all.map(\.magnitude)).count == 17)
      #expect(all.allSatisfy { !$0.isInteger && $0.magnitude < 3 })
      #expect(all.contains { $0.signum() < 0 } && all.contains { $0.signum() > 0 })
      if isDyadic {
        #expect(all.allSatisfy { Rational(exactly: $0.doubleValue) == $0 })
      }
      #expect(
        try PointDrawing(seed: seed, isDyadic: isDyadic).point(for: [x, y], sizes: [:]) == point)
    }
    #expect(
      try PointDrawing(seed: seed).point(for: [x], sizes: [:])
        != PointDrawing(seed: seed + 1).point(for: [x], sizes: [:]))
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func structuresHold(seed: UInt64) throws {
    let symmetric = try draw(.symmetric, [4, 4], seed: seed)
    let diagonal = try draw(.diagonal, [4, 4], seed: seed)
    let lower = try draw(.lower, [4, 4], seed: seed)
    let definite = try draw(.positiveDefinite, [4, 4], seed: seed)
    for i in 0..<4 {
      for j in 0..<4 {
        #expect(symmetric[i, j] == symmetric[j, i])
        #expect(definite[i, j] == definite[j, i])
        #expect((diagonal[i, j] == 0) == (i != j))
        #expect((lower[i, j] == 0) == (i < j))
      }
    }
    // Sylvester: all leading minors of a positive definite matrix are positive.
    for size in 1...4 {
      let x = space.input("m", [Size(size), Size(size)])
      let minor = try evaluate(space.determinant(x), [x: definite.corner([size, size])])
      #expect(minor.elements[0] > 0)
    }
    // It is a square of a rational matrix, so that its factor is exact.
    let x = space.input("m", [4, 4])
    #expect(try evaluate(space.cholesky(x), [x: definite])[3, 3] > 0)
    #expect(try draw(.positive, [9], seed: seed).elements.allSatisfy { $0 > 0 })
    #expect(try draw(.nonnegative, [9], seed: seed).elements.allSatisfy { $0 > 0 })
    #expect(try draw(.unitInterval, [9], seed: seed).elements.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(try draw(.integer, [9], seed: seed).elements.allSatisfy(\.isInteger))
    let counts = try draw([.integer, .positive], [9], seed: seed).elements
    #expect(counts.allSatisfy { $0.isInteger && $0 > 0 })
    let simplex = try draw(.simplex, [3, 5], seed: seed)
    for row in 0..<3 {
      #expect((0..<5).reduce(Rational(0)) { $0 + simplex[row, $1] } == 1)
      #expect(Set((0..<5).map { simplex[row, $0] }).count == 5)
    }
    #expect(simplex.elements.allSatisfy { $0 > 0 })
  }

  /// What a declaration allows is drawn, the corners included: over a few draws each of these is met.
  @Test func drawsReachWhatDeclarationsAllow() throws {
    let seeds = (0..<40).map(UInt64.init)
    func isMet(
      _ structure: TensorStructure, _ extents: [Int], _ holds: (Tensor<Rational>) -> Bool
    ) throws -> Bool {
      try seeds.contains { holds(try draw(structure, extents, seed: $0)) }
    }
    for number in [0, 1, -1] as [Rational] {
      #expect(try isMet(.integer, [6]) { $0.elements.contains(number) })
    }
    #expect(try isMet(.integer, [6]) { $0.elements.contains { $0.magnitude > 1000 } })
    #expect(try isMet(.integer, [6]) { $0.elements.allSatisfy { $0.magnitude > 1 } })
    #expect(try isMet(.simplex, [1, 3]) { $0.elements.contains { $0 > Rational(9, 10) } })
    #expect(try isMet(.simplex, [1, 3]) { $0.elements.allSatisfy { $0 < Rational(1, 2) } })
    for sign in [1, -1] as [Rational] {
      let isOfSign = { (q: Tensor<Rational>) in q[0, 0] * q[1, 1] - q[0, 1] * q[1, 0] == sign }
      let components = try (0..<16 as Range<UInt64>).contains { component in
        let q = space.input("q", [2, 2], .orthogonal)
        let point = try PointDrawing(seed: 3, component: component).point(for: [q], sizes: [:])
        return isOfSign(try #require(point.values[q]))
      }
      #expect(components)
    }
  }

  /// What else is asked for makes no larger supply of numbers, from which others would be drawn.
  @Test func firstSymbolsDoNotDependOnLaterOnes() throws {
    let (x, y) = (space.input("x", [3]), space.input("y", [40]))
    let drawing = PointDrawing(seed: 5)
    let alone = try drawing.point(for: [x], sizes: [:])
    #expect(try drawing.point(for: [x, y], sizes: [:]).values[x] != alone.values[x])
    #expect(try drawing.point(for: [x, y], supplied: 1, sizes: [:]).values[x] == alone.values[x])
  }

  @Test func oneHotRowsHaveASingleOneAnywhere() throws {
    var counts: Set<[Int]> = []
    for seed in 0..<20 as Range<UInt64> {
      let classes = try draw(.oneHot(axis: 1), [6, 3], seed: seed)
      #expect(classes.elements.allSatisfy { $0 == 0 || $0 == 1 })
      for row in 0..<6 { #expect((0..<3).reduce(Rational(0)) { $0 + classes[row, $1] } == 1) }
      counts.insert((0..<3).map { column in (0..<6).filter { classes[$0, column] == 1 }.count })
    }
    // Not only two of each class.
    #expect(counts.count > 5 && counts.contains { $0 != [2, 2, 2] })
  }

  @Test(arguments: [[2, 2], [3, 3], [5, 5], [5, 3], [2, 4]])
  func orthogonalMatricesAreExactlyOrthogonal(extents: [Int]) throws {
    let q = try draw(.orthogonal, extents, seed: 6)
    let (rows, columns) = (extents[0], extents[1])
    let isTall = rows >= columns
    for i in 0..<min(rows, columns) {
      for j in 0..<min(rows, columns) {
        let product = (0..<max(rows, columns)).reduce(Rational(0)) {
          $0 + (isTall ? q[$1, i] * q[$1, j] : q[i, $1] * q[j, $1])
        }
        #expect(product == (i == j ? 1 : 0))
      }
    }
  }

  @Test func fieldsKeepLinearStructure() throws {
    let s = space.input("s", [3, 3], .symmetric)
    let p = space.input("p", [2, 4], .simplex)
    let q = space.input("q", [3, 3], .orthogonal)
    let h = space.constant("h", [4, 3], .oneHot(axis: 1))
    let exact = try PointDrawing(seed: 1).point(for: [s, p, q, h], sizes: [:])
    let field = PrimeFieldArithmetic()
    let point = try FieldDrawing(field, seed: 2).point(for: [s, p, q, h], like: exact)
    let matrix = try #require(point.values[s])
    #expect((0..<9).allSatisfy { matrix[$0 / 3, $0 % 3] == matrix[$0 % 3, $0 / 3] })
    let rows = try #require(point.values[p])
    for i in 0..<2 { #expect((0..<4).reduce(0) { field.add($0, rows[i, $1]) } == 1) }
    let orthogonal = try #require(point.values[q])
    for i in 0..<3 {
      for j in 0..<3 {
        let product = (0..<3).reduce(0) {
          field.add($0, field.multiply(orthogonal[$1, i], orthogonal[$1, j]))
        }
        #expect(product == (i == j ? 1 : 0))
      }
    }
    #expect(try point.values[h] == exact.values[h]?.converted(to: field))
  }
}

@Suite struct SizeBindingsTests {
  @Test func sizesAreDistinctAndSmall() {
    let bindings = SizeBindings(names: ["A", "B", "C"])
    #expect(bindings.chosen() == ["A": 2, "B": 3, "C": 4])
    #expect(bindings.chosen(draw: 1) != bindings.chosen())
  }

  @Test func givenSizesAndConditionsAreHonoured() throws {
    let channels: Size = "C"
    let bindings = SizeBindings(
      names: ["B", "C", "H", "K"], given: ["B": 1],
      conditions: [
        .divisible(channels, by: 2), .divisible(channels, by: 3), .atLeast("H" - "K", 1),
        .equal("K", 3),
      ])
    let chosen = try #require(bindings.chosen())
    #expect(chosen == ["B": 1, "C": 6, "H": 4, "K": 3])
    #expect(
      SizeBindings(names: ["A", "B"], ranges: ["A": 5...6, "B": 5...6]).chosen()
        == ["A": 5, "B": 6])
    #expect(
      SizeBindings(names: ["A", "B"], conditions: [.equal("A", "B")]).chosen()
        == ["A": 2, "B": 2])
    #expect(SizeBindings(names: ["A"], conditions: [.equal("A", 0)]).chosen() == nil)
  }

  @Test func extentsOfExpressionsAreAtLeastOne() throws {
    let space = ExpressionSpace()
    let x = space.input("x", ["N", "H" - 4])
    let chosen = try #require(SizeBindings(for: [x]).chosen())
    #expect(chosen["H"] ?? 0 >= 5)
    #expect(chosen["N"] ?? 0 >= 2)
  }
}
