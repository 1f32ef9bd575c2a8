import Testing
import ToolkitTestSupport

@testable import TensorExpressions

@Suite struct SubscriptTests {
  let space = ExpressionSpace()

  /// Python's definition of `range(n)[from:to:step]`, place by place.
  private func places(_ n: Int, _ from: Int?, _ to: Int?, _ step: Int) -> [Int] {
    func bound(_ value: Int?, _ missing: Int, _ low: Int, _ high: Int) -> Int {
      guard let value else { return missing }
      return min(max(value < 0 ? value + n : value, low), high)
    }
    let (low, high) = step > 0 ? (0, n) : (-1, n - 1)
    var place = bound(from, step > 0 ? 0 : n - 1, low, high)
    let end = bound(to, step > 0 ? n : -1, low, high)
    var result: [Int] = []
    while step > 0 ? place < end : place > end {
      result.append(place)
      place += step
    }
    return result
  }

  @Test func slicesAsPythonDoes() {
    let bounds: [Int?] = [nil, -7, -5, -3, -1, 0, 1, 2, 4, 5, 6]
    withEvery("extent", in: [1, 5]) { extent in
      let x = space.input("x", [Size(extent)])
      withEvery("from", in: bounds) { from in
        withEvery("to", in: bounds) { to in
          withEvery("step", in: [1, 2, 3, -1, -2]) { step in
            let y = try x.subscripted([
              .slice(from: from.map { Size($0) }, to: to.map { Size($0) }, step: Size(step))
            ])
            let (value, symbols) = try NaiveEvaluator.drawn(y)
            let expected = places(extent, from, to, step).map { symbols["x"]?[[$0]] ?? .nan }
            #expect(value == NaiveTensor([expected.count], expected), Trace.comment)
          }
        }
      }
    }
  }

  @Test func slicesBySizes() throws {
    let a = space.input("a", ["B", Size("H") * 4])
    let assumptions = ShapeAssumptions()
    let gate = try a.subscripted(
      [.all, .slice(from: "H", to: Size("H") * 2, step: 1)], assuming: assumptions)
    #expect(gate.shape == ["B", "H"])
    #expect(assumptions.conditions.isEmpty)
    let (value, symbols) = try NaiveEvaluator.drawn(gate, sizes: ["B": 2, "H": 3])
    #expect(value == NaiveTensor([2, 3]) { symbols["a"]?[[$0[0], $0[1] + 3]] ?? .nan })
  }

  @Test func recordsWhatItCannotDecide() throws {
    let x = space.input("x", ["n"])
    let inner = AxisSubscript.slice(from: 1, to: -1, step: 1)
    #expect(throws: ShapeError.self) { try x.subscripted([inner]) }
    let assumptions = ShapeAssumptions()
    #expect(try x.subscripted([inner], assuming: assumptions).shape == [Size("n") - 2])
    #expect(assumptions.conditions.map(\.description) == ["n >= 2"])
    let other = try x.subscripted([.slice(from: nil, to: "k", step: 1)], assuming: assumptions)
    #expect(other.shape == ["k"])
    #expect(assumptions.conditions.last?.description == "n >= k")
    #expect(try assumptions.conditions[1].isMet(["n": 5, "k": 5]))
    #expect(try !assumptions.conditions[1].isMet(["n": 5, "k": 6]))
  }

  @Test func reversesAndStridesByName() throws {
    let x = space.input("x", ["n"])
    let y = try x.subscripted([.slice(from: nil, to: nil, step: -2)])
    #expect(y.shape == [(Size("n") + 1).flooredDivision(by: 2)])
    let (value, symbols) = try NaiveEvaluator.drawn(y, sizes: ["n": 6])
    #expect(value == NaiveTensor([3]) { symbols["x"]?[[5 - 2 * $0[0]]] ?? .nan })
  }

  @Test func dropsAddsAndExpandsAxes() throws {
    let x = space.input("x", [2, 3, 4])
    let y = try x.subscripted([.index(-1), .ellipsis, .newAxis, .index(2)])
    #expect(y.shape == [3, 1])
    let (value, symbols) = try NaiveEvaluator.drawn(y)
    #expect(value == NaiveTensor([3, 1]) { symbols["x"]?[[1, $0[0], 2]] ?? .nan })
    #expect(throws: ShapeError.self) { try x.subscripted([.index(2)]) }
    #expect(throws: ShapeError.self) { try x.subscripted([.all, .all, .all, .all]) }
    #expect(throws: ShapeError.self) { try x.subscripted([.slice(from: 0, to: 1, step: 0)]) }
  }
}
