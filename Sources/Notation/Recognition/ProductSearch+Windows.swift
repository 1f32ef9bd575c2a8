import TensorExpressions

/// Sums over windows of one tensor, and their adjoints.
extension ProductSearch {
  /// Sums over windows of one tensor, and their adjoint: convolutions with a kernel of ones.
  func windowSums(_ a: Candidate, _ around: Surroundings) -> [Candidate] {
    var pooled: [SpatialAxis] = []
    for label in a.layout where label != Self.unit {
      let terms = labels[label].coordinate.terms
      guard terms.count == 2 else { continue }
      let closed = terms.filter { term in
        !around.indices.contains(term.index)
          && !a.layout.contains {
            $0 != label && $0 != Self.unit && indices(of: $0).contains(term.index)
          }
      }
      guard closed.count == 1, let k = closed.first,
        let p = terms.first(where: { $0.index != k.index }), k.coefficient.isOne,
        let grid = plainLabel(of: p.index), around.labels.contains(grid),
        !a.layout.contains(grid)
      else { continue }
      pooled.append(
        SpatialAxis(
          image: label, grid: grid, kernel: k.index, stride: p.coefficient, dilation: .one,
          constant: labels[label].coordinate.constant))
    }
    return ChannelOrder.allCases.compactMap { order in
      pooling(a, pooled, order) ?? unpooling(a, order, around)
    }
  }

  private func pooling(
    _ a: Candidate, _ axes: [SpatialAxis], _ order: ChannelOrder
  ) -> Candidate? {
    let rest = others(a.layout, without: axes.map(\.image))
    guard (1...2).contains(axes.count), rest.count <= 2 else { return nil }
    let leading = Array(repeating: Self.unit, count: 2 - rest.count) + rest
    guard
      let image = arranged(
        a, order.tensor(leading[0], leading[1], axes.map(\.image)))
    else { return nil }
    for axis in axes {
      let before = -axis.constant
      let reached =
        (extent(of: axis.image) + before * 2 - extents[axis.kernel]).flooredDivision(
          by: axis.stride) + 1
      guard facts.isNonnegative(before), facts.isPositive(axis.stride),
        reached == extent(of: axis.grid)
      else { return nil }
    }
    var outer = FormulaProduct(
      coefficient: Coefficient(Size.product(axes.map { extents[$0.kernel] })), scalars: [],
      entries: [])
    let pooling = FormulaPooling(
      kind: .average, isChannelsLast: order == .last,
      operand: image.formula.withoutScalars(into: &outer),
      window: axes.map { extents[$0.kernel] }, strides: axes.map(\.stride),
      paddings: axes.map { -$0.constant }, dilations: axes.map { _ in .one })
    return Candidate(
      formula: Formula(outer.times(Formula.pooling(pooling).asProduct)),
      layout: order.tensor(leading[0], leading[1], axes.map(\.grid)),
      cost: image.cost + (order == .first ? 10 : 11), gathered: a.gathered)
  }

  private func unpooling(
    _ a: Candidate, _ order: ChannelOrder, _ around: Surroundings
  ) -> Candidate? {
    var axes: [SpatialAxis] = []
    for grid in a.layout {
      guard let p = plainIndex(grid) else { continue }
      let images = around.labels.filter { indices(of: $0).contains(p) }
      guard images.count == 1, let image = images.first else { continue }
      let terms = labels[image].coordinate.terms
      guard terms.count == 2, let k = terms.first(where: { $0.index != p }), k.coefficient.isOne,
        labels.indices.allSatisfy({ $0 == image || !indices(of: $0).contains(k.index) })
      else { continue }
      axes.append(
        SpatialAxis(
          image: image, grid: grid, kernel: k.index,
          stride: labels[image].coordinate.coefficient(of: p), dilation: .one,
          constant: labels[image].coordinate.constant))
    }
    let rest = others(a.layout, without: axes.map(\.grid))
    guard (1...2).contains(axes.count), rest.count <= 2,
      axes.allSatisfy({ facts.isPositive($0.stride) })
    else { return nil }
    let leading = Array(repeating: Self.unit, count: 2 - rest.count) + rest
    guard let grid = arranged(a, order.tensor(leading[0], leading[1], axes.map(\.grid))) else {
      return nil
    }
    let windows = axes.map { extents[$0.kernel] }
    let channels = extent(of: leading[1])
    var paddings: [FormulaPadding] = []
    var output: [Size] = []
    var added: [Size] = []
    var isSmallest = true
    for (axis, window) in zip(axes, windows) {
      let before = -axis.constant
      let smallest = (extent(of: axis.grid) - 1) * axis.stride - before * 2 + window
      let missing = extent(of: axis.image) - smallest
      guard facts.isNonnegative(before), facts.isNonnegative(missing),
        facts.isAtMost(missing + 1, axis.stride)
      else { return nil }
      isSmallest = isSmallest && missing.isZero
      output.append(extent(of: axis.image))
      added.append(missing)
      paddings.append(FormulaPadding(before: before, after: before))
    }
    let kernel = order == .first ? [channels, .one] + windows : windows + [channels, .one]
    let formula = convolutionFormula(
      grid.formula, .filled(.ones(kernel)), axes, Channels(groups: channels), order, paddings,
      output: isSmallest ? nil : (output, added), isTransposed: true)
    return Candidate(
      formula: formula, layout: order.tensor(leading[0], leading[1], axes.map(\.image)),
      cost: grid.cost + (order == .first ? 14 : 15),
      gathered: a.gathered.union(NumberSet(axes.map(\.image))))
  }
}
