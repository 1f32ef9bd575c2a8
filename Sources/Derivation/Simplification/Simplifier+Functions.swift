import Scalars
import TensorExpressions

extension Simplifier {
  /// Rewrites a function of simplified operands.
  func rewritten(_ function: Elementwise, _ operands: [TensorExpression]) -> TensorExpression {
    let space = operands[0].space
    return step(orElse: space.elementwise(function, operands)) {
      self.applied(function, operands, space)
    }
  }

  private func applied(
    _ function: Elementwise, _ operands: [TensorExpression], _ space: ExpressionSpace
  ) -> TensorExpression {
    if let constant = ofConstants(function, operands) { return constant }
    if let result = ofKnownSign(function, operands) { return result }
    if leavesAxesOut, let result = withoutConstantAxes(operands, { rewritten(function, $0) }) {
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

  /// Rules *reciprocal*: 1/(c·a·b) = 1/c · 1/a · 1/b entry by entry, every factor read inside, and 1/(1/a) = a; a
  /// softmax stays itself.
  private func reciprocal(of x: TensorExpression) -> TensorExpression? {
    if case .elementwise(let function, let operands) = x.kind, function.name == "reciprocal" {
      return operands[0]
    }
    guard case .contraction(let c) = x.kind, c.isPointwise(over: x.shape), !c.operands.isEmpty,
      !x.isSoftmax, product(c, shape: x.shape).reachesEveryEntry(facts: facts),
      let inverse = c.coefficient.reciprocal,
      c.operands.count > 1 || !c.coefficient.isOne || c.operands[0].access != c.output
        || c.operands[0].value.shape != x.shape
    else { return nil }
    // Of entries that are not read there need be no reciprocals.
    let views = c.operands.map { $0.isRead(whole: c.indices) ? $0 : c.view(of: $0) }
    if views == [.init(x, c.output)] { return nil }
    let operands = views.map { operand in
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

extension Contraction {
  /// What an operand of a product entry by entry is at each entry.
  fileprivate func view(of operand: Operand) -> Operand {
    let value = operand.value.space.contraction(
      Contraction(indices: indices, output: output, operands: [operand]), shape: indices)
    return Operand(value, output)
  }
}

extension Contraction.Operand {
  /// Whether every entry is read where some indices range over whole axes.
  fileprivate func isRead(whole extents: [Size]) -> Bool {
    let read = access.compactMap(\.asIndex)
    return read.count == access.count && Set(read).count == read.count
      && zip(read, value.shape).allSatisfy { extents[$0] == $1 }
  }
}

extension TensorExpression {
  /// What a positive number scales, when the whole expression is scaled by one.
  var withoutPositiveScale: TensorExpression? {
    guard case .contraction(let c) = kind, !c.operands.isEmpty,
      let value = c.coefficient.asRational, value.signum() > 0, !value.isOne
    else { return nil }
    return space.contraction(c.scaled(by: Coefficient(value.reciprocal)), shape: shape)
  }
}
