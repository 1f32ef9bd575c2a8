import Foundation
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

@testable import PropertyTesting

/// Layers written in plain Swift, right and wrong, against the exact gradients of the same layer.
@Suite struct CheckGradientsTests {
  static let dense = """
    dims B in 1..4, I in 2..5, O in 2..5
    input x: [B, I]
    param W: [I, O]
    y = tanh(x @ W)
    output y
    """

  /// dW = xᵀ·(dy ∘ (1 − y²)), with the sums in either order.
  static func denseBackward(_ point: GradientPoint, isReversed: Bool = false) -> [Double] {
    let (x, w, dy) = (point["x"], point["W"], point["dy"])
    guard let b = point.sizes["B"], let i = point.sizes["I"], let o = point.sizes["O"] else {
      return []
    }
    var dz = dy
    for n in 0..<b {
      for j in 0..<o {
        var z = 0.0
        for k in 0..<i { z += x[n * i + k] * w[k * o + j] }
        let y = tanh(z)
        dz[n * o + j] = dy[n * o + j] * (1 - y * y)
      }
    }
    var dW = Array(repeating: 0.0, count: i * o)
    let batch = isReversed ? Array((0..<b).reversed()) : Array(0..<b)
    for k in 0..<i {
      for j in 0..<o {
        for n in batch { dW[k * o + j] += x[n * i + k] * dz[n * o + j] }
      }
    }
    return dW
  }

  @Test(arguments: [false, true])
  func aRightGradientPassesInAnyOrderOfSummation(isReversed: Bool) throws {
    try checkGradients(of: Self.dense, seed: 3, runs: 40) { point in
      ["dW": Self.denseBackward(point, isReversed: isReversed)]
    }
  }

