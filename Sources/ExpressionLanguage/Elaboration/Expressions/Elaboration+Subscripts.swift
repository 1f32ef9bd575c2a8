import Diagnostics
import Layers
import TensorExpressions

/// Slices and places, `x[:, 1:-1, 0]`.
extension Elaboration {
  mutating func subscripted(
    _ whole: SyntaxExpression, _ all: [SubscriptItem], _ range: SourceRange
  ) -> Value? {
    var (receiver, items) = (whole, all)
    if activeStep != nil, mentionsStep(items) {
      guard let apart = lookupsApart(receiver, items) else {
        return stepPart(receiver, items, range)
      }
      (receiver, items) = apart
    }
    if failAmbiguousPart(receiver, items, range) { return nil }
    let value = isPair(receiver) ? evaluatePair(receiver) : evaluate(receiver)
    if let value, case .tensor(let x) = value, let arrays = indexArrays(items) {
      return lookedUp(x, receiver, items, arrays, range)
    }
    let subscripts = items.map { axisSubscript($0) }
    guard let value else { return nil }
    if case .list(let entries) = value, subscripts.count == 1,
      case .index(let place)? = subscripts[0], let number = place.asInt,
      entries.indices.contains(number < 0 ? number + entries.count : number)
    {
      return entries[number < 0 ? number + entries.count : number]
    }
    guard !value.isScalarValue else {
      fail(.value(.subscriptOfNumber), range)
      return nil
    }
    guard let x = tensor(value, receiver) else { return nil }
    let known = subscripts.compactMap { $0 }
    guard known.count == subscripts.count else { return nil }
    let bracket = range.end > receiver.range.end
    let assumptions = assumptions
    return fitting(
      bracket ? .init(start: receiver.range.end, end: range.end) : range, range,
      [ShapedOperand(range: receiver.range, shape: x.shape)]
    ) { () throws(ShapeError) in try x.subscripted(known, assuming: assumptions) }
    .map { .tensor($0) }
  }

  mutating func axisSubscript(_ item: SubscriptItem) -> AxisSubscript? {
    switch item {
    case .index(let place):
      if case .attribute(let receiver, let name) = place.kind, name.name == "newaxis",
        framework(receiver) != nil
      {
        return .newAxis
      }
      return evaluatePlace(place).map { .index($0) }
    case .ellipsis: return .ellipsis
    case .newAxis: return .newAxis
    case .slice(let start, let stop, let step):
      let bounds = [start, stop, step].map { bound in bound.map { evaluatePlace($0) } }
      for bound in bounds { if case .some(.none) = bound { return nil } }
      return .slice(
        from: bounds[0].flatMap { $0 }, to: bounds[1].flatMap { $0 },
        step: bounds[2].flatMap { $0 } ?? 1)
    }
  }

  private mutating func evaluatePlace(_ expression: SyntaxExpression) -> Size? {
    guard let value = evaluate(expression) else { return nil }
    guard let size = value.asSize, !size.isOverflowed else {
      fail(.value(.subscriptPlace(text(expression.range))), expression.range)
      return nil
    }
    return size
  }
}
