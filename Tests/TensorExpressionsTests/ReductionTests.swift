import Testing
import ToolkitTestSupport

@testable import TensorExpressions

@Suite struct ReductionTests {
  let space = ExpressionSpace()
  var x: TensorExpression { space.input("x", [2, 3, 4]) }

  private func check(
    _ y: TensorExpression, _ shape: [Int], _ expected: (NaiveTensor, [Int]) -> Double
  ) throws {
    let (value, symbols) = try NaiveEvaluator.drawn(y)
    let data = try #require(symbols["x"])
    #expect(value.isClose(to: NaiveTensor(shape) { expected(data, $0) }))
  }

  @Test func sumsAndMeans() throws {
    try check(try x.sum(axes: [1]), [2, 4]) { d, p in
      (0..<3).reduce(0) { $0 + d[[p[0], $1, p[1]]] }
    }
    try check(try x.mean(axes: [-1, 0], keepingAxes: true), [1, 3, 1]) { d, p in
      (0..<8).reduce(0) { $0 + d[[$1 / 4, p[1], $1 % 4]] } / 8
    }
    try check(x.total, []) { d, _ in d.values.reduce(0, +) }
    #expect(throws: ShapeError.axis(3, shape: x.shape)) { try x.sum(axes: [3]) }
    #expect(throws: ShapeError.self) { try x.sum(axes: [0, -3]) }
  }

  @Test func meanOverNamedAxes() throws {
    let y = try space.input("x", ["B", Size("H") * 2]).mean()
    let (value, symbols) = try NaiveEvaluator.drawn(y, sizes: ["B": 3, "H": 2])
    #expect(value.isClose(to: NaiveTensor([], [(symbols["x"]?.values ?? []).reduce(0, +) / 12])))
  }

  @Test func variances() throws {
    func variance(_ values: [Double], _ correction: Double) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        / (Double(values.count) - correction)
    }
    try check(try x.variance(axes: [1], correction: 1), [2, 4]) { d, p in
      variance((0..<3).map { d[[p[0], $0, p[1]]] }, 1)
    }
    try check(try x.standardDeviation(), []) { d, _ in variance(d.values, 0).squareRoot() }
    #expect(throws: ShapeError.self) { try x.variance(axes: [0], correction: 2) }
  }

  @Test func productsAndExtrema() throws {
    try check(try x.product(axes: [0]), [3, 4]) { d, p in d[[0] + p] * d[[1] + p] }
    try check(try x.maximum(axes: [1], keepingAxes: true), [2, 1, 4]) { d, p in
      (0..<3).map { d[[p[0], $0, p[2]]] }.max() ?? 0
    }
    try check(try x.minimum(), []) { d, _ in d.values.min() ?? 0 }
    #expect(try x.axisExtremum(.maximum, axes: nil).ties == .shared)
    #expect(try x.axisExtremum(.maximum, axes: [0]).ties == .first)
    #expect(
      throws: ShapeError.undecided(function: "prod", name: "the extent of axis 0", size: "n")
    ) { try space.input("v", ["n"]).product() }
    #expect(throws: ShapeError.self) { try space.input("v", [100]).product() }
  }

  @Test func norms() throws {
    try check(try x.norm1(), []) { d, _ in d.values.reduce(0) { $0 + abs($1) } }
    try check(try x.norm2(axes: [2]), [2, 3]) { d, p in
      (0..<4).reduce(0.0) { $0 + d[p + [$1]] * d[p + [$1]] }.squareRoot()
    }
  }
}