  /// Sums in `Double`, which are better than those in `Float`, stored in 16 bits: right; one unit more in the last
  /// place: wrong.
  @Test(arguments: [NumberFormat.binary16, .bfloat16])
  func storageInSixteenBitsIsJudgedByItsOwnStep(_ format: NumberFormat) throws {
    try checkGradients(of: Self.dense, seed: 3, runs: 40, computedIn: format) { point in
      ["dW": Self.denseBackward(point).map(format.storage.rounded)]
    }
    let failure = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: Self.dense, seed: 3, computedIn: format) { point in
        [
          "dW": Self.denseBackward(point).map {
            let stored = format.storage.rounded($0)
            return stored + 2 * format.storage.step(at: stored.magnitude)
          }
        ]
      }
    }
    #expect(failure.name == "dW")
  }

  @Test func aNineTenthsPerMilleErrorIsRefused() throws {
    let failure = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: Self.dense, seed: 3) { point in
        ["dW": Self.denseBackward(point).map { $0 * 1.0009 }]
      }
    }
    #expect(failure.name == "dW")
    #expect(failure.run == 0)
  }

  @Test func anErrorOfAFewUnitsInTheLastPlaceIsAllowedAndAThousandAreNot() throws {
    try checkGradients(of: Self.dense, seed: 3) { point in
      ["dW": Self.denseBackward(point).map { $0.nextUp.nextUp }]
    }
    #expect(throws: GradientMismatch.self) {
      try checkGradients(of: Self.dense, seed: 3) { point in
        ["dW": Self.denseBackward(point).map { $0 * (1 + 1e-12) }]
      }
    }
  }

  @Test func aTransposeIsNamedAndShrunk() throws {
    let layer = """
      dims B in 1..4, n in 2..5
      input x: [B, n]
      param W: [n, n]
      y = x @ W
      output y
      """
    let failure = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: layer, seed: 5) { point in
        let n = point.sizes["n"] ?? 0
        let b = point.sizes["B"] ?? 0
        let (x, dy) = (point["x"], point["dy"])
        var dW = Array(repeating: 0.0, count: n * n)
        for i in 0..<n {
          for j in 0..<n {
            for k in 0..<b { dW[j * n + i] += x[k * n + i] * dy[k * n + j] }
          }
        }
        return ["dW": dW]
      }
    }
    #expect(failure.cause?.hasPrefix("transpose") == true)
    #expect(failure.smallest?.sizes == ["B": 1, "n": 2])
    #expect(failure.smallest?.values == ["x = [[0, 1]]", "W = [[0, 0], [0, 0]]", "dy = [[1, 0]]"])
    let text = failure.description
    #expect(text.contains("dW[0, 1] of the layer is wrong"))
    #expect(text.contains("cause: transpose"))
    #expect(text.contains("repeat with `seed: 5, run: 0`"))
  }

  @Test func aMeanForASumIsNamed() throws {
    let layer = "dims B in 2..4, I in 5..7\ninput x: [B, I]\nparam b: [I]\ny = x + b\noutput y"
    let failure = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: layer) { point in
        let (b, i) = (point.sizes["B"] ?? 1, point.sizes["I"] ?? 1)
        let dy = point["dy"]
        var db = Array(repeating: 0.0, count: i)
        for n in 0..<b { for j in 0..<i { db[j] += dy[n * i + j] / Double(b) } }
        return ["db": db]
      }
    }
    #expect(failure.cause == "factor: every entry is 1/B of the true one: a mean over B for a sum")
  }

  @Test func aStableSoftmaxPasses() throws {
    let layer = "dims B in 1..3, n in 1..6\ninput x: [B, n]\ny = softmax(x)\noutput y"
    func backward(_ point: GradientPoint, isRight: Bool) -> [Double] {
      let (b, n) = (point.sizes["B"] ?? 0, point.sizes["n"] ?? 0)
      let (x, dy) = (point["x"], point["dy"])
      return (0..<b).flatMap { row -> [Double] in
        let own = Array(x[row * n..<(row + 1) * n])
        let largest = own.max() ?? 0
        let e = own.map { exp($0 - largest) }
        let total = e.reduce(0, +)
        let y = e.map { $0 / total }
        var mean = 0.0
        for k in 0..<n { mean += y[k] * dy[row * n + k] }
        return (0..<n).map { y[$0] * (dy[row * n + $0] - (isRight ? mean : 0)) }
      }
    }
    try checkGradients(of: layer, seed: 11, runs: 40) { ["dx": backward($0, isRight: true)] }
    let failure = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: layer, seed: 11) { ["dx": backward($0, isRight: false)] }
    }
    #expect(failure.cause?.hasPrefix("missing term") == true)
  }

  @Test func singlePrecisionHasItsOwnBound() throws {
    let layer = "dims n in 2..6\ninput x: [n]\nloss L = sum(x**3)"
    func cubes(_ point: GradientPoint) -> [Double] {
      point["x"].map { x in
        let single = Float(x)
        return Double(3 * single * single)
      }
    }
    try checkGradients(of: layer, computedIn: .binary32) { ["dx": cubes($0)] }
    #expect(throws: GradientMismatch.self) {
      try checkGradients(of: layer, computedIn: .binary32) {
        ["dx": cubes($0).map { $0 * 1.00001 }]
      }
    }
  }

  @Test func exactGradientsMustBeEqual() throws {
    let layer = "dims n in 2..4\ninput x: [n]\nloss L = sum(1/x)"
    try checkExactGradients(of: layer) { point in
      ["dx": point.exact("x").map { -(Rational(1) / ($0 * $0)) }]
    }
    let failure = try #require(throws: GradientMismatch.self) {
      try checkExactGradients(of: layer) { point in
        ["dx": point.exact("x").map { Rational(1) / ($0 * $0) }]
      }
    }
    #expect(failure.cause == "sign: every entry has the opposite sign")
    #expect(throws: GradientCheckError.self) {
      try checkExactGradients(of: Self.dense) { _ in ["dx": []] }
    }
  }

  @Test func aLayerBuiltInSwiftIsComparedAlike() throws {
    let space = ExpressionSpace()
    let x = space.input("x", ["B", "I"])
    let w = space.parameter("w", ["I"])
    let layer = GradientLayer(output: try x.times(w), sizes: ["B": 2...3], named: "scale")
    try checkGradients(of: layer) { point in
      let (b, i) = (point.sizes["B"] ?? 0, point.sizes["I"] ?? 0)
      let (x, dy) = (point["x"], point["dy"])
      var dw = Array(repeating: 0.0, count: i)
      for n in 0..<b { for j in 0..<i { dw[j] += x[n * i + j] * dy[n * i + j] } }
      return ["dw": dw]
    }
    let failure = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: layer) { point in
        ["dw": Array(point["dy"].prefix(point.sizes["I"] ?? 0))]
      }
    }
    #expect(failure.description.hasPrefix("dw[0] of scale is wrong"))
  }

  @Test func kinksAreAvoided() throws {
    let layer = "dims n in 1..5\ninput x: [n]\ny = relu(x)\noutput y"
    try checkGradients(of: layer, runs: 30) { point in
      ["dx": zip(point["x"], point["dy"]).map { $0 > 0 ? $1 : 0 }]
    }
  }

  @Test func unfitAnswersAreExplained() throws {
    let layer = "dims n in 2..3\ninput x: [n]\nloss L = sum(x)"
    #expect(throws: GradientCheckError.noGradients) { try checkGradients(of: layer) { _ in [:] } }
    #expect(throws: GradientCheckError.unknownGradient("dz", known: ["dL", "dx"])) {
      try checkGradients(of: layer) { _ in ["dz": [1]] }
    }
    #expect(throws: GradientCheckError.self) {
      try checkGradients(of: "input x: [") { _ in ["dx": [1]] }
    }
    let count = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: layer) { _ in ["dx": [1]] }
    }
    #expect(count.description.contains("it has 1 entries"))
    let infinite = try #require(throws: GradientMismatch.self) {
      try checkGradients(of: layer) { ["dx": $0["x"].map { _ in .nan }] }
    }
    #expect(infinite.description.contains("nan"))
  }

  @Test func oneRunIsRepeated() throws {
    var points: [[Double]] = []
    try checkGradients(of: Self.dense, seed: 4, runs: 3) { point in
      points.append(point["x"])
      return ["dW": Self.denseBackward(point)]
    }
    var again: [[Double]] = []
    try checkGradients(of: Self.dense, seed: 4, runs: 3, run: 2) { point in
      again.append(point["x"])
      return ["dW": Self.denseBackward(point)]
    }
    #expect(again == [points[2]])
  }
}
