import TensorExpressions

/// Whether a value may be zero on a whole cell of masks, as a mask is, or a relu: there it is not divided by on
/// purpose.
///
/// Elsewhere a value that something divides by is zero at single points at most, where nothing has a value. What is
/// not known answers yes.
final class CellZeros {
  private let isPositive: (TensorExpression) -> Bool
  private let isNonnegative: (TensorExpression) -> Bool
  private var known: [TensorExpression: Bool] = [:]

  /// - Parameters:
  ///   - isPositive: whether every entry is proved to be above zero.
  ///   - isNonnegative: whether no entry is below zero.
  init(
    isPositive: @escaping (TensorExpression) -> Bool = { _ in false },
    isNonnegative: @escaping (TensorExpression) -> Bool = { _ in false }
  ) {
    self.isPositive = isPositive
    self.isNonnegative = isNonnegative
  }

  func mayHold(_ value: TensorExpression) -> Bool {
    if let known = known[value] { return known }
    let answer = !isPositive(value) && isZeroSomewhere(value.unnamed)
    known[value] = answer
    return answer
  }

  /// Whether a value is another formula on other cells.
  func jumps(_ value: TensorExpression) -> Bool { value.jumps }

  private func isZeroSomewhere(_ value: TensorExpression) -> Bool {
    if let symbol = value.declaredSymbol { return symbol.structure.isOfZerosAndOnes }
    if let function = value.appliedFunction { return mayHold(function, of: value.operands) }
    if let terms = value.asTerms {
      return value.signArgument.map { mayHold($0) } ?? terms.contains(where: \.jumps)
    }
    if let contraction = value.asContraction { return mayHold(contraction, for: value) }
    return value.isSelector || value.asRecurrence != nil || value.operands.contains(where: \.jumps)
  }

  private func mayHold(_ function: Elementwise, of operands: [TensorExpression]) -> Bool {
    guard let primitive = function.primitive else {
      return function.definition.map { mayHold($0(operands)) } ?? true
    }
    switch primitive {
    case .step, .floor, .round: return true
    case .reciprocal, .pi: return false
    case .elementary, .power, .stopped: return operands.contains { mayHold($0) }
    }
  }

  private func mayHold(_ contraction: Contraction, for value: TensorExpression) -> Bool {
    let isSum = contraction.indices.count > value.rank
    // What places alone decide falls in one way, so that a sum over them is no sum of fewer on some cell.
    let others = contraction.operands.filter { !isSum || !$0.value.isOfPlaces }
    if others.contains(where: { mayHold($0.value) }) { return true }
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
      if let function = node.appliedFunction {
        return function.jumps(of: node.operands) && !node.isOfPlaces
      }
      return node.asExtremum != nil || node.asRecurrence != nil
    }
  }

  /// Whether it is made of numbers that only places tell apart.
  fileprivate var isOfPlaces: Bool { TensorExpression.symbols(of: [self]).isEmpty }

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
