import Foundation
import Layers
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

@Suite struct LossTests {
  let space = ExpressionSpace()
  /// Values near 1, so that exponentials stay in range.
  private let scale = Rational(1, 50)

  private func probabilities(_ z: [Double]) -> [Double] {
    let exponentials = z.map { Foundation.exp($0 / 50) }
    let total = exponentials.reduce(0, +)
    return exponentials.map { $0 / total }
  }

  private func column(_ x: NaiveTensor, _ p: [Int], _ q: Int) -> [Double] {
    (0..<x.shape[1]).map { x[[p[0], $0, q]] }
  }

  @Test func softmaxAndItsLogarithm() throws {
    let z = space.input("z", [2, 3, 4])
    let (value, symbols) = try NaiveEvaluator.drawn(try softmax(z * scale, axis: 1))
    let data = try #require(symbols["z"])
    let expected = NaiveTensor([2, 3, 4]) { probabilities(column(data, $0, $0[2]))[$0[1]] }
    #expect(value.isClose(to: expected))
    let logarithm = try NaiveEvaluator.drawn(try logSoftmax(z * scale, axis: -2)).value
    #expect(logarithm.isClose(to: expected.map { Foundation.log($0) }))
  }

  @Test func crossEntropyIsTheMeanOverOtherAxes() throws {
    let z = space.input("z", [2, 3, 4])
    let t = space.input("t", [2, 3, 4])
    let loss = try crossEntropy(z * scale, t, axis: 1)
    let (value, symbols) = try NaiveEvaluator.drawn(loss)
    let (data, target) = (try #require(symbols["z"]), try #require(symbols["t"]))
    var sum = 0.0
    NaiveTensor.forEachPlace(in: [2, 3, 4]) {
      sum -= target[$0] * Foundation.log(probabilities(column(data, $0, $0[2]))[$0[1]])
    }
    #expect(value.isClose(to: NaiveTensor([], [sum / 8])))
    let total = try crossEntropy(z * scale, t, axis: 1, reduction: .sum)
    #expect(try NaiveEvaluator.drawn(total).value.isClose(to: NaiveTensor([], [sum])))
    #expect(try crossEntropy(z, t, axis: 1, reduction: .none).shape == [2, 4])
    #expect(throws: ShapeError.self) { try crossEntropy(z, space.input("v", [3])) }
  }

  @Test func squaredErrorAndBinaryCrossEntropy() throws {
    let y = space.input("y", [2, 3])
    let t = space.input("t", [2, 3])
    let (value, symbols) = try NaiveEvaluator.drawn(try meanSquaredError(y, t))
    let (a, b) = (try #require(symbols["y"]), try #require(symbols["t"]))
    let squares = zip(a.values, b.values).map { ($0 - $1) * ($0 - $1) }
    #expect(value.isClose(to: NaiveTensor([], [squares.reduce(0, +) / 6])))
    let p = sigmoid(y * scale)
    let entropy = try NaiveEvaluator.drawn(try binaryCrossEntropy(p, t, reduction: .none))
    let (logits, targets) = (
      try #require(entropy.symbols["y"]), try #require(entropy.symbols["t"])
    )
    #expect(
      entropy.value.isClose(
        to: NaiveTensor([2, 3]) {
          let q = 1 / (1 + Foundation.exp(-logits[$0] / 50))
          return -(targets[$0] * Foundation.log(q) + (1 - targets[$0]) * Foundation.log(1 - q))
        }))
  }

  @Test func attentionWeighsValues() throws {
    let q = space.input("q", [2, 4])
    let k = space.input("k", [3, 4])
    let v = space.input("v", [3, 5])
    let y = try attention(q * Rational(1, 40), k * Rational(1, 40), v)
    let (value, s) = try NaiveEvaluator.drawn(y)
    let (a, b, c) = (try #require(s["q"]), try #require(s["k"]), try #require(s["v"]))
    let expected = NaiveTensor([2, 5]) { p in
      // 1/√4 is one half; `probabilities` divides by 50.
      let scores = (0..<3).map { j in
        (0..<4).reduce(0.0) { $0 + a[[p[0], $1]] * b[[j, $1]] } / 1600 / 2 * 50
      }
      return zip(probabilities(scores), 0..<3).reduce(0) { $0 + $1.0 * c[[$1.1, p[1]]] }
    }
    #expect(value.isClose(to: expected))
  }

  @Test func linearAndDropout() throws {
    let x = space.input("x", [2, 5, 3])
    let w = space.input("w", [4, 3])
    let b = space.input("b", [4])
    let (value, s) = try NaiveEvaluator.drawn(try linear(x, w, bias: b))
    let (a, m, c) = (try #require(s["x"]), try #require(s["w"]), try #require(s["b"]))
    #expect(
      value
        == NaiveTensor([2, 5, 4]) { p in
          (0..<3).reduce(c[[p[2]]]) { $0 + a[[p[0], p[1], $1]] * m[[p[2], $1]] }
        })
    #expect(throws: ShapeError.self) { try linear(x, w, bias: space.input("d", [2, 1, 5, 4])) }
    let kept = try dropout(x, mask: x, p: Coefficient(Rational(3, 4)))
    #expect(kept.asContraction?.coefficient.asRational == 4)
    #expect(throws: ShapeError.self) { try dropout(x, mask: x, p: .one) }
  }
}
