import Derivation
import TensorExpressions

/// Slips in how a softmax is computed: from exponentials of what the largest entry is subtracted from, so that none
/// overflows, divided by their sum.
///
/// The formulas have no shift, since it changes nothing; a kernel that shifts in one place alone computes something
/// else.
extension FormulaSlips {
  /// Each slip in every softmax of the gradient.
  var softmaxes: [Slip] {
    let found = TensorExpression.postorder(of: [formula]).compactMap { node in
      ExponentialNormalization(node).flatMap { rule in
        rule.kind == .softmax ? SlippedSoftmax(node, rule) : nil
      }
    }
    return SoftmaxSlip.allCases.compactMap { slip in
      let replacements = found.compactMap { softmax in
        softmax.value(slip).map { (softmax.node, $0) }
      }
      if replacements.isEmpty { return nil }
      return Slip(
        sentence: { "softmax: \(slip.rawValue)" },
        formula: formula.replacingNamed(Dictionary(replacements) { first, _ in first }))
    }
  }
}

/// What may be done wrong in a softmax, the likeliest first.
private enum SoftmaxSlip: String, CaseIterable {
  case undivided = "the exponentials are not divided by their sum"
  case unshifted = "the exponentials, without a shift, are not divided by their sum"
  case shiftedAbove = "the largest entry is subtracted above, and not in the sum that is divided by"
  case shiftedBelow = "the largest entry is subtracted in the sum that is divided by, and not above"
  case withoutLast = "the last entry is not in the sum that is divided by"
  case withoutFirst = "the first entry is not in the sum that is divided by"
}

/// The parts of a softmax as kernels compute it.
private struct SlippedSoftmax {
  let node: TensorExpression
  /// Its exponentials, as they are and after the shift.
  private let plain: TensorExpression
  private let shifted: TensorExpression
  private let axes: [Int]

  init?(_ node: TensorExpression, _ rule: ExponentialNormalization) {
    let axes = rule.summedAxes.sorted()
    guard let largest = try? rule.argument.maximum(axes: axes, keepingAxes: true),
      let lowered = try? rule.argument.minus(largest)
    else { return nil }
    self.node = node
    self.axes = axes
    plain = exp(rule.argument)
    shifted = exp(lowered)
  }

  /// What is computed in the softmax's place.
  func value(_ slip: SoftmaxSlip) -> TensorExpression? {
    switch slip {
    case .undivided: shifted
    case .unshifted: plain
    case .shiftedAbove: try? shifted.over(sum(of: plain))
    case .shiftedBelow: try? plain.over(sum(of: shifted))
    case .withoutLast: try? plain.over(sum(of: plain, leavingOut: 1))
    case .withoutFirst: try? plain.over(sum(of: plain, from: 1, leavingOut: 1))
    }
  }

  /// The sum along the axes, without so many entries of each, from an entry on.
  private func sum(
    of exponentials: TensorExpression, from first: Int = 0, leavingOut count: Int = 0
  ) -> TensorExpression {
    let indices = exponentials.shape.indices
    let output = indices.map { axes.contains($0) ? Affine.constant(.zero) : Affine.index($0) }
    let shape = indices.map { axes.contains($0) ? Size.one : exponentials.shape[$0] }
    let guards = axes.map { axis in
      Contraction.Guard(
        .index(axis) + Size(-first), below: exponentials.shape[axis] + Size(-count))
    }
    return exponentials.space.contraction(
      Contraction(
        indices: exponentials.shape, output: output,
        operands: [Contraction.Operand(exponentials, indices.map(Affine.index))], guards: guards),
      shape: shape)
  }
}
