import TensorExpressions

/// A bound on the degrees of numerator and denominator of an expression as a rational function of its symbols and
/// of the exponentials in it.
///
/// It bounds the probability that two different functions agree at a random point of a field of p elements:
/// deg/p (J. Schwartz, "Fast probabilistic algorithms for verification of polynomial identities", 1980). An
/// exponential counts as a variable of its own.
struct FormalDegree {
  private var memo: [TensorExpression: (top: Double, bottom: Double)] = [:]

  /// The degree of a difference of two expressions, brought over one denominator.
  mutating func ofDifference(_ a: TensorExpression, _ b: TensorExpression) -> Double {
    let (p, q) = (degree(a), degree(b))
    return max(1, max(p.top + q.bottom, q.top + p.bottom))
  }

  private mutating func degree(_ root: TensorExpression) -> (top: Double, bottom: Double) {
    for node in TensorExpression.postorder(of: [root]) where memo[node] == nil {
      memo[node] = computed(node)
    }
    return memo[root] ?? (1, 1)
  }

  private func computed(_ node: TensorExpression) -> (top: Double, bottom: Double) {
    func known(_ x: TensorExpression) -> (top: Double, bottom: Double) { memo[x] ?? (1, 1) }
    switch node.kind {
    case .symbol: return (1, 0)
    case .named(_, let value): return known(value)
    case .sum(let terms):
      // Over the product of all denominators; equal ones would need to be counted once only.
      let bottom = terms.reduce(0) { $0 + known($1).bottom }
      return (terms.map { known($0).top - known($0).bottom + bottom }.max() ?? 0, bottom)
    case .contraction(let c):
      let top = c.operands.reduce(0) { $0 + known($1.value).top }
      let bottom = c.operands.reduce(0) { $0 + known($1.value).bottom }
      // A sum over entries with different denominators multiplies them; their number enters as a factor.
      return bottom == 0 ? (top, 0) : (top + bottom * 64, bottom * 64)
    case .elementwise(let function, let operands):
      if function.name == "reciprocal" {
        let x = known(operands[0])
        return (x.bottom, x.top)
      }
      if let definition = function.definition {
        var copy = self
        return copy.degree(definition(operands))
      }
      return (1 + operands.reduce(0) { $0 + known($1).top + known($1).bottom }, 1)
    case .extremum(let e), .selector(let e): return known(e.operand)
    case .inverse(let x), .determinant(let x):
      let n = Double(x.shape[0].asInt ?? 64)
      return (known(x).top * n, known(x).top * n)
    }
  }
}
