import Diagnostics
import Layers
import TensorExpressions

/// Sums and products, which are flat chains.
extension Elaboration {
  mutating func chain(
    _ first: SyntaxExpression, _ links: [ChainLink], _ range: SourceRange
  ) -> Value? {
    if links.first?.operator.isSum == true { return sumChain(first, links) }
    // Every operand is looked at, so that every mistake is found.
    let firstValue = evaluateNumeric(first)
    let operands = links.map { evaluateNumeric($0.operand) }
    guard var value = firstValue else { return nil }
    var valueRange = first.range
    for (position, link) in links.enumerated() {
      guard let operand = operands[position] else { return nil }
      let chainOperation = ChainOperation(
        link: link, left: valueRange, first: position == 0 ? first : nil,
        isOnly: links.count == 1)
      guard let next = apply(chainOperation, value, operand) else { return nil }
      value = next
      valueRange = valueRange.union(link.operand.range)
    }
    return value
  }

  private mutating func evaluateNumeric(_ expression: SyntaxExpression) -> Value? {
    guard let value = evaluate(expression) else { return nil }
    return numeric(value, expression)
  }

  /// One operator of a product with what stands around it.
  private struct ChainOperation {
    let link: ChainLink
    /// The text left of the operator.
    let left: SourceRange
    /// The left operand, when it is a single one.
    let first: SyntaxExpression?
    /// Whether the chain has no other operator.
    let isOnly: Bool

    var right: SyntaxExpression { link.operand }
    var range: SourceRange { left.union(link.operand.range) }
  }

  private mutating func apply(
    _ operation: ChainOperation, _ a: Value, _ b: Value
  ) -> Value? {
    switch operation.link.operator {
    case .multiply: return multiply(operation, a, b)
    case .divide: return divide(operation, a, b)
    case .floorDivide: return floorDivide(operation, a, b)
    case .remainder: return remainder(operation, a, b)
    case .matrixMultiply: return matrixMultiply(operation, a, b)
    case .add, .subtract: return nil  // Sums are chains of their own.
    }
  }

  private mutating func multiply(
    _ operation: ChainOperation, _ a: Value, _ b: Value
  ) -> Value? {
    switch (a, b) {
    case (.tensor(let x), .tensor(let y)):
      return pair(operation, x, y) { x, y, assumptions throws(ShapeError) in
        try x.times(y, assuming: assumptions)
      }
    case (.tensor(let x), _):
      return b.asNumber.map { .tensor(x.scaled(by: $0)) }
    case (_, .tensor(let y)):
      return a.asNumber.map { .tensor(y.scaled(by: $0)) }
    default: return scalar(ScalarArithmetic.product(a, b), operation.range)
    }
  }

  private mutating func divide(_ operation: ChainOperation, _ a: Value, _ b: Value) -> Value? {
    if let divisor = b.asNumber, divisor.isZero {
      fail(.value(.divisionByZero), operation.right.range)
      return nil
    }
    switch (a, b) {
    case (.tensor(let x), .tensor(let y)):
      return pair(operation, x, y) { x, y, assumptions throws(ShapeError) in
        try x.over(y, assuming: assumptions)
      }
    case (.tensor(let x), _):
      return b.asNumber?.reciprocal.map { .tensor(x.scaled(by: $0)) }
    case (_, .tensor(let y)):
      return a.asNumber.map { .tensor(y.reciprocal.scaled(by: $0)) }
    default: return scalar(ScalarArithmetic.quotient(a, b), operation.range)
    }
  }

  private mutating func floorDivide(
    _ operation: ChainOperation, _ a: Value, _ b: Value
  ) -> Value? {
    guard let dividend = a.asSize, let divisor = b.asSize else {
      return quotient(operation, a, b) { quotient, _, _, _ in quotient }
    }
    guard !divisor.isZero else {
      fail(.value(.divisionByZero), operation.right.range)
      return nil
    }
    let quotient = dividend.flooredDivision(by: divisor)
    guard !quotient.isOverflowed else {
      fail(.size(.tooLarge), operation.range)
      return nil
    }
    return .size(quotient)
  }

