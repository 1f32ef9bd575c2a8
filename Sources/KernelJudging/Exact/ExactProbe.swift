import Evaluation
import Judging
import Scalars
import TensorExpressions
import TensorFiles

extension ProbeDrawing {
  /// A point for a kernel that computes in residues, off every kink if there is such a one.
  public func exactPoint(seed: UInt64) throws(ProbeError) -> ExactPoint {
    let sizes: [String: Int]
    do throws(PointError) {
      sizes = try PointSizes(program: layer.program, overrides: overrides).sizes(for: [])
    } catch {
      throw .point(error)
    }
    let depth = FunctionProfile(of: layer.results.map(\.formula)).levelCount
    guard depth <= ExactField.largestCount else { throw .exact(.tooDeep(depth - 1)) }
    // A kernel may take an exponential where the formula has none.
    let field = ExactField(levelCount: max(depth, 2), seed: seed)
    let request = ProbeRequest(format: .binary32, kind: .normal, seed: seed)
    for allowsTies in [false, true] {
      for attempt in 0..<Self.attempts {
        let tensors = try draw(request, sizes, attempt, nil, upstream: nil, .normal)
        guard try isClear(tensors, sizes, allowsTies: allowsTies) else { continue }
        do throws(EvaluationError) {
          let shadows = layer.point(tensors, sizes) { Rational(exactly: $0) ?? 0 }
          return try ExactPoint(layer, field, shadows: shadows)
        } catch {
          throw .evaluation(error)
        }
      }
    }
    throw .kinks
  }

  /// Whether every comparison is far enough from its threshold.
  private func isClear(
    _ tensors: [StoredTensor], _ sizes: [String: Int], allowsTies: Bool
  ) throws(ProbeError) -> Bool {
    let masks = MaskRecord.maskNodes(in: layer.results.map(\.formula))
    if masks.isEmpty { return true }
    do throws(EvaluationError) {
      let point = layer.point(tensors, sizes) { $0 }
      _ = try Evaluator(ThresholdArithmetic(allowsZero: allowsTies), at: point).evaluate(masks)
      return true
    } catch {
      switch error {
      case .scalar(.undecided, _, _): return false
      default: throw .evaluation(error)
      }
    }
  }
}

extension ExactPoint {
  /// The file that a kernel reads.
  public var file: TensorFile { TensorFile([field.header] + tensors.map(\.stored)) }

  /// The names and extents of what the kernel takes.
  public var shapes: [(name: String, extents: [Int])] { tensors.map { ($0.name, $0.extents) } }

  /// What the fields and the residues follow from.
  public var seed: UInt64 { field.seed }
}
