import TensorExpressions

extension DomainKnowledge {
  /// Whether a value is 0 on a whole cell of masks, as a mask is, or a relu; not at single points, and no sum that may
  /// happen to be 0.
  package func vanishesOnCells(_ value: TensorExpression) -> Bool {
    let value = value.unnamed
    if simplifier.isPositive(value) { return false }
    if value.isMask || value.complemented?.isMask == true {
      return value.argument(of: .positive).map {
        !parts(of: DomainCondition(.positive, $0)).isEmpty
      } ?? true
    }
    if let product = value.asContraction {
      return product.isPointwise(over: value.shape)
        && product.operands.contains { vanishesOnCells($0.value) }
    }
    guard let (function, operands) = value.application else { return false }
    if function.primitive == nil, let definition = function.definition?(operands) {
      return vanishesOnCells(definition)
    }
    return value.domainConditions.contains { $0.relation == .nonnegative }
      && vanishesOnCells(operands[0])
  }
}
