import Scalars
import TensorExpressions

/// A forward pass whose values and gradients stay finite wherever they can, although its author gave names to
/// what is not.
///
/// ```
/// p = softmax(u),  L = −Σ t·log(p)      log(p) = u − log(Σ exp(u))       ū = p·Σ t − t, without a division by p
/// p = sigmoid(u),  L = −log(p)          log(p) = −softplus(−u)           ū = −sigmoid(−u)
///                  L = −log(1 − p)      log(1 − p) = −softplus(u)        ū = sigmoid(u)
/// e = exp(u),      p = e / Σ e          p = softmax(u)
/// L = −log(p[n, y[n]])                  the same of single entries (``PickedProbability``)
/// p = m·exp(u) / Σ m·exp(u)             exponents less the largest one that the mask m keeps
/// log(exp(u) + exp(v))                  the larger one of u and v, plus the logarithm of the rest
/// m·exp(u)                              no exponent where the mask m is 0 (``MaskedExponentials``)
/// ```
///
/// A program that computes with rounding has p = 0 for large u, where log(p) is infinite and p/p is no
/// number. The values are the same; it is the names that are seen through.
public enum StableForward {
  /// The values, and with them all of their parts, in the stable form.
  public static func applied(to values: [TensorExpression]) -> [TensorExpression] {
    let finite = TensorExpression.rebuilding(values) { node in
      if let (recurrence, line) = node.asRecurrence {
        return node.space.recurrence(recurrence.stable, line: line)
      }
      return logarithm(node) ?? normalized(node) ?? ShiftedTotal.quotient(node) ?? node
    }
    return MaskedExponentials.applied(to: finite)
  }

  private static func logarithm(_ node: TensorExpression) -> TensorExpression? {
    guard case .elementwise(let function, let operands) = node.kind, function == .logarithm else {
      return nil
    }
    let inner = operands[0].unnamed
    if ExponentialNormalization(inner)?.kind == .softmax {
      return inner === operands[0] ? nil : node.replacingOperands([inner])
    }
    if let picked = PickedProbability.logarithm(of: inner) { return picked }
    if ExponentialNormalization(node) == nil,
      let shifted = ShiftedTotal(inner)?.logarithm ?? inner.shiftedLogarithm
    {
      return shifted
    }
    guard let terms = inner.asTerms, terms.count == 2,
      let one = terms.firstIndex(where: { $0.asConstant?.isOne ?? false }),
      let u = negatedSigmoidArgument(terms[1 - one])
    else { return nil }
    return -softplus(u)
  }

  static func softplus(_ u: TensorExpression) -> TensorExpression {
    u.space.elementwise(.row("softplus"), [u])
  }

  /// What a value is the sigmoid of.
  static func sigmoidArgument(_ node: TensorExpression) -> TensorExpression? {
    guard case .elementwise(let function, let operands) = node.unnamed.kind,
      function == .row("sigmoid")
    else { return nil }
    return operands[0]
  }

  /// The argument of a sigmoid of which the node is the opposite, entry by entry.
  private static func negatedSigmoidArgument(_ node: TensorExpression) -> TensorExpression? {
    guard case .contraction(let c) = node.kind, c.isPointwise, c.coefficient == .minusOne,
      c.operands.count == 1, c.operands[0].access == c.output,
      c.operands[0].value.shape == node.shape, c.indices == node.shape
    else { return nil }
    return sigmoidArgument(c.operands[0].value)
  }

  /// A quotient of named exponentials and their named sum as the softmax that it is.
  private static func normalized(_ node: TensorExpression) -> TensorExpression? {
    guard case .contraction(let c) = node.kind, c.operands.count == 2,
      ExponentialNormalization(node) == nil
    else { return nil }
    let candidate = node.replacingOperands(node.operands.map(withoutNames))
    return ExponentialNormalization(candidate)?.kind == .softmax ? candidate : nil
  }

  /// An exponential, a sum of some, or the reciprocal of one, without the names on the way.
  private static func withoutNames(_ node: TensorExpression) -> TensorExpression {
    let inner = node.unnamed
    switch inner.kind {
    case .elementwise(let function, _) where function == .exponential: return inner
    case .elementwise(let function, let operands) where function == .reciprocal:
      return inner.replacingOperands(operands.map(withoutNames))
    case .contraction(let c) where c.operands.count == 1 && c.coefficient.isOne:
      return inner.replacingOperands(inner.operands.map(withoutNames))
    case .elementwise, .contraction, .symbol, .sum, .extremum, .selector, .inverse, .determinant,
      .cholesky,
      .named, .recurrence:
      return node
    }
  }
}

extension Recurrence {
  /// The recurrence with its steps in the stable form.
  fileprivate var stable: Recurrence {
    replacingBodies(StableForward.applied(to: lines.map(\.body)))
  }
}
