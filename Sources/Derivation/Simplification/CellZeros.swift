import Scalars
import TensorExpressions

/// Whether a value may be zero on a whole cell of masks, as a mask is, or a relu: there it is not divided by on purpose.
///
/// Elsewhere a value that something divides by is zero at single points at most, where nothing has a value. What is
/// not known answers yes.
struct CellZeros {
  let isPositive: (TensorExpression) -> Bool
  let isNonnegative: (TensorExpression) -> Bool

  func mayHold(_ value: TensorExpression) -> Bool {
    if isPositive(value) { return false }
    let value = value.unnamed
    switch value.kind {
    case .symbol(let symbol): return symbol.structure.isOfZerosAndOnes
    case .elementwise(let function, let operands):
      guard let primitive = function.primitive else {
        return function.definition.map { mayHold($0(operands)) } ?? true
      }
      switch primitive {
      case .step, .floor, .round: return true
      case .reciprocal, .pi: return false
      case .elementary, .power, .stopped: return operands.contains(where: mayHold)
      }
    case .sum(let terms):
      if let argument = value.signArgument { return mayHold(argument) }
      return terms.contains(where: \.jumps)
    case .contraction(let c):
      if c.operands.contains(where: { mayHold($0.value) }) { return true }
      let isSum = c.indices.count > value.rank
      return isSum && c.operands.contains { $0.value.jumps }
        && !c.operands.allSatisfy { isNonnegative($0.value) }
    case .extremum, .inverse, .determinant, .cholesky: return value.operands.contains(where: \.jumps)
    case .selector, .recurrence: return true
    case .named(_, let inner): return mayHold(inner)
    }
  }
}

extension [TensorExpression] {
  /// Whether something in some values is divided by, or has its logarithm taken, that may be zero on a whole cell of
  /// masks, so that the values have none there.
  package var divideOnCells: Bool {
    let simplifier = Simplifier(facts: Simplifier.facts(of: self))
    let zeros = CellZeros(isPositive: simplifier.isPositive, isNonnegative: simplifier.isNonnegative)
    return TensorExpression.postorder(of: self).contains { node in
      guard let function = node.appliedFunction, let argument = node.operands.first else {
        return false
      }
      return function.hasNoValueAtZero(node) && zeros.mayHold(argument)
    }
  }
}

extension Elementwise {
  /// Whether the function of a node has no value where its argument is 0.
  fileprivate func hasNoValueAtZero(_ node: TensorExpression) -> Bool {
    switch primitive {
    case .reciprocal: true
    case .elementary(let function): function == .log || function == .rsqrt
    case .power: node.operands.last?.asConstant?.asRational.map { $0.signum() < 0 } ?? true
    case .step, .floor, .round, .pi, .stopped, nil: false
    }
  }
}

extension TensorExpression {
  /// u of sign(u), step(u) − step(−u).
  fileprivate var signArgument: TensorExpression? {
    guard case .sum(let terms) = kind, terms.count == 2,
      let positive = terms.first(where: { $0.appliedFunction?.primitive == .step })?.operands[0]
    else { return nil }
    let negative = -Elementwise.step(-positive)
    return terms.contains { $0 === negative } ? positive : nil
  }

  /// Whether something in it is another formula on another cell.
  fileprivate var jumps: Bool {
    TensorExpression.postorder(of: [self]).contains { node in
      switch node.kind {
      case .symbol(let symbol): symbol.structure.isOfZerosAndOnes
      case .elementwise(let function, let operands):
        switch function.primitive {
        case .step, .floor, .round: true
        case .elementary, .reciprocal, .power, .pi, .stopped: false
        case nil:
          function.definition.map { definition in
            let whole = definition(operands)
            return !operands.contains(whole) && whole.jumpsAbove(operands)
          } ?? true
        }
      case .extremum, .selector, .recurrence: true
      case .sum, .contraction, .inverse, .determinant, .cholesky, .named: false
      }
    }
  }

  /// Whether something jumps between a value and what it is made of.
  private func jumpsAbove(_ operands: [TensorExpression]) -> Bool {
    if operands.contains(self) { return false }
    switch appliedFunction?.primitive {
    case .step, .floor, .round: return true
    case .elementary, .reciprocal, .power, .pi, .stopped: break
    case nil:
      if let function = appliedFunction, let definition = function.definition,
        definition(self.operands).jumpsAbove(self.operands)
      {
        return true
      }
    }
    return self.operands.contains { $0.jumpsAbove(operands) }
  }
}

extension TensorStructure {
  /// Whether all entries are 0 or 1, whatever they are drawn as.
  fileprivate var isOfZerosAndOnes: Bool { contains(.mask) || oneHotAxis != nil }
}
