import Diagnostics
import Layers
import TensorExpressions

/// Lookups at places that a step reads of an index tensor: `E[k[t]]` is the step of `E[k]`.
extension Elaboration {
  /// Whether the items are one place that a step names: `[k[t]]`.
  func areLookupAtStep(_ items: [SubscriptItem]) -> Bool {
    items.count == 1 && lookupAtStep(items[0]) != nil
  }

  /// The array and its subscript of `k[t]`; nil for any other item.
  private func lookupAtStep(
    _ item: SubscriptItem
  ) -> (array: SyntaxExpression, items: [SubscriptItem])? {
    guard case .index(let place) = item, case .subscripted(let array, let inner) = place.kind,
      mentionsStep(inner), !mentionsStep(array)
    else { return nil }
    return (array, inner)
  }

  /// `E[:, k[t]]` as the part `[:, t]` of `E[:, k]`; nil where it is no such lookup.
  mutating func stepOfLookup(
    _ receiver: SyntaxExpression, _ items: [SubscriptItem]
  ) -> (receiver: SyntaxExpression, items: [SubscriptItem])? {
    let places = items.indices.filter { items[$0].children.contains(where: mentionsStep) }
    guard places.count == 1, let place = places.first,
      let (array, inner) = lookupAtStep(items[place]), !readsBlock(receiver), isOfPlaces(array),
      indexArrays(items.indices.filter { $0 != place }.map { items[$0] }) == nil
    else { return nil }
    let axes = items[..<place].filter { item in
      switch item {
      case .slice, .newAxis: true
      case .index, .ellipsis: false
      }
    }
    guard axes.count == place else { return nil }
    var whole = items
    whole[place] = .index(array)
    let lookup = SyntaxExpression(
      .subscripted(receiver, whole), range: receiver.range.union(array.range))
    return (lookup, axes.map { _ in .slice(start: nil, stop: nil, step: nil) } + inner)
  }

  /// Whether an expression reads what the block defines or claims.
  private func readsBlock(_ expression: SyntaxExpression) -> Bool {
    if let name = expression.nameValue {
      return stepContext?.numbers[name] != nil || stepContext?.claims[name] != nil
    }
    return mentionsStep(expression) || expression.kind.children.contains(where: readsBlock)
  }

  private mutating func isOfPlaces(_ array: SyntaxExpression) -> Bool {
    let saved = (problems, evaluationSteps)
    defer { (problems, evaluationSteps) = saved }
    guard case .tensor(let value)? = outsideOfBlock({ $0.evaluate(array) }) else { return false }
    return IndexForm(value, facts: assumptions.facts) != nil
  }

  /// What `dE[k[t]] += value` adds to a tensor of a shape at one step: the value in the rows that the step names.
  ///
  /// ```
  /// dE[v, d] += hot[b, v] * value[b, d]
  /// ```
  mutating func rowsAtStep(_ statement: IndexStatement, shape: [Size]) -> TensorExpression? {
    let place = statement.target.indices[0]
    guard case .subscripted(let array, let inner) = place.kind,
      case .tensor(let numbers)? = outsideOfBlock({ $0.evaluate(array) }),
      let extent = shape.first, let hot = numbers.oneHot(extent, assuming: assumptions),
      let step = stepPlace(of: inner, exactly: false, rank: numbers.rank, place.range),
      inner.indices.allSatisfy({
        $0 == step.item || inner[$0] == .slice(start: nil, stop: nil, step: nil)
      }),
      let rows = read(.array(hot, name: nil), step.axis, step.coordinate, place.range),
      let value = evaluateStep(statement.value)
    else {
      if problems.isEmpty { fail(.value(.subscriptPlace(text(place.range))), place.range) }
      return nil
    }
    let entries = Array(rows.shape.dropLast())
    let rest = Array(shape.dropFirst())
    guard let whole = try? value.broadcast(to: entries + rest, assuming: assumptions) else {
      fail(
        .definition(
          .shape(
            name: statement.target.name.name, declared: entries + rest, found: value.shape)),
        statement.value.range)
      return nil
    }
    let e = entries.indices.map(Affine.index)
    let v = Affine.index(entries.count)
    let r = rest.indices.map { Affine.index(entries.count + 1 + $0) }
    return space.contraction(
      Contraction(
        indices: entries + [extent] + rest, output: [v] + r,
        operands: [.init(rows, e + [v]), .init(whole, e + r)]),
      shape: shape)
  }
}
