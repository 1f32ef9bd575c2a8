import Testing
import ToolkitTestSupport

@testable import TensorExpressions

@Suite struct ReshapingTests {
  let space = ExpressionSpace()

  private static let pairs: [([Int], [Int])] = [
    ([2, 6], [12]), ([12], [3, 4]), ([2, 6], [4, 3]), ([6, 4], [8, 3]), ([2, 3, 4], [6, 4]),
    ([2, 3, 4], [2, 12]), ([1, 6, 1], [6]), ([6], [1, 2, 1, 3, 1]), ([3, 1, 4], [1, 3, 4, 1]),
    ([], [1, 1]), ([1], []), ([2, 3, 5], [5, 6]), ([4, 9], [6, 6]), ([5, 7], [5, 7]),
  ]

  @Test func keepsTheEntriesInOrder() throws {
    withEvery("shapes", in: Self.pairs) { source, target in
      let x = space.input("x", source.map { Size($0) })
      let y = try x.reshaped(target.map { Size($0) })
      let (value, symbols) = try NaiveEvaluator.drawn(y)
      #expect(value == NaiveTensor(target, symbols["x"]?.values ?? []), Trace.comment)
    }
  }

  @Test func isOneContractionWhereTheAxesFactorAlike() throws {
    let x = space.input("x", [6, "H", "W"])
    let y = try x.reshaped([2, 3, Size("H") * Size("W")])
    #expect(y.asContraction?.operands.first?.value == x)
    let z = try space.input("z", [6, 4]).reshaped([8, 3])
    #expect(z.asContraction?.operands.first?.value.rank == 1)
  }

  @Test func splitsAnAxisUnderACondition() throws {
    let x = space.input("x", ["B", "C", "H"])
    let half = Size("C").flooredDivision(by: 2)
    #expect(throws: ShapeError.self) { try x.reshaped(["B", 2, half, "H"]) }
    let assumptions = ShapeAssumptions()
    let y = try x.reshaped(["B", 2, half, "H"], assuming: assumptions)
    #expect(assumptions.conditions.map(\.description) == ["C is even"])
    let sizes = ["B": 2, "C": 6, "H": 5]
    let (value, symbols) = try NaiveEvaluator.drawn(y, sizes: sizes)
    #expect(value == NaiveTensor([2, 2, 3, 5], symbols["x"]?.values ?? []))
    let back = try y.reshaped(["B", "C", "H"], assuming: assumptions)
    #expect(try NaiveEvaluator.drawn(back, sizes: sizes).value == symbols["x"])
  }

  @Test func solvesForTheOpenExtent() throws {
    let x = space.input("x", ["B", 28, 28])
    #expect(try x.reshaped(["B", nil]).shape == ["B", 784])
    #expect(try x.reshaped([nil]).shape == [Size("B") * 784])
    #expect(try x.reshaped([nil, 16, 7]).shape == [Size("B") * 7, 16, 7])
    #expect(throws: ShapeError.reshape(from: x.shape, to: [nil, 27, "B"])) {
      try x.reshaped([nil, 27, "B"])
    }
    // Another name never divides by accident, whatever may be assumed.
    #expect(throws: ShapeError.self) { try x.reshaped(["K", nil], assuming: ShapeAssumptions()) }
    #expect(throws: ShapeError.self) { try x.reshaped([nil, nil]) }
  }

  @Test func refusesAnotherCount() {
    let x = space.input("x", [2, "n"])
    #expect(throws: ShapeError.reshape(from: [2, "n"], to: [3, "n"])) {
      try x.reshaped([3, "n"] as [Size], assuming: ShapeAssumptions())
    }
    // 2*n + 1 entries are never an even number.
    let odd = space.input("odd", [Size("n") * 2 + 1])
    #expect(throws: ShapeError.self) { try odd.reshaped([2, nil], assuming: ShapeAssumptions()) }
  }

  @Test func flattensARunOfAxes() throws {
    let x = space.input("x", [2, 3, 4, 5])
    #expect(try x.flattened(from: 1).shape == [2, 60])
    #expect(try x.flattened(from: 1, through: 2).shape == [2, 12, 5])
    #expect(throws: ShapeError.self) { try x.flattened(from: 4) }
  }
}
