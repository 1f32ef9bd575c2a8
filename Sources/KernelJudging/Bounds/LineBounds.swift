import Derivation
import Evaluation
import Scalars
import TensorExpressions
import TensorFiles

/// Exact values of results at a point, with what a computation along some lines may be off.
struct LineBounds {
  let layer: KernelLayer
  let tensors: [StoredTensor]
  let sizes: [String: Int]

  /// The values of some formulas, whose named parts are the lines.
  func values(
    of formulas: [TensorExpression], in format: BinaryFormat, intermediate: BinaryFormat?,
    masks: MaskRecord = MaskRecord()
  ) throws(EvaluationError) -> (values: [Tensor<RoundedNumber>], masks: MaskRecord) {
    let arithmetic = RoundingErrorArithmetic(
      format, intermediate: intermediate, shift: largestShift(in: formulas))
    let point = layer.point(tensors, sizes) { arithmetic.input($0) }
    let results = try Evaluator(arithmetic, at: point, masks: masks)
      .evaluateRecordingMasks(formulas)
    return (results.values.map { $0.map(arithmetic.finished) }, results.masks)
  }

  /// How far a stable softmax or logarithm of a sum may shift the arguments of exponentials: the range of the arguments of those
  /// that a quotient or a logarithm takes.
  private func largestShift(in formulas: [TensorExpression]) -> Double {
    let normalizers = TensorExpression.postorder(of: formulas).compactMap { node in
      node.isNormalizer ? node.operands.first : nil
    }
    let arguments = TensorExpression.postorder(of: normalizers).compactMap { node in
      node.isExponential ? node.operands.first : nil
    }
    if arguments.isEmpty { return 0 }
    let point = layer.point(tensors, sizes) { $0 }
    guard let values = try? Evaluator(DoubleArithmetic(), at: point).evaluate(arguments) else {
      return 0
    }
    return values.reduce(0) { largest, tensor in
      guard let low = tensor.elements.min(), let high = tensor.elements.max() else {
        return largest
      }
      return max(largest, high - low)
    }
  }
}

extension TensorExpression {
  fileprivate var isExponential: Bool {
    if case .elementwise(let function, _) = kind { function.name == "exp" } else { false }
  }

  /// Whether the first operand is divided by, or has its logarithm taken.
  fileprivate var isNormalizer: Bool {
    guard case .elementwise(let function, let operands) = kind else { return false }
    switch function.name {
    case "reciprocal", "log": return true
    case "pow": return (operands[1].unnamed.asConstant?.asRational?.signum() ?? 0) < 0
    default: return false
    }
  }
}
