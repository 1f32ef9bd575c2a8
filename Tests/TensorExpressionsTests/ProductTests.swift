import Testing
import ToolkitTestSupport

@testable import TensorExpressions

@Suite struct ProductTests {
  let space = ExpressionSpace()

  private func drawn(_ y: TensorExpression) throws -> (NaiveTensor, NaiveTensor, NaiveTensor) {
    let (value, symbols) = try NaiveEvaluator.drawn(y)
    return (value, try #require(symbols["a"]), try #require(symbols["b"]))
  }

  @Test func matrixProductOfEveryRank() throws {
    let cases: [([Int], [Int], [Int])] = [
      ([3], [3], []), ([2, 3], [3], [2]), ([3], [3, 4], [4]), ([2, 3], [3, 4], [2, 4]),
      ([5, 2, 3], [3, 4], [5, 2, 4]), ([2, 3], [5, 3, 4], [5, 2, 4]),
      ([5, 1, 2, 3], [6, 3, 4], [5, 6, 2, 4]), ([3], [5, 3, 4], [5, 4]), ([5, 2, 3], [3], [5, 2]),
    ]
    withEvery("shapes", in: cases) { left, right, result in
      let a = space.input("a", left.map { Size($0) })
      let b = space.input("b", right.map { Size($0) })
      let (value, x, y) = try drawn(try a.matmul(b))
      let expected = NaiveTensor(result) { place in
        var place = place
        let column = right.count == 1 ? nil : place.removeLast()
        let row = left.count == 1 ? nil : place.removeLast()
        // Stacks align at the end, an extent of 1 repeats.
        func stack(_ shape: [Int], _ rank: Int) -> [Int] {
          zip(place.suffix(rank), shape).map { min($0, $1 - 1) }
        }
        return (0..<(left.last ?? 0)).reduce(0.0) { sum, p in
          let i = stack(left, max(left.count - 2, 0)) + (row.map { [$0] } ?? []) + [p]
          let j = stack(right, max(right.count - 2, 0)) + [p] + (column.map { [$0] } ?? [])
          return sum + x[i] * y[j]
        }
      }
      #expect(value == expected, Trace.comment)
    }
  }

  @Test func refusesContractedAxesOfDifferentExtent() {
    let x = space.input("a", ["B", "in"])
    let w = space.input("b", ["out", "in"])
    #expect(
      throws: ShapeError.contraction(lhs: x.shape, lhsAxis: 1, rhs: w.shape, rhsAxis: 0)
    ) { try x.matmul(w, assuming: ShapeAssumptions()) }
    #expect(throws: ShapeError.self) { try x.matmul(space.number(Size(2))) }
    // An axis of extent 1 is not repeated along the contracted axis.
    #expect(throws: ShapeError.self) { try x.matmul(space.input("c", [1, 3])) }
  }

  @Test func einsumAgreesWithLoops() throws {
    let a = space.input("a", [2, 3, 4])
    let b = space.input("b", [4, 2])
    let (value, x, y) = try drawn(try .einsum("nij, jn -> in", [a, b]))
    #expect(
      value
        == NaiveTensor([3, 2]) { place in
          (0..<4).reduce(0) { $0 + x[[place[1], place[0], $1]] * y[[$1, place[1]]] }
        })
    let implicit = try TensorExpression.einsum("nij,jn", [a, b])
    #expect(implicit.shape == [3])
    let square = space.input("a", [3, 3, 2])
    let (diagonal, s, _) = try drawn(
      try .einsum("iij->ji", [square]).times(space.input("b", [2, 3])))
    let (_, _, weight) = try drawn(
      try .einsum("iij->ji", [square]).times(space.input("b", [2, 3])))
    #expect(
      diagonal == NaiveTensor([2, 3]) { s[[$0[1], $0[1], $0[0]]] * weight[$0] })
  }

  @Test func einsumKeepsTheAxesOfAnEllipsis() throws {
    let a = space.input("a", [5, 2, 3])
    let b = space.input("b", [2, 3])
    let (value, x, y) = try drawn(try .einsum("...i,...i->...", [a, b]))
    #expect(
      value
        == NaiveTensor([5, 2]) { p in
          (0..<3).reduce(0) { $0 + x[[p[0], p[1], $1]] * y[[p[1], $1]] }
        })
  }

  @Test func einsumRefusesWhatIsAmbiguous() {
    let a = space.input("a", [2, 3])
    for pattern in ["ij->ii", "ij->k", "i->i", "ij,jk->ik", "ij->i->j", "i1->i", "...->"] {
      #expect(throws: ShapeError.self) { try TensorExpression.einsum(pattern, [a]) }
    }
    #expect(
      throws: ShapeError.extent(function: "einsum", what: "i", expected: 2, found: 3)
    ) { try TensorExpression.einsum("ii", [a]) }
  }

  @Test func kroneckerProduct() throws {
    let a = space.input("a", [2, 3])
    let b = space.input("b", [4, 5])
    let (value, x, y) = try drawn(a.kron(b))
    #expect(
      value == NaiveTensor([8, 15]) { x[[$0[0] / 4, $0[1] / 5]] * y[[$0[0] % 4, $0[1] % 5]] })
  }

  @Test func tensordotKeepsTheOtherAxesInOrder() throws {
    let a = space.input("a", [2, 3, 4])
    let b = space.input("b", [4, 5, 2])
    let (value, x, y) = try drawn(try a.tensordot(b, axes: [2, 0], [0, 2]))
    let expected = NaiveTensor([3, 5]) { place in
      var sum = 0.0
      NaiveTensor.forEachPlace(in: [2, 4]) {
        sum += x[[$0[0], place[0], $0[1]]] * y[[$0[1], place[1], $0[0]]]
      }
      return sum
    }
    #expect(value == expected)
    #expect(try a.dot(space.input("c", [7, 4, 6])).shape == [2, 3, 7, 6])
    #expect(try a.inner(space.input("c", [7, 4])).shape == [2, 3, 7])
  }

  @Test func powersAreProducts() throws {
    let x = space.input("a", [2, 3])
    #expect(x.power(3).asContraction?.operands.count == 3)
    #expect(x.power(0).asConstant?.isOne == true)
    let (value, symbols) = try NaiveEvaluator.drawn(x.power(-2))
    #expect(value.isClose(to: try #require(symbols["a"]).map { 1 / ($0 * $0) }))
    let third = try x.power(space.number(Size(3)))
    #expect(third == x.power(3))
    guard case .elementwise(let root, _) = try x.power(space.filled(.init(Size(1)) * half)).kind
    else {
      Issue.record("the power 1/2 is a root")
      return
    }
    #expect(root.name == "sqrt")
  }

  private var half: Coefficient { Coefficient(Size(2)).reciprocal ?? .one }
}
