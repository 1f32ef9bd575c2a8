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
    if let rule = ExponentialNormalization(node) {
      return (memo[rule.argument] ?? 1) + rule.kind.rawValue.count + 2
    }
    let operands = node.operands.reduce(0) { min($0 + (memo[$1] ?? 1), Self.largest) }
    switch node.kind {
    case .symbol, .named: return operands
    case .sum(let terms): return operands + 3 * terms.count
    case .contraction(let c): return operands + additions(to: c, node)
    case .elementwise(let function, _):
      return operands + (function.name == "reciprocal" ? 3 : function.name.count + 2)
    case .extremum, .selector: return operands + 24
    case .inverse, .determinant: return operands + 5
    // A line of a block, whose arguments stand in it.
    case .recurrence: return 1
    }
  }

  /// What a contraction adds to its operands' texts: operators, axes of sums, slices, windows, coefficients.
  private func additions(to c: Contraction, _ node: TensorExpression) -> Int {
    var length = 3 * max(0, c.operands.count - 1)
    if !c.coefficient.isOne, c.coefficient != .minusOne {
      length += 3 + (c.coefficient.asRational?.description.count ?? 4)
      length += c.coefficient.denominator.reduce(0) { $0 + $1.size.description.count + 3 }
    }
    var seen = NumberSet()
    for coordinate in c.output { coordinate.addIndices(to: &seen) }
    let summed = c.indices.indices.filter { !seen.contains($0) }
    let isMatrixProduct = c.operands.count == 2 && summed.count == 1 && node.rank <= 2
    if !summed.isEmpty, !isMatrixProduct {
      length += 6 + (node.rank > 0 ? 9 + 3 * summed.count : 0)
    }
    // An axis that is summed and kept is 1 long.
    if !summed.isEmpty, c.output.contains(where: \.isConstant) { length += 15 }
    for operand in c.operands {
      for coordinate in operand.access where coordinate.asIndex == nil {
        length += coordinate.isConstant ? 5 : 4 + coordinate.terms.count * 6
      }
    }
    for coordinate in c.output where coordinate.asIndex == nil && !coordinate.isConstant {
      length += 14
    }
    return length
  }
}
