import TensorExpressions

/// Expressions with the true gradients in place of the names of gradients.
///
/// A search completes thousands of expressions that share most of their parts: each part is completed once.
final class Completion {
  private let truth: [TensorExpression: TensorExpression]
  private var memo: [TensorExpression: TensorExpression] = [:]

  /// - Parameter truth: by the symbols of gradients, what they are.
  init(_ truth: [TensorExpression: TensorExpression]) { self.truth = truth }

  func callAsFunction(_ root: TensorExpression) -> TensorExpression {
    if truth.isEmpty { return root }
    var pending = [root]
    while let node = pending.last {
      let missing = memo[node] == nil ? node.operands.filter { memo[$0] == nil } : []
      if !missing.isEmpty {
        pending += missing
        continue
      }
      pending.removeLast()
      if memo[node] == nil {
        let rebuilt = node.replacingOperands(node.operands.map { memo[$0] ?? $0 })
        memo[node] = truth[rebuilt] ?? rebuilt
      }
    }
    return memo[root] ?? root
  }
}
