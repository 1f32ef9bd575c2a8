import TensorExpressions

/// Maxima and minima over windows and axes, and their selectors.
extension FormulaBuilder {
  mutating func extremumPiece(_ extremum: Extremum) -> Piece {
    let operand = known(extremum.operand).full(extremum.operand.shape)
    if extremum.isRanked {
      return Piece(formula: Self.ordered(extremum, operand), shape: extremum.outputExtents)
    }
    if let pooling = pooling(extremum, operand) {
      return Piece(formula: .pooling(pooling), shape: extremum.outputExtents)
    }
    if let reduction = reduction(extremum) {
      return Piece(formula: .reduction(reduction, operand), shape: extremum.outputExtents)
    }
    let (windows, reduction) = unfolded(extremum)
    return Piece(formula: .reduction(reduction, windows), shape: extremum.outputExtents)
  }

  /// `sort(x)`, or `topk(x, k)`, along the last axis.
  private static func ordered(_ e: Extremum, _ operand: Formula) -> Formula {
    let isDescending = e.kind == .maximum
    let axis = Formula.number(Coefficient(Size(-1)))
    guard let count = e.outputExtents.last, count == e.windowExtents[0] else {
      let count = Formula.number(Coefficient(e.outputExtents.last ?? .one))
      let rest = isDescending ? [] : [axis, Formula.name("False")]
      return .function("topk", [operand, count] + rest)
    }
    return .function("sort", [operand] + (isDescending ? [axis, .name("True")] : []))
  }

  /// `one_hot(argsort(x), n)`, whose ranks stand before its places.
  private static func places(_ e: Extremum, _ operand: Formula) -> Formula {
    let rank = e.outputExtents.count
    let rest: [Formula] =
      e.kind == .maximum ? [.number(Coefficient(Size(-1))), .name("True")] : []
    var places = Formula.function("argsort", [operand] + rest)
    if let count = e.outputExtents.last, count != e.windowExtents[0] {
      let all = Array(repeating: FormulaSlice.all, count: rank - 1)
      places = .view(
        .slice(all + [.range(start: .zero, stop: count, step: 1, extent: e.windowExtents[0])]),
        places)
    }
    return .function("one_hot", [places, .number(Coefficient(e.windowExtents[0]))])
  }

  mutating func selectorPiece(_ extremum: Extremum, shape: [Size]) -> Piece {
    let operand = known(extremum.operand).full(extremum.operand.shape)
    if extremum.isRanked {
      return Piece(formula: Self.places(extremum, operand), shape: shape)
    }
    if let pooling = pooling(extremum, operand) {
      return Piece(formula: .selector(.pooling(pooling)), shape: shape)
    }
    if let reduction = reduction(extremum), !reduction.keepsAxes {
      return Piece(formula: .selector(.reduction(reduction, operand)), shape: shape)
    }
    let (windows, reduction) = unfolded(extremum)
    return Piece(formula: .selector(.reduction(reduction, windows)), shape: shape)
  }

  /// A temporary with an axis for every window index, and the reduction over these.
  ///
  /// Windows that reach over the edge would see zeros there, which take no part in an extremum; no function makes
  /// such ones but pooling.
  private mutating func unfolded(_ e: Extremum) -> (Formula, FormulaReduction) {
    let extents = e.outputExtents + e.windowExtents
    let name = freshName()
    let contraction = Contraction(
      indices: extents, output: extents.indices.map(Affine.index),
      operands: [Contraction.Operand(e.operand, e.access)])
    let statement = indexStatement(name: name, contraction, shape: extents)
    add(.statements(name: name, [statement], shape: extents))
    return (
      .name(name),
      FormulaReduction(
        kind: e.kind == .maximum ? .max : .min,
        axes: Array(e.outputExtents.count..<extents.count), keepsAxes: false, rank: extents.count)
    )
  }

