import Foundation
import Scalars
import TensorFiles
import Testing

@testable import KernelJudging

/// Mistakes that kernels make and formulas do not: each is made here by hand, in double precision, and named.
@Suite struct FormulaSlipTests {
  private struct Run {
    let layer: KernelLayer
    let probe: Probe

    /// A layer whose statements are separated by semicolons, or stand on lines.
    init(_ text: String) throws {
      layer = try kernelLayer(text.replacingOccurrences(of: "; ", with: "\n") + "\n")
      probe = try ProbeDrawing(layer).probe(ProbeRequest(format: .binary64, kind: .normal))
    }

    subscript(_ name: String) -> [Double] { probe.file[name]?.values ?? [] }

    func cause(_ name: String, _ extents: [Int], _ values: [Double]) throws -> String? {
      let tensor = StoredTensor(name: name, format: .binary64, extents: extents, values: values)
      let found = try KernelJudge(layer).judge(
        TensorFile([tensor]), at: try KernelPoint(layer, probe.file))
      #expect(found[0].verdict == .wrong)
      return found[0].cause
    }
  }

  private func sum(_ range: Range<Int>, _ term: (Int) -> Double) -> Double {
    var total = 0.0
    for index in range { total += term(index) }
    return total
  }

  /// dx = dy·w, where w[o, i] is read at i·O + o.
  @Test func aBufferReadInTheOtherOrder() throws {
    let run = try Run(HandWritten.linear)
    let (w, dy) = (run["w"], run["dy"])
    let dx: [Double] = (0..<60).map { p in
      let (row, column) = (p / 12 * 7, p % 12 * 7)
      return sum(0..<7) { dy[row + $0] * w[column + $0] }
    }
    #expect(
      try run.cause("dx", [5, 12], dx)
        == "transpose: the buffer of `w` is read with axes 0 and 1 exchanged")
  }

  @Test func aSumThatEndsTooEarly() throws {
    let run = try Run(HandWritten.linear)
    let dy = run["dy"]
    let db: [Double] = (0..<7).map { o in sum(0..<4) { dy[$0 * 7 + o] } }
    #expect(try run.cause("db", [7], db) == "left out: the last of axis B is not in the sum")
    #expect(
      try run.cause("db", [7], Array(dy.suffix(7)))
        == "missing sum: only the last term is there, assigned and not added")
  }

  /// x·mean(x) has a second term with the 1/D of the mean in it.
  @Test func theNumberOfAMeanInOneTerm() throws {
    let run = try Run(
      "dims N=4, D=6; input x: [N, D]; u = mean(x, axis=1); y = x * u[:, None]; output y")
    let (x, dy) = (run["x"], run["dy"])
    let dx: [Double] = (0..<24).map { p in
      let row = p / 6 * 6..<p / 6 * 6 + 6
      let mean = sum(row) { x[$0] } / 6
      return dy[p] * mean + sum(row) { dy[$0] * x[$0] }
    }
    #expect(try run.cause("dx", [4, 6], dx) == "factor: the factor `1 / D` is left out")
  }

  @Test func masksOfOtherValuesAndMasksThatLeak() throws {
    let run = try Run(
      "dims N=6, D=8; input x: [N, D], s: [N, D]; y = relu(x) * s; output y")
    let (x, s, dy) = (run["x"], run["s"], run["dy"])
    let slopes: [Double] = x.map { $0 > 0 ? 1 : 0.01 }
    let leaking: [Double] = x.indices.map { dy[$0] * s[$0] * slopes[$0] }
    let leak = try #require(try run.cause("dx", [6, 8], leaking))
    #expect(leak == "mask: `x > 0` lets 0.01 through where it is 0")
    let other: [Double] = x.indices.map { dy[$0] > 0 ? dy[$0] * s[$0] : 0 }
    let mask = try #require(try run.cause("dx", [6, 8], other))
    #expect(mask == "mask: `dy > 0` stands where `x > 0` belongs")
  }

  @Test func softmaxesThatAreShiftedInOnePlaceOrNotDivided() throws {
    let run = try Run(
      "dims B=3, C=5; input z: [B, C]; const t: [B, C] one_hot(1); loss L = cross_entropy(z, t)")
    let (z, t) = (run["z"], run["t"])
    /// The cause of gradients whose probabilities are computed so, from a row and a place in it.
    func cause(_ probability: ([Double], Int) -> Double) throws -> String? {
      let dz: [Double] = z.indices.map { p in
        let row = Array(z[p / 5 * 5..<p / 5 * 5 + 5])
        return (probability(row, p % 5) - t[p]) / 3
      }
      return try run.cause("dz", [3, 5], dz)
    }
    func largest(_ row: [Double]) -> Double { row.max() ?? 0 }
    func total(_ row: some Collection<Double>) -> Double {
      row.reduce(0) { $0 + exp($1) }
    }
    #expect(
      try cause { row, c in exp(row[c] - largest(row)) / total(row) }
        == "softmax: the largest entry is subtracted above, and not in the sum that is divided by")
    #expect(
      try cause { row, c in exp(row[c] - largest(row)) }
        == "softmax: the exponentials are not divided by their sum")
    #expect(
      try cause { row, c in exp(row[c]) / total(row.dropLast()) }
        == "softmax: the last entry is not in the sum that is divided by")
  }

  /// d(x·σ(x)) = σ + x·σ·(1 − σ), with a minus.
  @Test func aTermWithTheOtherSign() throws {
    let run = try Run("dims n=9; input x: [n]; y = x * sigmoid(x); output y")
    let (x, dy) = (run["x"], run["dy"])
    let dx: [Double] = x.indices.map { p in
      let s = 1 / (1 + exp(-x[p]))
      let slope = x[p] * s * (1 - s)
      return dy[p] * (s - slope)
    }
    #expect(try #require(try run.cause("dx", [9], dx)).hasPrefix("sign: "))
  }
}
