import Layers
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

@Suite struct NormalizationTests {
  let space = ExpressionSpace()
  private var eps: TensorExpression { space.number(Rational(1, 10)) }

  /// (v − mean) / √(biased variance + 1/10).
  private func standardized(_ v: Double, among values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (v - mean) / (variance + 0.1).squareRoot()
  }

  private func entries(
    _ x: NaiveTensor, where isTaken: ([Int]) -> Bool
  ) -> [Double] {
    var result: [Double] = []
    NaiveTensor.forEachPlace(in: x.shape) { if isTaken($0) { result.append(x[$0]) } }
    return result
  }

  private func check(
    _ y: TensorExpression, group: ([Int]) -> [Int], parameter: ([Int]) -> [Int]
  ) throws {
    let (value, symbols) = try NaiveEvaluator.drawn(y)
    let x = try #require(symbols["x"])
    let expected = NaiveTensor(x.shape) { place in
      let among = entries(x) { group($0) == group(place) }
      let gamma = symbols["gamma"]?[parameter(place)] ?? 1
      return gamma * standardized(x[place], among: among)
        + (symbols["beta"]?[parameter(place)] ?? 0)
    }
    #expect(value.isClose(to: expected))
  }

  @Test func batchNormOverAllButChannels() throws {
    let x = space.input("x", [2, 3, 2, 4])
    let (gamma, beta) = (space.input("gamma", [3]), space.input("beta", [3]))
    try check(
      try batchNorm(x, gamma: gamma, beta: beta, eps: eps), group: { [$0[1]] },
      parameter: { [$0[1]] })
    try check(
      try batchNorm(space.input("x", [4, 3]), beta: beta, eps: eps), group: { [$0[1]] },
      parameter: { [$0[1]] })
    let last = space.input("gamma", [4])
    try check(
      try batchNorm(x, gamma: last, eps: eps, layout: .channelsLast), group: { [$0[3]] },
      parameter: { [$0[3]] })
    #expect(throws: ShapeError.extent(function: "batch_norm", what: "gamma", expected: 3, found: 4))
    {
      try batchNorm(x, gamma: last, eps: eps)
    }
  }

  @Test func layerNormOverItsAxes() throws {
    let x = space.input("x", [2, 3, 4])
    try check(
      try layerNorm(x, gamma: space.input("gamma", [4]), eps: eps), group: { [$0[0], $0[1]] },
      parameter: { [$0[2]] })
    try check(
      try layerNorm(x, beta: space.input("beta", [2, 4]), axes: [-1, 0], eps: eps),
      group: { [$0[1]] }, parameter: { [$0[0], $0[2]] })
  }

  @Test func instanceAndGroupNorm() throws {
    let gamma = space.input("gamma", [6])
    let x = space.input("x", [2, 6, 5])
    try check(
      try instanceNorm(x, gamma: gamma, eps: eps), group: { [$0[0], $0[1]] },
      parameter: { [$0[1]] })
    try check(
      try groupNorm(x, groups: 2, gamma: gamma, eps: eps), group: { [$0[0], $0[1] / 3] },
      parameter: { [$0[1]] })
    #expect(throws: ShapeError.groups(function: "group_norm", channels: 6, groups: 4)) {
      try groupNorm(x, groups: 4, eps: eps)
    }
    let assumptions = ShapeAssumptions()
    let named = try groupNorm(
      space.input("z", ["N", "C", "L"]), groups: 2, eps: eps, assuming: assumptions)
    #expect(named.shape == ["N", "C", "L"])
    #expect(assumptions.conditions.map(\.description) == ["C is even"])
  }
}
