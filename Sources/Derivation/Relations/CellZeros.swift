import TensorExpressions

/// Whether a value may be zero on a whole cell of masks, as a mask is, or a relu: there it is not divided by on
/// purpose.
///
/// Elsewhere a value that something divides by is zero at single points at most, where nothing has a value. What is
/// not known answers yes.
struct CellZeros {
  let isPositive: (TensorExpression) -> Bool
  let isNonnegative: (TensorExpression) -> Bool

  func mayHold(_ value: TensorExpression) -> Bool {
    if isPositive(value) { return false }
    let value = value.unnamed
    if let symbol = value.declaredSymbol { return symbol.structure.isOfZerosAndOnes }
    if let function = value.appliedFunction { return mayHold(function, value.operands) }
    if let terms = value.asTerms {
      return value.signArgument.map(mayHold) ?? terms.contains(where: \.jumps)
    }
    if let contraction = value.asContraction { return mayHold(contraction, value) }
    return value.isSelector || value.asRecurrence != nil || value.operands.contains(where: \.jumps)
  }

  private func mayHold(_ function: Elementwise, _ operands: [TensorExpression]) -> Bool {
    guard let primitive = function.primitive else {
      return function.definition.map { mayHold($0(operands)) } ?? true
    }
    switch primitive {
    case .step, .floor, .round: return true
    case .reciprocal, .pi: return false
    case .elementary, .power, .stopped: return operands.contains(where: mayHold)
    }
  }

  private func mayHold(_ contraction: Contraction, _ value: TensorExpression) -> Bool {
    if contraction.operands.contains(where: { mayHold($0.value) }) { return true }
    let isSum = contraction.indices.count > value.rank
    return isSum && contraction.operands.contains { $0.value.jumps }
      && !contraction.operands.allSatisfy { isNonnegative($0.value) }
  }
}

extension TensorExpression {
  /// u of sign(u), step(u) − step(−u).
  fileprivate var signArgument: TensorExpression? {
    guard let terms = asTerms, terms.count == 2,
      let positive = terms.first(where: { $0.appliedFunction?.primitive == .step })?.operands[0]
    else { return nil }
    let negative = -Elementwise.step(-positive)
    return terms.contains { $0 === negative } ? positive : nil
  }

  /// Whether something in it is another formula on another cell.
  fileprivate var jumps: Bool {
    TensorExpression.postorder(of: [self]).contains { node in
      if let symbol = node.declaredSymbol { return symbol.structure.isOfZerosAndOnes }
      if let function = node.appliedFunction { return function.jumps(of: node.operands) }
      return node.asExtremum != nil || node.asRecurrence != nil
    }
  }

  /// Whether something jumps between a value and what it is made of.
  fileprivate func jumpsAbove(_ operands: [TensorExpression]) -> Bool {
    if operands.contains(self) { return false }
    if let function = appliedFunction, function.jumps(of: self.operands) { return true }
    return self.operands.contains { $0.jumpsAbove(operands) }
  }
}

extension Elementwise {
  /// Whether it jumps, or is defined by something that does.
  fileprivate func jumps(of operands: [TensorExpression]) -> Bool {
    if let primitive { return primitive.decidesByOrder }
    return definition.map { $0(operands).jumpsAbove(operands) } ?? true
  }
}

extension TensorStructure {
  /// Whether all entries are 0 or 1, whatever they are drawn as.
  fileprivate var isOfZerosAndOnes: Bool { contains(.mask) || oneHotAxis != nil }
}
