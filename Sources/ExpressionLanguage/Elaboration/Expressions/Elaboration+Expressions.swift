import Diagnostics
import Layers
import Scalars
import TensorExpressions

/// Values of expressions. Nil is the value of an expression that failed: the problem is then in
/// ``Elaboration/problems``, or was reported where the failed name is defined.
extension Elaboration {
  /// The greatest number of expressions that a statement may come to.
  private static let stepLimit = 50_000

  mutating func evaluate(_ expression: SyntaxExpression) -> Value? {
    evaluationSteps += 1
    guard evaluationSteps <= Self.stepLimit else {
      if evaluationSteps == Self.stepLimit + 1 { fail(.value(.tooComplex), expression.range) }
      return nil
    }
    if let change = substitution, change.range == expression.range {
      substitution = nil
      defer { substitution = change }
      return evaluate(change.expression)
    }
    if accessReading != nil, let value = entry(at: expression) { return value }
    if let value = knownPart(expression) { return value }
    guard let value = computed(expression) else { return nil }
    return failInfinity(value, expression) ? nil : value
  }

  private mutating func computed(_ expression: SyntaxExpression) -> Value? {
    switch expression.kind {
    case .number(let literal): return number(literal, expression.range)
    case .string(let text): return .text(text)
    case .boolean(let flag): return .flag(flag)
    case .none: return Value.none
    case .name(let name): return lookUp(name, expression.range)
    case .unary(let sign, let operand): return signed(sign, operand)
    case .chain(let first, let links): return chain(first, links, expression.range)
    case .power(let base, let exponent): return power(base, exponent, expression.range)
    case .comparison(let comparison, let left, let right):
      return compare(comparison, left, right, expression.range)
    case .call(let function, let arguments):
      if let value = infinity(function, arguments) { return value }
      return call(function, nil, arguments, expression.range)
    case .methodCall(let receiver, let method, let arguments):
      return call(method, receiver, arguments, expression.range)
    case .attribute(let receiver, let name): return attribute(receiver, name, expression.range)
    case .subscripted(let receiver, let items):
      return subscripted(receiver, items, expression.range)
    case .tuple(let elements), .list(let elements): return list(elements)
    }
  }

  /// What the expression was found to mean before, in another change of its line.
  private func knownPart(_ expression: SyntaxExpression) -> Value? {
    guard let partSource, callRange == nil, !expression.kind.children.isEmpty else { return nil }
    return knownParts[partSource[expression.range]]
  }

  private mutating func list(_ elements: [SyntaxExpression]) -> Value? {
    let values = elements.map { evaluate($0) }
    let present = values.compactMap { $0 }
    return present.count == values.count ? .list(present) : nil
  }

  private mutating func number(_ literal: DecimalLiteral, _ range: SourceRange) -> Value? {
    if let value = literal.integerValue { return .size(Size(value)) }
    guard let value = Rational(parsing: literal.text.filter { $0 != "_" }) else {
      fail(.value(.numberTooLarge), range)
      return nil
    }
    return .number(Coefficient(value))
  }

  private mutating func signed(_ sign: UnaryOperator, _ operand: SyntaxExpression) -> Value? {
    guard let value = evaluate(operand), let numeric = numeric(value, operand) else { return nil }
    if sign == .plus { return numeric }
    if case .tensor(let tensor) = numeric { return .tensor(-tensor) }
    return ScalarArithmetic.negated(numeric)
  }

  /// A size, number or tensor; a list of them is stacked.
  mutating func numeric(_ value: Value, _ expression: SyntaxExpression) -> Value? {
    switch value {
    case .tensor, .size, .number: return value
    case .list: return tensor(value, expression).map { .tensor($0) }
    case .text, .flag, .none:
      fail(.value(.notNumeric(text(expression.range))), expression.range)
      return nil
    }
  }

  /// The value as a tensor.
  mutating func tensor(_ value: Value, _ expression: SyntaxExpression) -> TensorExpression? {
    switch value {
    case .tensor(let tensor): return tensor
    case .size, .number: return value.asNumber.map { space.filled($0) }
    case .list(let entries):
      var parts: [TensorExpression] = []
      for entry in entries {
        guard let part = tensor(entry, expression) else { return nil }
        parts.append(part)
      }
      let (stacked, assumptions) = (parts, assumptions)
      return fitting(expression.range, expression.range, []) { () throws(ShapeError) in
        try TensorExpression.stacked(stacked, assuming: assumptions)
      }
    case .text, .flag, .none:
      fail(.value(.notNumeric(text(expression.range))), expression.range)
      return nil
    }
  }

  mutating func evaluateTensor(_ expression: SyntaxExpression) -> TensorExpression? {
    guard let value = evaluate(expression) else { return nil }
    return tensor(value, expression)
  }

  /// An expression whose value must be a size.
  mutating func evaluateSize(_ expression: SyntaxExpression) -> Size? {
    guard let value = evaluate(expression) else { return nil }
    guard let size = value.asSize else {
      if let number = value.asNumber?.asRational, number.isInteger {
        fail(.size(.tooLarge), expression.range)
        return nil
      }
      var repairs: [Repair] = []
      if case .chain(let first, let links) = expression.kind,
        links.contains(where: { $0.operator == .divide })
      {
        let whole = links.map {
          $0.operator == .divide ? ChainLink(.floorDivide, $0.operand) : $0
        }
        repairs.append(
          Repair(
            expression.range, SyntaxExpression(.chain(first, whole), range: expression.range)))
      }
      fail(.size(.expected(text(expression.range))), expression.range, repairs: repairs)
      return nil
    }
    guard !size.isOverflowed else {
      fail(.size(.tooLarge), expression.range)
      return nil
    }
    return size
  }

  /// The result of building a node, or nil with the problem at `range`.
  ///
  /// - Parameters:
  ///   - range: the operator or function at fault.
  ///   - operation: the whole operation.
  ///   - operands: what is labelled with its shape.
  mutating func fitting(
    _ range: SourceRange, _ operation: SourceRange, _ operands: [ShapedOperand],
    repairs: [Repair] = [], _ build: () throws(ShapeError) -> TensorExpression
  ) -> TensorExpression? {
    do throws(ShapeError) {
      let value = try build()
      takeConditions(operation)
      return value
    } catch {
      let labels = operands.map { Diagnostic.Label($0.range, shapeText($0.shape)) }
      fail(
        .shape(error, operation: text(operation)), range,
        labels: labels.filter { $0.range != range }, repairs: repairs)
      return nil
    }
  }

  /// An operand of an operation, as a diagnostic shows it.
  struct ShapedOperand {
    let range: SourceRange
    let shape: [Size]
  }
}
