import Scalars
import TensorExpressions

extension Simplifier {
  /// Rewrites a function of simplified operands.
  func rewritten(_ function: Elementwise, _ operands: [TensorExpression]) -> TensorExpression {
    let space = operands[0].space
    if let constant = ofConstants(function, operands) { return constant }
    if let result = ofKnownSign(function, operands) { return result }
    if multipliesOut, let result = withoutConstantAxes(operands, { rewritten(function, $0) }) {
      return result
    }
    switch function.name {
    case "reciprocal":
      if let result = reciprocal(of: operands[0]) { return result }
    case "step":
      if let inner = operands[0].withoutPositiveScale { return rewritten(function, [inner]) }
    case "where":
      // where(c, a, a) = a
      if operands[1] == operands[2] { return operands[1] }
    default: break
    }
    return space.elementwise(function, operands)
  }

  /// Rule *constant*: a function of one number in every entry is computed once, exactly where that is rational.
  private func ofConstants(
    _ function: Elementwise, _ operands: [TensorExpression]
  ) -> TensorExpression? {
    let shape = operands[0].shape
    let space = operands[0].space
    var numbers: [Coefficient] = []
    for operand in operands {
      guard let value = operand.asConstant ?? (operand.isZero ? .zero : nil) else { return nil }
      numbers.append(value)
    }
    switch function.name {
    case "reciprocal":
      if let inverse = numbers[0].reciprocal { return space.filled(inverse, shape) }
    case "step":
      if let value = numbers[0].asRational {
        return space.filled(value.signum() > 0 ? .one : .zero, shape)
      }
    case "sqrt":
      if let value = numbers[0].asRational, value.signum() >= 0, let root = value.squareRoot() {
        return space.filled(Coefficient(root), shape)
      }
    default: break
    }
    if shape.isEmpty { return nil }
    let scalar = space.elementwise(function, numbers.map { space.filled($0) })
    return scalar.reindexed([], to: shape)
  }

  /// Rules *reciprocal*: 1/(c·a·b) = 1/c · 1/a · 1/b entry by entry, and 1/(1/a) = a; a softmax stays itself.
  private func reciprocal(of x: TensorExpression) -> TensorExpression? {
    if case .elementwise(let function, let operands) = x.kind, function.name == "reciprocal" {
      return operands[0]
    }
    guard case .contraction(let c) = x.kind, c.isPointwise, !c.operands.isEmpty, !x.isSoftmax,
      let inverse = c.coefficient.reciprocal,
      c.operands.count > 1 || !c.coefficient.isOne || c.operands[0].access != c.output
        || c.operands[0].value.shape != x.shape
    else { return nil }
    // A read outside a factor is a zero of the product, which has no reciprocal: so every read is inside.
    let operands = c.operands.map { operand in
      Contraction.Operand(
        rewritten(Elementwise.reciprocal, [operand.value]), operand.access)
    }
    return fused(
      Contraction(coefficient: inverse, indices: c.indices, output: c.output, operands: operands),
      shape: x.shape, space: x.space)
  }
}

extension Elementwise {
  /// The row of 1/x.
  static var reciprocal: Elementwise { row("reciprocal") }
}

extension TensorExpression {
  /// What a positive number scales, when the whole expression is scaled by one.
  var withoutPositiveScale: TensorExpression? {
    guard case .contraction(let c) = kind, !c.operands.isEmpty,
      let value = c.coefficient.asRational,
      value.signum() > 0, !value.isOne
    else { return nil }
    return scaled(by: Coefficient(value.reciprocal))
  }

  /// Whether every entry is 0 or 1.
  var isMask: Bool {
    switch unnamed.kind {
    case .elementwise(let function, _): function.name == "step" || function.name == "equal"
    case .selector(let extremum): extremum.ties == .first
    case .symbol(let symbol): symbol.structure.contains(.oneHot)
    default: false
    }
  }

  /// Whether every entry is proved to be above zero.
  var isPositive: Bool { isPositive(depth: 8) }

  fileprivate func isPositive(depth: Int) -> Bool {
    if depth == 0 { return false }
    switch unnamed.kind {
    case .symbol(let symbol): return symbol.structure.isPositive
    case .determinant(let x): return x.structure.contains(.positiveDefinite)
    case .elementwise(let function, let operands):
      switch function.name {
      case "exp", "sigmoid", "softplus", "cosh", "pi": return true
      case "sqrt", "rsqrt", "reciprocal": return operands[0].isPositive(depth: depth - 1)
      default: return false
      }
    case .sum(let terms):
      if TensorExpression.isComplementOfUnit(terms) { return true }
      return terms.contains { $0.isPositive(depth: depth - 1) }
        && terms.allSatisfy { $0.isNonnegative || $0.isPositive(depth: depth - 1) }
    case .contraction(let c): return c.isPositive(depth: depth - 1)
    default: return false
    }
  }

  /// Whether no entry is below zero, by squares, masks and positive factors.
  var isNonnegative: Bool {
    switch unnamed.kind {
    case .symbol(let symbol): return symbol.structure.isNonnegative
    case .elementwise(let function, _):
      return ["step", "relu", "abs", "equal", "sqrt", "exp", "sigmoid"].contains(function.name)
    case .contraction(let c):
      guard c.coefficient.hasPositiveTerms else { return false }
      var unpaired: Set<Contraction.Operand> = []
      for operand in c.operands where !operand.value.isPositive(depth: 2) {
        if unpaired.remove(operand) == nil { unpaired.insert(operand) }
      }
      return unpaired.isEmpty
    default: return false
    }
  }
}

extension Contraction {
  /// Whether every entry of the output is reached, and every product that reaches it is above zero.
  fileprivate func isPositive(depth: Int) -> Bool {
    guard coefficient.hasPositiveTerms, guards.isEmpty, hasPlainOutput else { return false }
    return operands.allSatisfy { operand in
      operand.value.isPositive(depth: depth)
        && zip(operand.access, operand.value.shape).allSatisfy { coordinate, extent in
          if coordinate.isConstant { return coordinate.constant.isZero }
          return coordinate.asIndex.map { indices[$0] == extent } ?? false
        }
    }
  }
}

extension Coefficient {
  /// Whether it is a sum of positive multiples of products of sizes, which are at least 1.
  ///
  /// The factors of a denominator are extents, or products of them.
  var hasPositiveTerms: Bool {
    !isZero && numerator.terms.allSatisfy { $0.coefficient.signum() > 0 }
      && denominator.allSatisfy { $0.size.asName != nil }
  }
}
