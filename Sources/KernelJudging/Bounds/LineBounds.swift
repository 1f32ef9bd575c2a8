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
    of formulas: [TensorExpression], in format: BinaryFormat, declared: KernelDeclaration,
    masks: MaskRecord = MaskRecord()
  ) throws(EvaluationError) -> (values: [Tensor<RoundedNumber>], masks: MaskRecord) {
    let arithmetic = arithmetic(format, declared, formulas)
    let point = layer.point(tensors, sizes) { arithmetic.input($0) }
    let results = try Evaluator(arithmetic, at: point, masks: masks)
      .evaluateRecordingMasks(formulas)
    return (results.values.map { $0.map(arithmetic.finished) }, results.masks)
  }

  private func arithmetic(
    _ format: BinaryFormat, _ declared: KernelDeclaration, _ formulas: [TensorExpression]
  ) -> RoundingErrorArithmetic {
    RoundingErrorArithmetic(
      format, intermediate: declared.intermediate, shift: largestShift(in: formulas),
      products: declared.multiplication)
  }

  /// The values with a bound by norms: every entry of a tensor may be off as much as the worst one.
  ///
  /// Each factor counts for its norm, so that Σ|terms| is at least the product of the norms of what a transform takes.
  func normwiseValues(
    of formulas: [TensorExpression], in format: BinaryFormat, declared: KernelDeclaration,
    factor: Double, masks: MaskRecord
  ) throws(EvaluationError) -> [Tensor<RoundedNumber>] {
    let arithmetic = arithmetic(format, declared, formulas)
    var point = layer.point(tensors, sizes) { RoundedNumber(exactly: $0) }
    let share = factor.squareRoot()
    point.values = point.values.mapValues { tensor in
      let squares = tensor.elements.reduce(0) { $0 + $1.value.high * $1.value.high }
      let norm = squares.squareRoot() * share
      return tensor.map { (number: RoundedNumber) in
        var wide = number
        wide.error = format.roundoff * number.value.high.magnitude
        wide.magnitude = norm
        return wide
      }
    }
    let values = try Evaluator(arithmetic, at: point, masks: masks).evaluate(formulas)
    return values.map { tensor in
      let finished = tensor.map(arithmetic.finished)
      let error = finished.elements.reduce(0) { max($0, $1.error) }
      return finished.map { (number: RoundedNumber) in
        var wide = number
        wide.error = error
        return wide
      }
    }
  }

  /// How far a stable softmax or logarithm of a sum may shift the arguments of exponentials: the range of the
  /// arguments of those that a quotient or a logarithm takes.
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
  /// The function of a node and its operands; nil for a node of another kind.
  var elementwiseFunction: (function: Elementwise, operands: [TensorExpression])? {
    if case .elementwise(let function, let operands) = kind { (function, operands) } else { nil }
  }

  fileprivate var isExponential: Bool { elementwiseFunction?.function.name == "exp" }

  /// Whether the first operand is divided by, or has its logarithm taken.
  fileprivate var isNormalizer: Bool {
    guard let (function, operands) = elementwiseFunction else { return false }
    switch function.name {
    case "reciprocal", "log": return true
    case "pow": return (operands[1].unnamed.asConstant?.asRational?.signum() ?? 0) < 0
    default: return false
    }
  }
}
