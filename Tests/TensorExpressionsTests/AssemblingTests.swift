import Testing
import ToolkitTestSupport

@testable import TensorExpressions

@Suite struct AssemblingTests {
  let space = ExpressionSpace()

  private func check(
    _ y: TensorExpression, _ shape: [Int], sizes: [String: Int] = [:],
    _ expected: ([String: NaiveTensor], [Int]) -> Double
  ) throws {
    let (value, symbols) = try NaiveEvaluator.drawn(y, sizes: sizes)
    #expect(value == NaiveTensor(shape) { expected(symbols, $0) }, Trace.comment)
  }

  private var x: TensorExpression { space.input("x", [3, 4]) }

  @Test func padsWithZeros() throws {
    try check(try x.padded([(1, 2), (0, 3)]), [6, 7]) { $0["x"]?[[$1[0] - 1, $1[1]]] ?? .nan }
    try check(try x.padded([(-1, 0), (0, -2)]), [2, 2]) { $0["x"]?[[$1[0] + 1, $1[1]]] ?? .nan }
    #expect(throws: ShapeError.self) { try x.padded([(-2, -2), (0, 0)]) }
    let one = space.ones([1, 1])
    let corner = try one.padded([(0, Size("I") - 1), (0, Size("O") - 1)])
    #expect(corner.shape == ["I", "O"])
  }

  @Test func flipsAndRolls() throws {
    try check(try x.flipped(axes: [1]), [3, 4]) { $0["x"]?[[$1[0], 3 - $1[1]]] ?? .nan }
    withEvery("shift", in: [-9, -1, 0, 1, 3, 4, 6]) { shift in
      try check(try x.rolled(by: Size(shift), axis: 1), [3, 4]) { symbols, place in
        symbols["x"]?[[place[0], ((place[1] - shift) % 4 + 4) % 4]] ?? .nan
      }
      let named = space.input("x", ["n"])
      guard abs(shift) <= 6 else { return }
      let rolled = try named.rolled(by: Size(shift), axis: 0, assuming: ShapeAssumptions())
      try check(rolled, [6], sizes: ["n": 6]) { symbols, place in
        symbols["x"]?[[((place[0] - shift) % 6 + 6) % 6]] ?? .nan
      }
    }
  }

  @Test func joinsTensors() throws {
    let y = space.input("y", [3, 2])
    try check(try .concatenated([x, y], axis: -1), [3, 6]) { s, p in
      (p[1] < 4 ? s["x"]?[p] : s["y"]?[[p[0], p[1] - 4]]) ?? .nan
    }
    let z = space.input("z", [3, 4])
    try check(try .stacked([x, z], axis: 1), [3, 2, 4]) { s, p in
      s[p[1] == 0 ? "x" : "z"]?[[p[0], p[2]]] ?? .nan
    }
    #expect(
      throws: ShapeError.extent(function: "concat", what: "axis 1", expected: 4, found: 2)
    ) { try TensorExpression.concatenated([x, y]) }
    #expect(throws: ShapeError.self) { try TensorExpression.stacked([x, y]) }
    #expect(throws: ShapeError.self) { try TensorExpression.concatenated([]) }
  }

  @Test func rearranges() throws {
    let x = space.input("x", [2, 6, 5])
    let y = try x.rearranged("b (h d) s -> (s h) 1 b d", ["h": 2])
    try check(y, [10, 1, 2, 3]) { s, p in
      s["x"]?[[p[2], (p[0] % 2) * 3 + p[3], p[0] / 2]] ?? .nan
    }
    for pattern in ["b c -> c b", "b (h d) s -> h d s", "b (c d) s", "b ((c) d) s -> b c d s"] {
      #expect(throws: ShapeError.self) { try x.rearranged(pattern, ["d": 3]) }
    }
    #expect(throws: ShapeError.self) { try x.rearranged("b (h d) s -> b h d s") }
    #expect(throws: ShapeError.self) { try x.rearranged("b (h d) s -> b h d s", ["h": 4]) }
    #expect(throws: ShapeError.self) { try x.rearranged("b c s -> s c b", ["k": 4]) }
  }

  @Test func unfoldsWindows() throws {
    let x = space.input("x", [2, 3, 5, 6])
    let windows = [
      SlidingWindow(kernel: 3, stride: 2, before: 1), SlidingWindow(kernel: 2, dilation: 3),
    ]
    let y = try x.unfolded(windows)
    try check(y, [2, 18, 6]) { s, p in
      let (c, k, l) = (p[1] / 6, p[1] / 2 % 3, p[1] % 2)
      return s["x"]?[[p[0], c, 2 * (p[2] / 3) + k - 1, p[2] % 3 + 3 * l]] ?? .nan
    }
    #expect(
      throws: ShapeError.window(function: "unfold", axis: 2, span: 7, paddedInput: 5)
    ) { try x.unfolded([SlidingWindow(kernel: 7), SlidingWindow(kernel: 1)]) }
  }

  @Test func masksTriangles() throws {
    withEvery("k", in: [-4, -1, 0, 1, 3, 5]) { k in
      try check(try x.lowerTriangle(Size(k)), [3, 4]) { s, p in
        p[1] <= p[0] + k ? s["x"]?[p] ?? .nan : 0
      }
      try check(try x.upperTriangle(Size(k)), [3, 4]) { s, p in
        p[1] >= p[0] + k ? s["x"]?[p] ?? .nan : 0
      }
    }
  }

  @Test func diagonalsAndTraces() throws {
    let a = space.input("a", ["n", "n"])
    let sizes = ["n": 3]
    try check(try a.trace(), [], sizes: sizes) { s, _ in
      (0..<3).reduce(0) { $0 + (s["a"]?[[$1, $1]] ?? .nan) }
    }
    try check(try a.diagonal().diagonal(), [3, 3], sizes: sizes) { s, p in
      p[0] == p[1] ? s["a"]?[p] ?? .nan : 0
    }
    try check(try a.matmul(space.identity("n")), [3, 3], sizes: sizes) { $0["a"]?[$1] ?? .nan }
    #expect(throws: ShapeError.square(function: "trace", found: [3, 4])) { try x.trace() }
    #expect(throws: ShapeError.self) { try x.inverse() }
    #expect(throws: ShapeError.self) { try space.input("v", [2]).determinant() }
  }
}
