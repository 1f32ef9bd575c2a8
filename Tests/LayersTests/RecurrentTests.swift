import Foundation
import Layers
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

@Suite struct RecurrentTests {
  let space = ExpressionSpace()
  /// Small weights, so that no gate saturates.
  private let scale = Rational(1, 200)

  private struct Layer {
    let (x, w, u, b): (NaiveTensor, NaiveTensor, NaiveTensor, NaiveTensor)

    /// One row of x_t·Wᵀ, and of h·Uᵀ.
    func input(_ n: Int, _ t: Int, _ row: Int) -> Double {
      (0..<x.shape[2]).reduce(0.0) { $0 + x[[n, t, $1]] * w[[row, $1]] / 40_000 }
    }

    func state(_ h: [Double], _ row: Int) -> Double {
      h.indices.reduce(0.0) { $0 + h[$1] * u[[row, $1]] / 200 }
    }

    func bias(_ row: Int) -> Double { b[[row]] / 200 }
  }

  private func layer(gates: Int) -> (
    TensorExpression, TensorExpression, TensorExpression, TensorExpression
  ) {
    (
      space.input("x", [2, 3, 4]) * scale, space.input("w", [Size(gates * 2), 4]) * scale,
      space.input("u", [Size(gates * 2), 2]) * scale, space.input("b", [Size(gates * 2)]) * scale
    )
  }

  private func drawn(_ y: TensorExpression) throws -> (NaiveTensor, Layer) {
    let (value, s) = try NaiveEvaluator.drawn(y)
    return (
      value,
      Layer(
        x: try #require(s["x"]), w: try #require(s["w"]), u: try #require(s["u"]),
        b: try #require(s["b"]))
    )
  }

  private func sigma(_ v: Double) -> Double { 1 / (1 + Foundation.exp(-v)) }

  @Test func lstmAgreesWithItsFormulas() throws {
    let (x, w, u, b) = layer(gates: 4)
    let (value, layer) = try drawn(
      try lstm(x, w, u, bias: b, returningSequences: true))
    var states = [[[Double]]](repeating: [], count: 2)
    for n in 0..<2 {
      var h = [0.0, 0.0]
      var c = [0.0, 0.0]
      for t in 0..<3 {
        let a = (0..<8).map { layer.input(n, t, $0) + layer.state(h, $0) + layer.bias($0) }
        for j in 0..<2 {
          c[j] = sigma(a[2 + j]) * c[j] + sigma(a[j]) * Foundation.tanh(a[4 + j])
          h[j] = sigma(a[6 + j]) * Foundation.tanh(c[j])
        }
        states[n].append(h)
      }
    }
    #expect(value.isClose(to: NaiveTensor([2, 3, 2]) { states[$0[0]][$0[1]][$0[2]] }))
    let last = try drawn(try lstm(x, w, u, bias: b)).0
    #expect(last.isClose(to: NaiveTensor([2, 2]) { states[$0[0]][2][$0[1]] }))
  }

  @Test func gruAgreesWithItsFormulas() throws {
    let (x, w, u, b) = layer(gates: 3)
    let (value, layer) = try drawn(try gru(x, w, u, bias: b, stateBias: b))
    let expected = NaiveTensor([2, 2]) { place in
      var h = [0.0, 0.0]
      for t in 0..<3 {
        let a = (0..<6).map { layer.input(place[0], t, $0) + layer.bias($0) }
        let s = (0..<6).map { layer.state(h, $0) + layer.bias($0) }
        h = (0..<2).map { j in
          let z = sigma(a[2 + j] + s[2 + j])
          let n = Foundation.tanh(a[4 + j] + sigma(a[j] + s[j]) * s[4 + j])
          return (1 - z) * n + z * h[j]
        }
      }
      return h[place[1]]
    }
    #expect(value.isClose(to: expected))
  }

  @Test func rnnAgreesWithItsFormula() throws {
    let (x, w, u, b) = layer(gates: 1)
    let (value, layer) = try drawn(try rnn(x, w, u, bias: b))
    let expected = NaiveTensor([2, 2]) { place in
      var h = [0.0, 0.0]
      for t in 0..<3 {
        h = (0..<2).map {
          Foundation.tanh(layer.input(place[0], t, $0) + layer.state(h, $0) + layer.bias($0))
        }
      }
      return h[place[1]]
    }
    #expect(value.isClose(to: expected))
  }

  @Test func namedUnitsAndBatch() throws {
    let x = space.input("x", ["B", 3, "I"])
    let units = Size("H")
    let y = try lstm(
      x, space.input("w", [units * 4, "I"]), space.input("u", [units * 4, "H"]),
      bias: space.input("b", [units * 4]), returningSequences: true)
    #expect(y.shape == ["B", 3, "H"])
    let last = try rnn(
      space.input("z", ["B", "T", "I"]), space.input("w", ["H", "I"]), space.input("u", ["H", "H"]))
    #expect(last.shape == ["B", "H"])
    #expect(
      throws: ShapeError.extent(
        function: "lstm", what: "gates", expected: units * 4, found: units * 3)
    ) {
      try lstm(x, space.input("v", [units * 3, "I"]), space.input("u", [units * 4, "H"]))
    }
  }
}
