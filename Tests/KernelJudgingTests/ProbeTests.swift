import Scalars
import TensorFiles
import Testing
import ToolkitTestSupport

@testable import KernelJudging

@Suite struct ProbeTests {
  @Test func equalSeedsGiveEqualBytes() throws {
    let layer = try kernelLayer(HandWritten.linear)
    func bytes(_ seed: UInt64) throws -> [UInt8] {
      try ProbeDrawing(layer).probe(ProbeRequest(kind: .normal, seed: seed)).file
        .bytes(as: .safetensors)
    }
    #expect(try bytes(3) == bytes(3))
    #expect(try bytes(3) != bytes(4))
  }

  @Test(arguments: BinaryFormat.allCases, ProbeKind.allCases)
  func numbersAreOfTheirKind(_ format: BinaryFormat, _ kind: ProbeKind) throws {
    let layer = try kernelLayer(HandWritten.linear)
    let probe = try ProbeDrawing(layer).probe(ProbeRequest(format: format, kind: kind))
    #expect(probe.tensors.map(\.name) == ["x", "w", "b", "dy"])
    for tensor in probe.tensors {
      #expect(tensor.values.allSatisfy(format.holds))
      let zeros = tensor.values.count { $0 == 0 }
      if kind == .sparse, tensor.name == "dy" {
        #expect(zeros >= tensor.count / 2 && zeros < tensor.count)
      } else {
        #expect(zeros == 0)
      }
      if kind == .integer { #expect(tensor.values.allSatisfy { $0 == $0.rounded() }) }
    }
  }

  /// Σ|terms| of every sum stays where the format of sums is exact, counted here by plain loops.
  @Test func sumsOfWholeNumbersAreExact() throws {
    let layer = try kernelLayer(HandWritten.linear)
    for format in BinaryFormat.allCases {
      let probe = try ProbeDrawing(layer).probe(ProbeRequest(format: format, kind: .integer))
      let (x, w, dy) = (probe.floats("x"), probe.floats("w"), probe.floats("dy"))
      var sums: [Double] = []
      for p in 0..<60 {
        let terms = (0..<7).map { dy[p / 12 * 7 + $0] * w[$0 * 12 + p % 12] }
        sums.append(terms.reduce(0.0) { $0 + Double($1.magnitude) })
      }
      for p in 0..<84 {
        let terms = (0..<5).map { dy[$0 * 7 + p / 12] * x[$0 * 12 + p % 12] }
        sums.append(terms.reduce(0.0) { $0 + Double($1.magnitude) })
      }
      let limit = Double.powerOfTwo(min(format.precision, 24))
      #expect(sums.allSatisfy { $0 <= limit }, "\(format)")
    }
  }

  @Test func sumsThatAreTooLargeAreRefused() throws {
    let layer = try kernelLayer(
      "dims B=2, I=3\ninput x: [B, I]\nloss L = 16777217 * sum(x * x)\n")
    #expect(throws: ProbeError.self) {
      try ProbeDrawing(layer).probe(ProbeRequest(kind: .integer))
    }
  }

  @Test func declarationsAreObeyed() throws {
    let layer = try kernelLayer(
      """
      dims n=4, B=3
      param S: [n, n] symmetric, P: [n, n] spd, A: [n, n] nonsingular, D: [n, n] diagonal, R: [n, n] lower
      input x: [B, n] positive, u: [B, n] unit, v: [B, n] nonnegative
      const t: [B, n] simplex, h: [B, n] one_hot(1), k: [n] integer
      y = x * u * v * t * h * k @ S @ inv(P) @ inv(A) @ (D + R)
      output y
      """)
    for kind in ProbeKind.allCases {
      for format in BinaryFormat.allCases {
        let probe = try ProbeDrawing(layer).probe(ProbeRequest(format: format, kind: kind))
        #expect(throws: Never.self, "\(kind) \(format)") { try KernelPoint(layer, probe.file) }
      }
    }
  }
}