  /// ⌊a/b⌋ of values, and what is made of it.
  private mutating func quotient(
    _ operation: ChainOperation, _ a: Value, _ b: Value,
    _ change: (
      _ quotient: TensorExpression, TensorExpression, TensorExpression, ShapeAssumptions
    ) throws(ShapeError) -> TensorExpression
  ) -> Value? {
    guard let x = tensor(a, operation.first ?? operation.right),
      let y = tensor(b, operation.right)
    else { return nil }
    if y.isZero {
      fail(.value(.divisionByZero), operation.right.range)
      return nil
    }
    return pair(operation, x, y) { x, y, assumptions throws(ShapeError) in
      let ratio = try x.over(y, assuming: assumptions)
      return try change(
        ratio.space.elementwise(.floor, [ratio]), x, y, assumptions)
    }
  }

  /// a − b·⌊a/b⌋, whose sign is the divisor's.
  private mutating func remainder(_ operation: ChainOperation, _ a: Value, _ b: Value) -> Value? {
    if let dividend = a.asSize, let divisor = b.asSize, !divisor.isZero {
      return scalar(
        .size(dividend - dividend.flooredDivision(by: divisor) * divisor), operation.range)
    }
    return quotient(operation, a, b) { quotient, x, y, assumptions throws(ShapeError) in
      try x.minus(y.times(quotient, assuming: assumptions), assuming: assumptions)
    }
  }

  private mutating func matrixMultiply(
    _ operation: ChainOperation, _ a: Value, _ b: Value
  ) -> Value? {
    guard let x = tensor(a, operation.first ?? operation.right),
      let y = tensor(b, operation.right)
    else { return nil }
    return pair(operation, x, y) { x, y, assumptions throws(ShapeError) in
      try x.matmul(y, assuming: assumptions)
    }
  }

  private mutating func scalar(_ value: Value?, _ range: SourceRange) -> Value? {
    if value == nil { fail(.value(.numberTooLarge), range) }
    return value
  }

  private mutating func pair(
    _ operation: ChainOperation, _ x: TensorExpression, _ y: TensorExpression,
    _ build: (TensorExpression, TensorExpression, ShapeAssumptions) throws(ShapeError) ->
      TensorExpression
  ) -> Value? {
    let assumptions = assumptions
    let operands = [
      ShapedOperand(range: operation.left, shape: x.shape),
      ShapedOperand(range: operation.right.range, shape: y.shape),
    ]
    let value = fitting(
      operation.link.operatorRange, operation.range, operands,
      repairs: repairs(of: operation, x, y)
    ) { () throws(ShapeError) in try build(x, y, assumptions) }
    return value.map { .tensor($0) }
  }

  /// Changes that often make a product fit: a transpose of either operand, or the operands exchanged.
  private func repairs(
    of operation: ChainOperation, _ x: TensorExpression, _ y: TensorExpression
  ) -> [Repair] {
    let (link, right) = (operation.link, operation.right)
    let leftText = text(operation.left)
    let symbol = link.operator.rawValue
    var repairs =
      alignments(of: right, y, with: x.shape) { "\(leftText) \(symbol) \($0)" }
      + (operation.first.map { first in
        alignments(of: first, x, with: y.shape) { "\($0) \(symbol) \(text(right.range))" }
      } ?? [])
    if y.rank >= 2 {
      let change = right.transposed(isStack: y.rank > 2)
      repairs.append(
        Repair(right.range, change, shown: "\(leftText) \(symbol) \(change)"))
    }
    guard let first = operation.first else { return repairs }
    if x.rank >= 2 {
      let change = first.transposed(isStack: x.rank > 2)
      repairs.append(
        Repair(first.range, change, shown: "\(change) \(symbol) \(text(right.range))"))
    }
    if operation.isOnly, link.operator == .multiply, x.rank > 0, y.rank > 0 {
      let product = SyntaxExpression(
        .chain(first, [ChainLink(.matrixMultiply, right, operatorRange: link.operatorRange)]),
        range: operation.range)
      repairs.insert(Repair(operation.range, product), at: 0)
    }
    if operation.isOnly, link.operator == .matrixMultiply {
      let change = SyntaxExpression(
        .chain(right, [ChainLink(link.operator, first, operatorRange: link.operatorRange)]),
        range: operation.range)
      repairs.append(Repair(operation.range, change))
    }
    return repairs
  }
}

