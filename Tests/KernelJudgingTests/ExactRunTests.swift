import Evaluation
import Scalars
import TensorFiles
import Testing

@testable import KernelJudging

/// Kernels in residues, written by hand over the fields of a point.
@Suite struct ExactRunTests {
  private static let softmax = """
    dims B=3, C=4
    input z: [B, C]
    const t: [B, C] one_hot(1)
    loss L = cross_entropy(z, t)
    """

  private func point(_ text: String, seed: UInt64 = 1) throws -> ExactPoint {
    let drawn = try ProbeDrawing(try kernelLayer(text)).exactPoint(seed: seed)
    // What is judged is what a file holds.
    return try ExactPoint(
      drawn.layer, TensorFile(try drawn.file.bytes(as: .safetensors), fileName: "p.safetensors"))
  }

  /// A result whose residues and numbers are given; its degree is that of a small polynomial.
  private func results(
    _ point: ExactPoint, _ name: String, _ extents: [Int], _ residues: [UInt64],
    _ shadows: [Double]
  ) -> TensorFile {
    let open: [UInt64?] = Array(repeating: nil, count: residues.count)
    let tensor = ExactTensor(
      name: name, extents: extents, shadows: shadows, degrees: shadows.map { _ in 64 },
      residues: [residues] + Array(repeating: open, count: point.field.levelCount - 1))
    return TensorFile([point.field.header, tensor.stored])
  }

  /// db of a linear layer, summed here.
  private func biasGradient(_ point: ExactPoint, rows: Int = 5) throws -> TensorFile {
    let field = point.field.levels.identityField
    let up = try #require(point.tensors.first { $0.name == "dy" })
    let sums = (0..<7).map { o in
      (0..<rows).reduce(UInt64(0)) { field.add($0, up.residues[0][$1 * 7 + o] ?? 0) }
    }
    let shadows = (0..<7).map { o in (0..<rows).reduce(0.0) { $0 + up.shadows[$1 * 7 + o] } }
    return results(point, "db", [7], sums, shadows)
  }

  @Test func aRightKernelIsIdentical() throws {
    let points = try (1...2).map { try point(HandWritten.linear, seed: UInt64($0)) }
    let runs = try points.map {
      (file: "g", tensors: try ExactJudge($0).judge(try biasGradient($0)), point: $0)
    }
    let report = ExactReport(runs)
    #expect(report.tensors.map(\.verdict) == [.identical])
    #expect(report.tensors[0].falseAcceptBits >= ExactReport.wantedBits)
    // A run at the same point makes nothing surer.
    let twice = ExactReport([runs[0], runs[0]])
    #expect(twice.tensors[0].falseAcceptBits == runs[0].tensors[0].falseAcceptBits)
  }

  @Test func whatIsLeftOutIsRefusedAndNamed() throws {
    let point = try point(HandWritten.linear)
    let judged = try ExactJudge(point).judge(try biasGradient(point, rows: 4))
    #expect(judged[0].verdict == .wrong)
    #expect(judged[0].differing == 7)
    #expect(judged[0].cause == "left out: the last index of `dy` along axis 0 does not count")
  }

  /// exp of a sum is the product of the exponentials: the softmax with a shift, formed from powers of the base.
  @Test func exponentialsKeepTheirLaw() throws {
    let point = try point(Self.softmax)
    let (field, next) = (point.field.levels.fields[0], point.field.levels.fields[1])
    let z = try #require(point.tensors.first { $0.name == "z" })
    let t = try #require(point.tensors.first { $0.name == "t" })
    var residues: [UInt64] = []
    for row in 0..<3 {
      let shift = z.residues[1][4 * row + 2] ?? 0
      let powers = (0..<4).map {
        field.exponential(ofArgument: next.subtract(z.residues[1][4 * row + $0] ?? 0, shift))
      }
      let total = powers.reduce(0, field.add)
      for c in 0..<4 {
        let p = try field.divide(powers[c], total)
        residues.append(
          try field.divide(field.subtract(p, t.residues[0][4 * row + c] ?? 0), 3))
      }
    }
    let file = results(point, "dz", [3, 4], residues, residues.map { _ in 0 })
    #expect(try ExactJudge(point).judge(file).map(\.verdict) == [.identical])
    residues[5] = field.add(residues[5], 1)
    let other = results(point, "dz", [3, 4], residues, residues.map { _ in 0 })
    #expect(try ExactJudge(point).judge(other).map(\.verdict) == [.wrong])
  }

  @Test func valuesWithoutALawAreUndecided() throws {
    let point = try point(HandWritten.linear)
    let tensor = ExactTensor(
      name: "db", extents: [7], shadows: Array(repeating: 0, count: 7),
      degrees: Array(repeating: 1, count: 7),
      residues: Array(
        repeating: Array(repeating: nil, count: 7), count: point.field.levelCount))
    let file = TensorFile([point.field.header, tensor.stored])
    #expect(try ExactJudge(point).judge(file).map(\.verdict) == [.undecided])
  }

  @Test func theDegreeBoundsTheAccept() throws {
    let point = try point(HandWritten.linear)
    let file = try biasGradient(point)
    let tensor = try #require(try ExactPoint.tensors(file, in: point.field).first)
    let large = ExactTensor(
      name: "db", extents: [7], shadows: tensor.shadows,
      degrees: tensor.degrees.map { _ in 0x1p62 }, residues: tensor.residues)
    let judged = try ExactJudge(point).judge(TensorFile([point.field.header, large.stored]))
    #expect(judged.map(\.verdict) == [.undecided])
  }

  @Test func changedProbesAndOtherProbesAreRefused() throws {
    let drawn = try ProbeDrawing(try kernelLayer(HandWritten.linear)).exactPoint(seed: 1)
    var tensors = drawn.tensors
    var residues = tensors[0].residues
    residues[0][0] = residues[0][0].map { $0 ^ 1 }
    tensors[0] = ExactTensor(
      name: tensors[0].name, extents: tensors[0].extents, shadows: tensors[0].shadows,
      degrees: tensors[0].degrees, residues: residues)
    let changed = TensorFile([drawn.field.header] + tensors.map(\.stored))
    #expect(throws: KernelJudge.Failure.self) { try ExactPoint(drawn.layer, changed) }
    let other = try point(HandWritten.linear, seed: 2)
    #expect(throws: KernelJudge.Failure.self) {
      try ExactJudge(other).judge(try biasGradient(try point(HandWritten.linear)))
    }
  }

  @Test func pointsLieOffKinks() throws {
    let layer = try kernelLayer(
      "dims B=6, I=5, O=4\ninput x: [B, I]\nparam w: [O, I]\ny = relu(x @ w.T)\noutput y\n")
    for seed in 1...20 {
      let point = try ProbeDrawing(layer).exactPoint(seed: UInt64(seed))
      #expect(point.masks.kinks.isEmpty)
      #expect((1...2).contains(point.cellWords.count))
      withKnownIssue(
        "a mask that stands over a name and over its value is told twice", isIntermittent: true
      ) {
        #expect(point.cellWords.count == 1)
      }
    }
  }
}
