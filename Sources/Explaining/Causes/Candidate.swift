import Judging
import TensorExpressions

/// A slip that may explain a wrong claim: if `expression` equals `target`, the cause is found.
package struct Candidate {
  /// What the expression is compared with.
  enum Target {
    /// The claim with the slip undone: it must equal the true gradient.
    case truth
    /// The true gradient with the slip made: it must equal the claim.
    case claim
  }
  package let kind: Cause.Kind
  /// What follows the kind in the sentence: written only for the one candidate of many that explains a claim.
  package let detail: () -> String
  let target: Target
  package let expression: TensorExpression

  /// A claim with its slip undone.
  static func repaired(
    _ kind: Cause.Kind, _ detail: @autoclosure @escaping () -> String, _ repair: TensorExpression
  ) -> Candidate {
    Candidate(kind: kind, detail: detail, target: .truth, expression: repair)
  }

  /// The truth with a slip made.
  static func spoiled(
    _ kind: Cause.Kind, _ detail: @autoclosure @escaping () -> String,
    _ expression: TensorExpression
  ) -> Candidate {
    Candidate(kind: kind, detail: detail, target: .claim, expression: expression)
  }
}

extension TensorExpression {
  /// The expression with one of its nodes replaced wherever it occurs.
  func replacing(_ node: TensorExpression, by replacement: TensorExpression) -> TensorExpression {
    replacingNodes([node: replacement])
  }

  /// The expression with nodes replaced, all at once, wherever they occur.
  func replacingNodes(_ replacements: [TensorExpression: TensorExpression]) -> TensorExpression {
    var memo = replacements
    for node in TensorExpression.postorder(of: [self]) where memo[node] == nil {
      memo[node] = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
    }
    return memo[self] ?? self
  }
}
