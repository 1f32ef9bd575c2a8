import TensorExpressions

/// Logarithms of single entries of probabilities, in a form that stays finite where an entry is rounded to 0.
///
/// ```
/// log(softmax(u)[…]) = log(softmax(u))[…]        log(Σ h·p) = Σ h·log(p)   for a one-hot h
/// log(sigmoid(u)[…]) = −softplus(−u)[…]
/// ```
enum PickedProbability {
  /// The logarithm of a value whose every entry is one of a softmax or of a sigmoid; nil for any other value.
  static func logarithm(of value: TensorExpression) -> TensorExpression? {
    let value = value.unnamed
    if value.isSoftmax { return value.space.elementwise(.logarithm, [value]) }
    if let u = StableForward.sigmoidArgument(value) { return -StableForward.softplus(-u) }
    let product = value.asContraction?.withFactorsOfProducts(unless: { $0.unnamed.isSoftmax })
    guard let c = product, c.coefficient.isOne, c.guards.isEmpty, let place = c.pickedOperand,
      let inner = logarithm(of: c.operands[place].value)
    else { return nil }
    var operands = c.operands
    operands[place] = .init(inner, operands[place].access)
    return value.space.contraction(
      Contraction(indices: c.indices, output: c.output, operands: operands), shape: value.shape)
  }
}

extension Contraction {
  /// The operand of which every entry of the output is one entry; nil where there is none.
  fileprivate var pickedOperand: Int? {
    let others = operands.indices.filter { operands[$0].hotIndex == nil }
    guard others.count == 1, output.allSatisfy({ $0.asIndex != nil || $0 == .constant(.zero) })
    else { return nil }
    let hot = operands.compactMap(\.hotIndex)
    let own = Set(output.compactMap(\.asIndex))
    let summed = indices.indices.filter { !own.contains($0) && !indices[$0].isOne }
    // Each sum is over the classes of one one-hot tensor, which nothing else of that kind is read by.
    guard Set(hot).count == hot.count, Set(summed) == Set(hot.filter { !indices[$0].isOne }),
      own.isDisjoint(with: hot)
    else { return nil }
    let places = operands.filter { $0.hotIndex != nil }.flatMap { operand in
      operand.access.filter { $0.asIndex != operand.hotIndex }
    }
    return places.flatMap(\.terms).allSatisfy { !hot.contains($0.index) } ? others[0] : nil
  }
}

extension Contraction.Operand {
  /// The index that runs over the classes of a one-hot tensor with a 1 in every row; nil for any other tensor.
  fileprivate var hotIndex: Int? {
    guard let structure = value.declaredSymbol?.structure, structure.sumsToOne,
      let axis = structure.oneHotAxis
    else { return nil }
    return access[axis].asIndex
  }
}
