import Evaluation
import Scalars
import TensorFiles
import Testing
import ToolkitTestSupport

@testable import KernelJudging

@Suite struct KernelJudgeTests {
  private static let formats: [BinaryFormat] = [.binary32, .binary16, .bfloat16]

  private func verdicts(
    _ layer: KernelLayer, _ probe: Probe, _ tensors: [StoredTensor]
  ) throws -> [String: TensorJudgement] {
    var judge = KernelJudge(layer)
    judge.searchesCauses = false
    let point = try KernelPoint(layer, probe.file)
    let found = try judge.judge(TensorFile(tensors), at: point)
    return Dictionary(found.map { ($0.name, $0) }) { first, _ in first }
  }

  /// A correct kernel is never refused, whatever the order of its sums, its storage and its numbers.
  @Test func correctKernelsAreWithin() throws {
    let linear = try kernelLayer(HandWritten.linear)
    let layerNorm = try kernelLayer(HandWritten.layerNorm)
    withEvery("seed", in: 1...6 as ClosedRange<UInt64>) { seed in
      for format in Self.formats {
        for kind in ProbeKind.allCases {
          let request = ProbeRequest(format: format, kind: kind, seed: seed)
          let dense = try ProbeDrawing(linear).probe(request)
          let norm = try ProbeDrawing(layerNorm).probe(request)
          for order in SummationOrder.allCases {
            for found in try verdicts(linear, dense, HandWritten.linear(dense, order, format))
              .values
            {
              #expect(
                found.verdict == .exact || (kind != .integer && found.verdict == .within),
                Trace.comment)
            }
            for found in try verdicts(layerNorm, norm, HandWritten.layerNorm(norm, order, format))
              .values
            {
              #expect(found.verdict == .exact || found.verdict == .within, Trace.comment)
            }
          }
        }
      }
    }
  }

  /// A term that is off by 1e-3 is seen in every format.
  @Test func slipsAreRefused() throws {
    let layer = try kernelLayer(HandWritten.layerNorm)
    var seen = 0
    for seed in 1...10 as ClosedRange<UInt64> {
      for format in Self.formats {
        let probe = try ProbeDrawing(layer).probe(
          ProbeRequest(format: format, kind: .normal, seed: seed))
        let slipped = HandWritten.layerNorm(probe, .forward, format, slip: 1.001)
        let found = try verdicts(layer, probe, slipped)
        #expect(found["dg"]?.verdict != .wrong)
        if found["dx"]?.verdict == .wrong { seen += 1 }
      }
    }
    #expect(seen >= 27, "\(seen) of 30")
  }

  @Test func aSingleEntryIsNamed() throws {
    let layer = try kernelLayer(HandWritten.linear)
    let probe = try ProbeDrawing(layer).probe(ProbeRequest())
    var tensors = HandWritten.linear(probe, .forward, .binary32)
    var values = tensors[0].values
    values[17] += 1
    tensors[0] = StoredTensor(name: "dx", format: .binary32, extents: [5, 12], values: values)
    let found = try #require(try verdicts(layer, probe, tensors)["dx"])
    #expect(found.verdict == .wrong && found.beyond == 1)
    #expect(found.worst?.place == [1, 5] && found.pattern == "entry [1, 5]")
    values[17] = .nan
    tensors[0] = StoredTensor(name: "dx", format: .binary32, extents: [5, 12], values: values)
    #expect(try verdicts(layer, probe, tensors)["dx"]?.worst?.ratio == .infinity)
  }

  /// Numbers alone show ratios, roundings and places; slips in formulas give the computed numbers.
  @Test func causesAreNamed() throws {
    let layer = try kernelLayer(HandWritten.linear)
    let probe = try ProbeDrawing(layer).probe(ProbeRequest(kind: .normal))
    let right = HandWritten.linear(probe, .forward, .binary32)
    let point = try KernelPoint(layer, probe.file)
    func cause(_ change: ([Double]) -> [Double]) throws -> String {
      let changed = StoredTensor(
        name: "dw", format: .binary32, extents: [7, 12], values: change(right[1].values))
      let found = try KernelJudge(layer).judge(TensorFile([changed]), at: point)
      #expect(found[0].verdict == .wrong)
      return found[0].cause ?? found[0].pattern ?? ""
    }
    #expect(try cause { $0.map { -$0 } } == "sign: every entry has the opposite sign")
    #expect(try cause { $0.map { $0 / 2 } } == "factor: every entry is 1/2 times the exact one")
    #expect(
      try cause { $0.map { Double(Float($0 / 5)) } }.hasPrefix("mean for sum: every entry is 1/B"))
    #expect(
      try cause { Array($0.reversed()) } == "flip: the entries are reversed along axis 0 and 1")
    #expect(
      try cause { Array($0[12..<24] + $0[..<12] + $0[24...]) }.hasPrefix(
        "channel: indices 0 and 1 along axis 0"))
    let (x, dy) = (probe.floats("x"), probe.floats("dy"))
    let first = (0..<84).map { Double(dy[$0 / 12] * x[$0 % 12]) }
    #expect(try cause { _ in first }.hasPrefix("missing sum"))
  }

  @Test func pointsAreHeldAgainstDeclarations() throws {
    let layer = try kernelLayer(
      "dims B=2, V=3\ninput z: [B, V]\nconst t: [B, V] one_hot(1)\nloss L = cross_entropy(z, t)\n")
    let probe = try ProbeDrawing(layer).probe(ProbeRequest())
    #expect(throws: Never.self) { try KernelPoint(layer, probe.file) }
    func refused(_ tensors: [StoredTensor]) -> Bool {
      do throws(KernelPointError) {
        _ = try KernelPoint(layer, TensorFile(tensors))
        return false
      } catch {
        return !error.diagnostic.message.isEmpty
      }
    }
    let z = try #require(probe.file["z"])
    let half = StoredTensor(
      name: "t", format: .binary32, extents: [2, 3], values: Array(repeating: 0.5, count: 6))
    #expect(refused([z, half]))
    #expect(refused([z]))
    #expect(
      refused(
        probe.tensors + [StoredTensor(name: "q", format: .binary32, extents: [1], values: [1])]))
  }
}