extension SyntaxExpression {
  /// The transpose; of a transpose what it is of.
  fileprivate func transposed(isStack: Bool) -> SyntaxExpression {
    let name = isStack ? "mT" : "T"
    if case .attribute(let inner, let attribute) = kind, attribute.name == name {
      return inner
    }
    return SyntaxExpression(.attribute(self, Identifier(name, range: range)), range: range)
  }
}

// MARK: Sums

extension Elaboration {
  /// A sum, its terms put together at once so that a long one takes no quadratic time.
  fileprivate mutating func sumChain(_ first: SyntaxExpression, _ links: [ChainLink]) -> Value? {
    let firstValue = evaluateNumeric(first)
    let operands = links.map { evaluateNumeric($0.operand) }
    guard let firstValue else { return nil }
    var sum = OpenSum(firstValue)
    var left = first.range
    for (position, link) in links.enumerated() {
      guard var operand = operands[position] else { return nil }
      if link.operator == .subtract {
        guard let negated = negated(operand, link.operand.range) else { return nil }
        operand = negated
      }
      if let scalar = sum.scalar, operand.isScalarValue {
        guard let next = ScalarArithmetic.sum(scalar, operand) else {
          fail(.value(.numberTooLarge), left.union(link.operand.range))
          return nil
        }
        sum = OpenSum(next)
      } else if !append(operand, of: link, to: &sum, left) {
        return nil
      }
      left = left.union(link.operand.range)
    }
    return finished(sum)
  }

  private mutating func negated(_ value: Value, _ range: SourceRange) -> Value? {
    if case .tensor(let tensor) = value { return .tensor(-tensor) }
    return scalar(ScalarArithmetic.negated(value), range)
  }

  /// A sum under way: its terms, and the shape that they broadcast to.
  fileprivate struct OpenSum {
    var terms: [Value]
    var shape: [Size]

    init(_ value: Value) {
      terms = [value]
      if case .tensor(let tensor) = value { shape = tensor.shape } else { shape = [] }
    }

    /// The only term, when it is a size or number.
    var scalar: Value? { terms.count == 1 && terms[0].isScalarValue ? terms[0] : nil }
  }

  private mutating func append(
    _ operand: Value, of link: ChainLink, to sum: inout OpenSum, _ left: SourceRange
  ) -> Bool {
    if case .tensor(let tensor) = operand, tensor.shape != sum.shape {
      do throws(ShapeError) {
        sum.shape = try TensorExpression.broadcastShape(
          [sum.shape, tensor.shape], assuming: assumptions)
        takeConditions(left.union(link.operand.range))
      } catch {
        fail(
          .shape(error, operation: text(left.union(link.operand.range))), link.operatorRange,
          labels: [
            Diagnostic.Label(left, shapeText(sum.shape)),
            Diagnostic.Label(link.operand.range, shapeText(tensor.shape)),
          ],
          repairs: alignments(of: link.operand, tensor, with: sum.shape) {
            "\(text(left)) \(link.operator.rawValue) \($0)"
          } + (tensor.rank == 2 ? [transposing(link, after: left)] : []))
        return false
      }
    }
    sum.terms.append(operand)
    return true
  }

  private func transposing(_ link: ChainLink, after left: SourceRange) -> Repair {
    let change = link.operand.transposed(isStack: false)
    return Repair(
      link.operand.range, change, shown: "\(text(left)) \(link.operator.rawValue) \(change)")
  }

  private func finished(_ sum: OpenSum) -> Value? {
    if sum.terms.count == 1 { return sum.terms[0] }
    var terms: [TensorExpression] = []
    for term in sum.terms {
      if case .tensor(let tensor) = term {
        guard let repeated = try? tensor.broadcast(to: sum.shape, assuming: assumptions) else {
          return nil
        }
        terms.append(repeated)
      } else if let number = term.asNumber {
        terms.append(space.filled(number, sum.shape))
      }
    }
    return .tensor(space.sum(terms, shape: sum.shape))
  }
}

extension Value {
  /// Whether it is a size or number and no tensor.
  var isScalarValue: Bool { asNumber != nil }
}
