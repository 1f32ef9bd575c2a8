import Diagnostics
import ExpressionLanguage
import Judging
import Layers
import Reporting
import Scalars
import TensorFiles
import Testing

@testable import KernelJudging

/// A layer from its text.
func kernelLayer(_ text: String) throws -> KernelLayer {
  let source = SourceText(name: "layer.expr", text: text)
  var diagnostics = DiagnosticList(source: source)
  let program = FileCheck().program(of: source, into: &diagnostics)
  try #require(!diagnostics.hasErrors, "\(diagnostics.rendered(style: .plain))")
  return try KernelLayer(try #require(program))
}

enum SummationOrder: CaseIterable { case forward, backward, pairwise }

extension SummationOrder {
  func sum(_ terms: [Float]) -> Float {
    switch self {
    case .forward: terms.reduce(0, +)
    case .backward: terms.reversed().reduce(0, +)
    case .pairwise: Self.pairwise(terms[...])
    }
  }

  private static func pairwise(_ terms: ArraySlice<Float>) -> Float {
    if terms.count <= 1 { return terms.first ?? 0 }
    let middle = terms.startIndex + terms.count / 2
    return pairwise(terms[..<middle]) + pairwise(terms[middle...])
  }
}

extension Probe {
  var file: TensorFile { TensorFile(tensors) }

  func floats(_ name: String) -> [Float] { (file[name]?.values ?? []).map { Float($0) } }
}

/// What a kernel gives, stored in a format.
func stored(
  _ name: String, _ extents: [Int], _ values: [Float], _ format: BinaryFormat
) -> StoredTensor {
  StoredTensor(
    name: name, format: format, extents: extents, values: values.map { format.rounded(Double($0)) })
}

/// The backward passes of a few layers in single precision, written by hand.
enum HandWritten {
  static let linear = """
    dims B=5, I=12, O=7
    input x: [B, I]
    param w: [O, I], b: [O]
    y = linear(x, w, b)
    output y
    """

  static func linear(
    _ probe: Probe, _ order: SummationOrder, _ format: BinaryFormat
  ) -> [StoredTensor] {
    let (x, w, dy) = (probe.floats("x"), probe.floats("w"), probe.floats("dy"))
    let (B, I, O) = (5, 12, 7)
    let dx = (0..<B * I).map { p in
      order.sum((0..<O).map { dy[p / I * O + $0] * w[$0 * I + p % I] })
    }
    let dw = (0..<O * I).map { p in
      order.sum((0..<B).map { dy[$0 * O + p / I] * x[$0 * I + p % I] })
    }
    let db = (0..<O).map { o in order.sum((0..<B).map { dy[$0 * O + o] }) }
    return [
      stored("dx", [B, I], dx, format), stored("dw", [O, I], dw, format),
      stored("db", [O], db, format),
    ]
  }

  static let layerNorm = """
    dims R=4, D=12
    input x: [R, D]
    param g: [D], b: [D]
    y = layer_norm(x, g, b)
    output y
    """

  /// dx = (ŷ − mean ŷ − x̂·mean(ŷ·x̂))·rstd with ŷ = g·dy.
  static func layerNorm(
    _ probe: Probe, _ order: SummationOrder, _ format: BinaryFormat, slip: Float = 1
  ) -> [StoredTensor] {
    let (x, g, dy) = (probe.floats("x"), probe.floats("g"), probe.floats("dy"))
    let (R, D) = (4, 12)
    var dx: [Float] = []
    var normalized: [Float] = []
    for r in 0..<R {
      let row = Array(x[r * D..<(r + 1) * D])
      let mean = order.sum(row) / Float(D)
      let centred = row.map { $0 - mean }
      let scale = 1 / (order.sum(centred.map { $0 * $0 }) / Float(D) + 1e-5).squareRoot()
      let unit = centred.map { $0 * scale }
      let up = (0..<D).map { g[$0] * dy[r * D + $0] }
      let first = order.sum(up) / Float(D)
      let second = slip * order.sum(zip(up, unit).map { $0 * $1 }) / Float(D)
      dx += (0..<D).map { (up[$0] - first - unit[$0] * second) * scale }
      normalized += unit
    }
    let dg = (0..<D).map { d in order.sum((0..<R).map { dy[$0 * D + d] * normalized[$0 * D + d] }) }
    let db = (0..<D).map { d in order.sum((0..<R).map { dy[$0 * D + d] }) }
    return [
      stored("dx", [R, D], dx, format), stored("dg", [D], dg, format),
      stored("db", [D], db, format),
    ]
  }
}