  /// The windows as those of a pooling over two or one axes besides batch and channels.
  private func pooling(_ e: Extremum, _ operand: Formula) -> FormulaPooling? {
    let rank = e.operand.rank
    let spatial = e.windowExtents.count
    guard e.kind == .maximum, e.outputExtents.count == rank, (1...2).contains(spatial),
      rank == spatial + 2
    else { return nil }
    for isLast in [false, true] {
      let first = isLast ? 1 : 2
      let others = (0..<rank).filter { $0 < first || $0 >= first + spatial }
      guard others.allSatisfy({ isKept($0, in: e) }) else { continue }
      var result = FormulaPooling(
        kind: .maximum, isChannelsLast: isLast, operand: operand, window: e.windowExtents,
        strides: [], paddings: [], dilations: [])
      for i in 0..<spatial {
        guard let (stride, dilation) = steps(e, axis: first + i, window: i) else { break }
        result.strides.append(stride)
        result.dilations.append(dilation)
        result.paddings.append(-e.access[first + i].constant)
      }
      if result.strides.count == spatial,
        result.paddings.allSatisfy({ SizeFacts().isNonnegative($0) })
      {
        result.hangsOver = Self.hangsOver(result, e, first: first)
        return result
      }
    }
    return nil
  }

  /// Whether there are as many windows as with those that hang over the edge, and not as many as without them.
  private static func hangsOver(_ p: FormulaPooling, _ e: Extremum, first: Int) -> Bool {
    let counts = p.window.indices.map { i in
      let (before, stride) = (p.paddings[i], p.strides[i])
      let end = e.operand.shape[first + i] + before
      let room = end + before - (p.window[i] - 1) * p.dilations[i] - 1
      let inside = room.flooredDivision(by: stride) + 1
      let all = (room + stride - 1).flooredDivision(by: stride) + 1
      // A window that starts behind the last entry is none.
      let isTooMany = SizeFacts().isNonnegative((all - 1) * stride - end)
      return (inside: inside, hanging: isTooMany ? all - 1 : all, found: e.outputExtents[first + i])
    }
    return counts.contains { $0.found != $0.inside } && counts.allSatisfy { $0.found == $0.hanging }
  }

  /// Whether the axis of the output is that of the operand.
  private func isKept(_ axis: Int, in e: Extremum) -> Bool {
    let extent = e.outputExtents[axis]
    guard extent == e.operand.shape[axis] else { return false }
    if e.access[axis].asIndex == axis { return true }
    return extent.isOne && e.access[axis] == .constant(.zero)
  }

  /// The stride and dilation of a spatial axis.
  private func steps(_ e: Extremum, axis: Int, window: Int) -> (Size, Size)? {
    let index = e.operand.rank + window
    let stride = e.access[axis].coefficient(of: axis)
    let dilation = e.access[axis].coefficient(of: index)
    guard e.access[axis].terms.allSatisfy({ $0.index == axis || $0.index == index }),
      e.outputExtents[axis].isOne || !stride.isZero,
      e.windowExtents[window].isOne || !dilation.isZero
    else { return nil }
    return (stride.isZero ? e.windowExtents[window] : stride, dilation.isZero ? .one : dilation)
  }

  /// The windows as whole axes.
  private func reduction(_ e: Extremum) -> FormulaReduction? {
    var axes: [Int] = []
    var kept: [Int] = []
    for (axis, coordinate) in e.access.enumerated() {
      if let index = coordinate.asIndex {
        if index >= e.outputExtents.count {
          guard e.windowExtents[index - e.outputExtents.count] == e.operand.shape[axis] else {
            return nil
          }
          axes.append(axis)
        } else {
          guard e.outputExtents[index] == e.operand.shape[axis] else { return nil }
          kept.append(index)
        }
      } else {
        guard coordinate.isConstant, coordinate.constant.isZero, e.operand.shape[axis].isOne else {
          return nil
        }
        axes.append(axis)
      }
    }
    guard kept == kept.sorted() else { return nil }
    let keeps = e.outputExtents.count == e.operand.rank && !axes.isEmpty
    if !keeps, kept.count != e.outputExtents.count { return nil }
    if keeps, !kept.allSatisfy({ e.access[$0].asIndex == $0 }) { return nil }
    return FormulaReduction(
      kind: e.kind == .maximum ? .max : .min,
      axes: axes.count == e.operand.rank && !keeps ? nil : axes, keepsAxes: keeps,
      rank: e.operand.rank)
  }
}
