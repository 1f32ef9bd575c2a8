import Layers
import TensorExpressions
import Testing
import ToolkitTestSupport

@Suite struct PoolingTests {
  let space = ExpressionSpace()

  private func call(
    _ name: String, _ positional: [Argument], _ keywords: [(name: String, value: Argument)] = [],
    assuming assumptions: ShapeAssumptions = .none
  ) throws -> TensorExpression {
    try FunctionCatalogue.standard.call(
      name, positional, keywords: keywords, in: space, assuming: assumptions)
  }

  @Test func windowsAgreeWithLoops() {
    let x = space.input("x", [2, 3, 7])
    withEvery("kernel", in: 1...4) { kernel in
      withEvery("stride", in: 1...3) { stride in
        withEvery("padding", in: 0...(kernel / 2)) { padding in
          let arguments: [Argument] = [
            .tensor(x), .size(Size(kernel)), .size(Size(stride)), .size(Size(padding)),
          ]
          let count = (7 + 2 * padding - kernel) / stride + 1
          func window(_ data: NaiveTensor, _ p: [Int]) -> [Double] {
            (0..<kernel).map { stride * p[2] + $0 - padding }.filter { (0..<7).contains($0) }
              .map { data[[p[0], p[1], $0]] }
          }
          let (largest, s) = try NaiveEvaluator.drawn(call("max_pool1d", arguments))
          let data = try #require(s["x"])
          #expect(
            largest == NaiveTensor([2, 3, count]) { window(data, $0).max() ?? .nan }, Trace.comment)
          let (mean, _) = try NaiveEvaluator.drawn(call("avg_pool1d", arguments))
          #expect(
            mean.isClose(
              to: NaiveTensor([2, 3, count]) { window(data, $0).reduce(0, +) / Double(kernel) }),
            Trace.comment)
        }
      }
    }
  }

  @Test func strideIsTheKernelByDefault() throws {
    let x = space.input("x", ["N", "C", 6, 7])
    #expect(try call("max_pool2d", [.tensor(x), [2, 3]]).shape == ["N", "C", 3, 2])
    let last = space.input("z", ["N", 6, 7, "C"])
    #expect(
      try call("avg_pool2d", [.tensor(last), 2], [("layout", "NHWC")]).shape == ["N", 3, 3, "C"])
    #expect(try call("global_avg_pool", [.tensor(x)]).shape == ["N", "C"])
    #expect(
      try call("global_avg_pool", [.tensor(last)], [("layout", "NHWC"), ("keepdims", true)]).shape
        == ["N", 1, 1, "C"])
  }

  /// The selector picks exactly the maximum out of the unfolded windows.
  @Test func selectorTimesWindowsIsTheMaximum() throws {
    let x = space.input("x", [2, 3, 7])
    let selector = try call("max_pool1d_selector", [.tensor(x), 3, 2])
    #expect(selector.shape == [2, 3, 3, 3])
    let windows = try call("unfold", [.tensor(x), 3], [("stride", 2)])
      .rearranged("n (c k) p -> n c p k", ["k": 3])
    let picked = try selector.times(windows).sum(axes: [-1])
    #expect(
      try NaiveEvaluator.drawn(picked).value
        == NaiveEvaluator.drawn(call("max_pool1d", [.tensor(x), 3, 2])).value)
  }

  @Test func refusesWindowsInsideThePadding() {
    let x = space.input("x", [2, 3, 7])
    for arguments: [Argument] in [[3, 1, 2], [8], [0], [2, 0]] {
      #expect(throws: LayerError.self) { try call("max_pool1d", [.tensor(x)] + arguments) }
    }
    let short = space.input("s", [1, 1, 2])
    #expect(throws: LayerError.self) { try call("max_pool1d", [.tensor(short), 2, 1, 2, 4]) }
    let named = space.input("n", ["N", "C", "L"])
    let assumptions = ShapeAssumptions()
    #expect(throws: Never.self) {
      try call("max_pool1d", [.tensor(named), 2], assuming: assumptions)
    }
    #expect(assumptions.conditions.map(\.description) == ["L >= 2"])
  }
}
