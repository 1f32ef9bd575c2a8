import TensorExpressions

/// Multiplying out, where that makes a formula shorter: products of sums become sums of products only if terms merge
/// then, or if a named value is found in them.
extension Simplifier {
  /// The most terms that one sum may have to be multiplied out.
  private static let longestSum = 4
  /// The most factors of a product in which a sum is multiplied out.
  private static let longestProduct = 8
  /// The most terms that may arise.
  private static let longestResult = 16

  /// Rule *multiply out*: a·(b + c) = a·b + a·c, where the right side is the shorter formula.
  func multipliedOut(
    _ product: IndexProduct, shape: [Size], space: ExpressionSpace
  ) -> TensorExpression? {
    guard let whole = expression(product, space: space) else { return nil }
    for sum in innerSums(of: [whole]) {
      guard let terms = expandedTerms(of: whole, at: sum) else { continue }
      let result = merged(terms, shape: shape, space: space)
      if weights.of(result) < weights.of(whole) {
        return shortest(terms, shape: shape, space: space)
      }
    }
    return nil
  }

  /// The sum of the terms with some of their inner sums multiplied out, as long as that makes it shorter.
  func shortest(
    _ terms: [TensorExpression], shape: [Size], space: ExpressionSpace
  ) -> TensorExpression {
    var terms = flattened(terms)
    var best = merged(terms, shape: shape, space: space)
    var isImproving = true
    while isImproving {
      isImproving = false
      for sum in innerSums(of: terms) {
        let expanded = terms.flatMap { expandedTerms(of: $0, at: sum) ?? [$0] }
        guard expanded.count <= Self.longestResult else { continue }
        let result = merged(expanded, shape: shape, space: space)
        guard weights.of(result) < weights.of(best) else { continue }
        (best, terms, isImproving) = (result, expanded, true)
        break
      }
    }
    return best
  }

  /// The short sums that are factors of the terms, each once, latest first.
  private func innerSums(of terms: [TensorExpression]) -> [TensorExpression] {
    var found: Set<TensorExpression> = []
    for term in terms {
      guard case .contraction(let contraction) = term.kind,
        (2...Self.longestProduct).contains(contraction.operands.count)
      else { continue }
      for operand in contraction.operands {
        if let inner = operand.value.asTerms, inner.count <= Self.longestSum {
          found.insert(operand.value)
        }
      }
    }
    return found.sorted { $0.id > $1.id }
  }

  /// The products that arise when a sum that is a factor is multiplied out; nil when it is none.
  private func expandedTerms(
    of term: TensorExpression, at sum: TensorExpression
  ) -> [TensorExpression]? {
    guard case .contraction(let contraction) = term.kind, contraction.operands.count > 1,
      case .sum(let terms) = sum.kind,
      let position = contraction.operands.firstIndex(where: { $0.value === sum })
    else { return nil }
    return terms.map { part in
      fused(
        contraction.replacingOperand(position, with: part), shape: term.shape, space: term.space)
    }
  }
}
