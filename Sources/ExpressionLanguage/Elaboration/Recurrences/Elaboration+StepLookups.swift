import Diagnostics
import Layers
import TensorExpressions

/// Lookups at places that a step reads of an index tensor, `E[k[t]]`.
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

  /// `x[:, t, k[t]]` as `x[:, t, :][:, k[t]]`: what a step names outright comes first, and lookups in what is left; nil
  /// where there are no lookups.
  func lookupsApart(
    _ receiver: SyntaxExpression, _ items: [SubscriptItem]
  ) -> (receiver: SyntaxExpression, items: [SubscriptItem])? {
    let isLookup = items.map { lookupAtStep($0) != nil }
    guard isLookup.contains(true) else { return nil }
    let mentions = zip(items, isLookup).map { !$1 && $0.children.contains(where: mentionsStep) }
    guard mentions.contains(true) else { return (receiver, items) }
    let all = SubscriptItem.slice(start: nil, stop: nil, step: nil)
    let first = zip(items, isLookup).map { $1 ? all : $0 }
    let rest = zip(items, isLookup).compactMap { item, isLookup -> SubscriptItem? in
      if isLookup { return item }
      switch item {
      case .index: return nil
      case .slice, .newAxis: return all
      case .ellipsis: return item
      }
    }
    let part = SyntaxExpression(.subscripted(receiver, first), range: receiver.range)
    return (part, rest)
  }

  /// A step of an index tensor: the number that a step of its one-hot tensor stands for, so that it can be looked up.
  ///
  /// - Returns: nil for a tensor that is none, or the place of no single one.
  mutating func placeAtStep(
    _ value: TensorExpression, _ axis: Int, _ coordinate: Affine
  ) -> TensorExpression? {
    guard let form = IndexForm(value, facts: assumptions.facts), form.places.count == 1,
      form.rounded.isEmpty, form.base == Affine(), form.places[0].coefficients == [.one],
      let extent = form.places[0].extents.first,
      let hot = value.oneHot(extent, assuming: assumptions), hot.rank == value.rank + 1
    else { return nil }
    let ignored = hot.structure.ignoredIndex
    let isWhole = hot.structure.sumsToOne && isInside(coordinate, value.shape[axis])
    let row = stepContext?.open.entry(
      of: hot, axis: axis, at: coordinate,
      structure: .index(ignoring: isWhole ? nil : ignored ?? -1, axis: value.rank - 1))
    return row?.numbers(ignoring: ignored)
  }

  /// Whether all steps of the block read a place that is one.
  private func isInside(_ coordinate: Affine, _ extent: Size) -> Bool {
    guard let context = stepContext, coordinate.terms == Affine.index(0).terms else { return false }
    let lowest = context.first + coordinate.constant
    return assumptions.facts.isNonnegative(lowest)
      && assumptions.facts.isNonnegative(extent - lowest - context.count)
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
