import Diagnostics
import Layers
import TensorExpressions

/// Indexing by arrays, `E[idx]`, `s[arange(N), t]`, `x[:, idx]`.
extension Elaboration {
  /// By item the array that it is; nil where none is one. Nothing is reported of items that are none.
  mutating func indexArrays(_ items: [SubscriptItem]) -> [TensorExpression?]? {
    let saved = (problems, evaluationSteps)
    let arrays = items.map { item -> TensorExpression? in
      guard case .index(let place) = item, !place.isPlainPlace, let value = evaluate(place),
        value.asSize == nil
      else { return nil }
      switch value {
      case .tensor(let tensor): return tensor
      case .list: return tensor(value, place)
      case .size, .number, .text, .flag, .none: return nil
      }
    }
    (problems, evaluationSteps) = saved
    return arrays.contains { $0 != nil } ? arrays : nil
  }

  /// `x[…]` with arrays among the items: where these stand beside each other, their axes stand there.
  mutating func lookedUp(
    _ x: TensorExpression, _ receiver: SyntaxExpression, _ items: [SubscriptItem],
    _ arrays: [TensorExpression?], _ range: SourceRange
  ) -> Value? {
    for (item, array) in zip(items, arrays) {
      guard case .index(let place) = item, let array else { continue }
      guard IndexForm(array, facts: assumptions.facts) != nil else {
        fail(.value(.subscriptPlace(text(place.range))), place.range)
        let isOfPlaces = TensorExpression.symbols(of: [array]).contains {
          $0.isIndexSymbol
        }
        problems[problems.count - 1].advice =
          isOfPlaces
          ? "places of places are looked up in two steps: `E[k][p]` for `E[k[p]]`"
          : array.indicator === array
            ? "a mask is a factor: `\(text(receiver.range)) * (\(text(place.range)))`, or `where(…)`"
            : "an array of places is declared `const idx: [N] index(V)`"
        return nil
      }
    }
    // Places beside arrays are arrays as well, so that they decide where the arrays' axes stand.
    let isArray = zip(items, arrays).map { item, array in
      if case .index(let place) = item {
        array != nil || !place.isPlainPlace || place.isNumber
      } else {
        false
      }
    }
    let first = isArray.firstIndex(of: true) ?? 0
    let last = isArray.lastIndex(of: true) ?? 0
    guard isArray[first...last].allSatisfy({ $0 }) else {
      fail(.value(.subscriptPlace(text(range))), range)
      problems[problems.count - 1].advice =
        "arrays that slices part come first in NumPy: take the slices in a subscript of its own"
      return nil
    }
    // The slices first, with the axes of arrays taken whole.
    let rest = zip(items, arrays).map { item, array -> AxisSubscript? in
      array == nil ? axisSubscript(item) : .all
    }
    let known = rest.compactMap { $0 }
    guard known.count == rest.count else { return nil }
    let assumptions = assumptions
    var isReadable = true
    let result = fitting(
      range, range, [ShapedOperand(range: receiver.range, shape: x.shape)]
    ) { () throws(ShapeError) in
      let sliced = try x.subscripted(known, assuming: assumptions)
      let axes = Self.axes(of: known, arrays, rank: x.rank)
      var places = Array(repeating: TensorExpression?.none, count: sliced.rank)
      for (axis, array) in axes { places[axis] = array }
      guard let value = try sliced.lookedUp(places, assuming: assumptions) else {
        isReadable = false
        return sliced
      }
      return value
    }
    guard isReadable else {
      fail(.value(.subscriptPlace(text(range))), range)
      return nil
    }
    return result.map { .tensor($0) }
  }

  /// The axes on which arrays stand once the other subscripts are applied.
  private static func axes(
    of subscripts: [AxisSubscript], _ arrays: [TensorExpression?], rank: Int
  ) -> [(axis: Int, array: TensorExpression)] {
    let taken = subscripts.filter { $0 != .newAxis && $0 != .ellipsis }.count
    var axis = 0
    var result: [(axis: Int, array: TensorExpression)] = []
    for (entry, array) in zip(subscripts, arrays) {
      if let array { result.append((axis, array)) }
      switch entry {
      case .index: break
      case .slice, .newAxis: axis += 1
      case .ellipsis: axis += rank - taken
      }
    }
    return result
  }
}

extension SyntaxExpression {
  /// Whether it is a number or a sign and a number, as most places are.
  fileprivate var isNumber: Bool {
    switch kind {
    case .number: true
    case .unary(_, let operand): operand.isNumber
    default: false
    }
  }

  /// Whether it can be no array: nothing that needs a look is evaluated twice.
  fileprivate var isPlainPlace: Bool {
    switch kind {
    case .number, .string, .boolean, .none: true
    case .unary(_, let operand): operand.isPlainPlace
    default: false
    }
  }
}
