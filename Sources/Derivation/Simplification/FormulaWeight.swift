import TensorExpressions

/// How many names, numbers, operators and functions a formula is written with, whatever kinds of products they are.
///
/// It decides between two forms of one formula; how long a line becomes is ``FormulaLength``'s to say.
struct FormulaWeight {
  private var memo: [TensorExpression: Int] = [:]
  /// Weights beyond this are all the same.
  private static let largest = 1 << 20

  mutating func of(_ root: TensorExpression) -> Int {
    var pending = [root]
    while let node = pending.last {
      if memo[node] != nil {
        pending.removeLast()
        continue
      }
      let missing = node.name == nil ? node.operands.filter { memo[$0] == nil } : []
      if missing.isEmpty {
        memo[node] = computed(node)
      } else {
        pending += missing
      }
    }
    return memo[root] ?? 1
  }

  private func computed(_ node: TensorExpression) -> Int {
    if node.name != nil { return 1 }
    let operands = node.operands.reduce(0) { min($0 + (memo[$1] ?? 1), Self.largest) }
    switch node.kind {
    case .symbol, .named: return 1
    case .sum(let terms): return operands + max(0, terms.count - 1)
    case .contraction(let c):
      let isPlain = c.coefficient.isOne || c.coefficient == .minusOne
      // A sum of stacks inside a product takes a line of its own.
      let stacks = c.operands.count { operand in
        if case .sum = operand.value.kind { operand.value.rank > 2 } else { false }
      }
      return 8 * stacks + max(operands, 1) + max(0, c.operands.count - 1) + (isPlain ? 0 : 2)
    case .elementwise, .inverse, .determinant, .cholesky, .recurrence: return operands + 1
    case .extremum, .selector: return operands + 2
    }
  }
}
