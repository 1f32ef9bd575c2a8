import Diagnostics
import Layers
import Scalars
import TensorExpressions

/// Powers and comparisons.
extension Elaboration {
  mutating func power(
    _ base: SyntaxExpression, _ exponent: SyntaxExpression, _ range: SourceRange
  ) -> Value? {
    let baseValue = evaluate(base).flatMap { numeric($0, base) }
    let exponentValue = evaluate(exponent).flatMap { numeric($0, exponent) }
    guard let baseValue, let exponentValue else { return nil }
    let number = exponentValue.asNumber?.asRational
    if baseValue.isScalarValue, let whole = number?.asInt, whole != .min {
      if baseValue.asNumber?.isZero == true, whole < 0 {
        fail(.value(.divisionByZero), base.range)
        return nil
      }
      guard let power = ScalarArithmetic.power(baseValue, whole) else {
        fail(.value(.numberTooLarge), range)
        return nil
      }
      return power
    }
    guard let x = tensor(baseValue, base) else { return nil }
    if let number { return .tensor(x.power(number)) }
    guard let y = tensor(exponentValue, exponent) else { return nil }
    let assumptions = assumptions
    let operands = [
      ShapedOperand(range: base.range, shape: x.shape),
      ShapedOperand(range: exponent.range, shape: y.shape),
    ]
    let place = place(of: "**", between: base, exponent) ?? range
    return fitting(place, range, operands) { () throws(ShapeError) in
      try x.power(y, assuming: assumptions)
    }.map { .tensor($0) }
  }

  /// The mask of a comparison: 1 where it holds, else 0.
  mutating func compare(
    _ comparison: ComparisonOperator, _ left: SyntaxExpression, _ right: SyntaxExpression,
    _ range: SourceRange
  ) -> Value? {
    if let mask = stepComparison(comparison, left, right) { return .tensor(mask) }
    let a = evaluate(left).flatMap { numeric($0, left) }
    let b = evaluate(right).flatMap { numeric($0, right) }
    guard let a, let b, let x = tensor(a, left), let y = tensor(b, right) else { return nil }
    let operands = [
      ShapedOperand(range: left.range, shape: x.shape),
      ShapedOperand(range: right.range, shape: y.shape),
    ]
    let assumptions = assumptions
    let place = place(of: comparison.rawValue, between: left, right) ?? range
    return fitting(place, range, operands) { () throws(ShapeError) in
      switch comparison {
      case .greater: try Self.isGreater(x, y, assumptions)
      case .less: try Self.isGreater(y, x, assumptions)
      case .greaterOrEqual: 1 - (try Self.isGreater(y, x, assumptions))
      case .lessOrEqual: 1 - (try Self.isGreater(x, y, assumptions))
      case .equal: try x.isEqual(to: y, assuming: assumptions)
      case .notEqual: 1 - (try x.isEqual(to: y, assuming: assumptions))
      }
    }.map { .tensor($0) }
  }

  /// Where an operator stands between its operands.
  private func place(
    of symbol: String, between left: SyntaxExpression, _ right: SyntaxExpression
  ) -> SourceRange? {
    let text = program.source.utf8
    let symbol = Array(symbol.utf8)
    var start = left.range.end
    while start + symbol.count <= min(right.range.start, text.count) {
      if text[start..<(start + symbol.count)].elementsEqual(symbol) {
        return SourceRange(start: start, end: start + symbol.count)
      }
      start += 1
    }
    return nil
  }

  /// step(a − b), without the difference where one side is the number 0.
  private static func isGreater(
    _ a: TensorExpression, _ b: TensorExpression, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    if b.rank == 0, b.isZero { return step(a) }
    if a.rank == 0, a.isZero { return step(-b) }
    return try a.isGreater(than: b, assuming: assumptions)
  }
}
