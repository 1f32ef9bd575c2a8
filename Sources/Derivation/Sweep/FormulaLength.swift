import TensorExpressions

/// About how many characters a formula takes when it is written out, names standing for what they name.
///
/// It decides where a formula needs a name for one of its parts; it is an estimate and not a measure of any notation.
struct FormulaLength {
  private var memo: [TensorExpression: Int] = [:]
  /// Lengths beyond this are all the same.
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
        memo[node] = min(computed(node), Self.largest)
      } else {
        pending += missing
      }
    }
    return memo[root] ?? 0
  }

  private func computed(_ node: TensorExpression) -> Int {
    if let name = node.name { return name.count }
    let operands = node.operands.reduce(0) { min($0 + (memo[$1] ?? 1), Self.largest) }
    switch node.kind {
    case .symbol, .named: return operands
    case .sum(let terms): return operands + 3 * terms.count
    case .contraction(let c):
      let isSummed = c.indices.count > c.output.count
      let coefficient = c.coefficient.isOne || c.coefficient == .minusOne ? 0 : 5
      return operands + 3 * max(0, c.operands.count - 1) + (isSummed ? 8 : 0) + coefficient
    case .elementwise(let function, _):
      return operands + (function.name == "reciprocal" ? 3 : function.name.count + 2)
    case .extremum, .selector: return operands + 24
    case .inverse, .determinant: return operands + 5
    }
  }
}
