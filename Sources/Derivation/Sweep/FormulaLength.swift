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

  private mutating func computed(_ node: TensorExpression) -> Int {
    if let name = node.name { return name.count }
    if let rule = ExponentialNormalization(node) {
      return (memo[rule.argument] ?? 1) + rule.kind.rawValue.count + 2
    }
    if let length = layerLength(node) ?? comparisonLength(node) ?? stitchedLength(node) {
      return length
    }
    let operands = node.operands.reduce(0) { min($0 + (memo[$1] ?? 1), Self.largest) }
    switch node.kind {
    case .symbol, .named: return operands
    case .sum(let terms): return operands + 3 * max(0, terms.count - 1)
    case .contraction(let c): return operands + additions(to: c, node)
    case .elementwise(let function, _):
      return operands + (function.name == "reciprocal" ? 3 : function.name.count + 2)
    case .extremum, .selector: return operands + 24
    case .inverse, .determinant, .cholesky: return operands + 5
    // A line of a block, whose arguments stand in it.
    case .recurrence: return 1
    }
  }

  /// What a coefficient takes, which is none where the sum of `count` entries is a mean.
  private static func length(of coefficient: Coefficient, count: Size) -> Int {
    var coefficient = coefficient
    if !coefficient.denominator.isEmpty,
      let mean = (coefficient * Coefficient(count)).asRational, mean.isInteger
    {
      coefficient = coefficient * Coefficient(count)
    }
    if coefficient.isOne || coefficient == .minusOne { return 0 }
    if let number = coefficient.asRational { return 3 + number.description.count }
    let isInverse = coefficient.numerator.asSize?.asInt.map { abs($0) == 1 } ?? false
    return (isInverse ? 0 : 5)
      + coefficient.denominator.reduce(0) { $0 + $1.size.description.count + 3 }
  }

  /// `layer_norm(x)` and `var(x, axis=1, keepdims=True)`.
  private func layerLength(_ node: TensorExpression) -> Int? {
    if node.asContraction == nil { return nil }
    if let rule = RootNormalization(node) {
      let argument = memo[rule.argument] ?? 20
      return rule.isCentred ? argument + 13 : 2 * argument + 34
    }
    return Variance(node).map { (memo[$0.argument] ?? 20) + 26 }
  }

  /// `a > b` and `a <= b`.
  private func comparisonLength(_ node: TensorExpression) -> Int? {
    (node.complemented ?? node).argument(of: .positive).map { (memo[$0] ?? 1) + 6 }
  }

  /// `concat([a, b], axis=1)`.
  private mutating func stitchedLength(_ node: TensorExpression) -> Int? {
    guard let stitching = Stitching(node) else { return nil }
    return (stitching.parts + stitching.others).reduce(16) { min($0 + of($1) + 2, Self.largest) }
  }

  /// What a contraction adds to its operands' texts: operators, axes of sums, slices, windows, coefficients.
  private func additions(to c: Contraction, _ node: TensorExpression) -> Int {
    var length = 3 * max(0, c.operands.count - 1)
    var seen = NumberSet()
    for coordinate in c.output { coordinate.addIndices(to: &seen) }
    let summed = c.indices.indices.filter { !seen.contains($0) }
    length += Self.length(of: c.coefficient, count: Size.product(summed.map { c.indices[$0] }))
    let isMatrixProduct =
      c.operands.count == 2 && summed.count == 1 && node.rank <= 2
      && !seen.contains { index in c.operands.allSatisfy { $0.access.contains(.index(index)) } }
    if !summed.isEmpty, !isMatrixProduct {
      let axes = summed.count == 1 ? 8 : 7 + 3 * summed.count
      length += 5 + (node.rank > 0 ? axes : 0)
    }
    // An axis that is summed and kept is 1 long.
    if !summed.isEmpty, c.keepsAxes(summed) { length += 15 }
    for operand in c.operands {
      for (coordinate, extent) in zip(operand.access, operand.value.shape) {
        if let index = coordinate.asIndex {
          // A slice from the start.
          length += c.indices[index] == extent ? 0 : 8
        } else {
          length += coordinate.isConstant ? 5 : 4 + coordinate.terms.count * 6
        }
      }
    }
    for coordinate in c.output where coordinate.asIndex == nil && !coordinate.isConstant {
      length += 14
    }
    return length
  }
}

extension Contraction {
  /// Whether an axis of the output stands for one that is summed: 1 long, or the same all along in what is summed.
  fileprivate func keepsAxes(_ summed: [Int]) -> Bool {
    let inner = operands.filter { operand in
      operand.access.contains { coordinate in summed.contains { coordinate.mentions($0) } }
    }
    return output.contains { coordinate in
      guard let index = coordinate.asIndex else { return coordinate.isConstant }
      return !inner.contains { $0.access.contains { $0.mentions(index) } }
    }
  }
}
