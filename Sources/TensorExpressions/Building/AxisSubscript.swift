/// One entry of a subscript, `x[:, 1:-1, ::2, None, 3]`.
public enum AxisSubscript: Hashable, Sendable {
  /// One place, whose axis is dropped; a negative one counts from the end.
  case index(Size)
  /// `from:to:step`, with Python's meaning.
  case slice(from: Size?, to: Size?, step: Size)
  /// A new axis of extent 1.
  case newAxis
  /// As many whole axes as are left.
  case ellipsis

  /// The whole axis.
  public static let all = AxisSubscript.slice(from: nil, to: nil, step: 1)
}

extension TensorExpression {
  /// The part of the tensor that a subscript selects, with NumPy's meaning: bounds may be negative and are clipped,
  /// axes that are not mentioned are taken whole.
  ///
  /// Bounds that are not numbers are clipped where that can be decided and are assumed to lie inside the axis
  /// otherwise.
  public func subscripted(
    _ subscripts: [AxisSubscript], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    var target: [Size] = []
    var access: [Affine] = []
    for entry in try expandingEllipsis(subscripts) {
      if case .newAxis = entry {
        target.append(.one)
        continue
      }
      let extent = shape[access.count]
      let bounds = AxisBounds(extent: extent, axis: access.count, shape: shape, assumptions)
      switch entry {
      case .newAxis, .ellipsis: continue
      case .index(let place): access.append(.constant(try bounds.place(place)))
      case .slice(let from, let to, let step):
        let (start, count) = try bounds.slice(from: from, to: to, step: step)
        access.append(Affine.index(target.count) * step + start)
        target.append(count)
      }
    }
    if let value = asConstant { return space.filled(value, target) }
    return reindexed(access, to: target)
  }

  private func expandingEllipsis(
    _ subscripts: [AxisSubscript]
  ) throws(ShapeError) -> [AxisSubscript] {
    let taken = subscripts.filter { $0 != .newAxis && $0 != .ellipsis }.count
    let ellipses = subscripts.filter { $0 == .ellipsis }.count
    guard taken <= rank else {
      throw .rank(function: "subscript", expected: "at least \(taken)", found: shape)
    }
    guard ellipses <= 1 else {
      throw .argument(function: "subscript", name: "...", rule: "stands at most once")
    }
    let rest = Array(repeating: AxisSubscript.all, count: rank - taken)
    if ellipses == 0 { return subscripts + rest }
    return subscripts.flatMap { $0 == .ellipsis ? rest : [$0] }
  }
}

/// Python's rules for places in one axis.
private struct AxisBounds {
  let extent: Size
  let axis: Int
  let shape: [Size]
  let assumptions: ShapeAssumptions

  init(extent: Size, axis: Int, shape: [Size], _ assumptions: ShapeAssumptions) {
    self.extent = extent
    self.axis = axis
    self.shape = shape
    self.assumptions = assumptions
  }

  /// A single place, counted from the front.
  func place(_ place: Size) throws(ShapeError) -> Size {
    let fromFront = isNegative(place) ? place + extent : place
    guard assumptions.isAtLeast(fromFront, 0), assumptions.isAtLeast(extent - 1 - fromFront, 0)
    else {
      throw .argument(
        function: "subscript", name: "\(place)",
        rule: "lies outside axis \(axis) of extent \(extent)")
    }
    return fromFront
  }

  /// The first place of a slice and the number of places.
  func slice(from: Size?, to: Size?, step: Size) throws(ShapeError) -> (start: Size, count: Size) {
    guard !step.isZero else {
      throw .argument(function: "subscript", name: "step", rule: "is not 0")
    }
    if isNegative(step) {
      // Down from the last place; the end that is left out is the place before the first.
      let start = try from.map { place throws(ShapeError) in
        try clipped(place, into: -1, extent - 1)
      }
      let stop = try to.map { place throws(ShapeError) in try clipped(place, into: -1, extent - 1) }
      let first = start ?? extent - 1
      return (first, try count(first - (stop ?? -1), by: -step))
    }
    guard assumptions.isAtLeast(step, 1) else {
      throw .argument(function: "subscript", name: "step", rule: "has a known sign")
    }
    let start = try from.map { place throws(ShapeError) in try clipped(place, into: 0, extent) }
    let stop = try to.map { place throws(ShapeError) in try clipped(place, into: 0, extent) }
    return (start ?? 0, try count((stop ?? extent) - (start ?? 0), by: step))
  }

  /// ⌈length / step⌉, or 0 for a negative length.
  private func count(_ length: Size, by step: Size) throws(ShapeError) -> Size {
    if isAtMost(length, 0) { return .zero }
    guard assumptions.isAtLeast(length, 0) else {
      throw .emptyExtent(function: "subscript", axis: axis, extent: length)
    }
    return (length + step - 1).flooredDivision(by: step)
  }

  private func clipped(_ place: Size, into low: Size, _ high: Size) throws(ShapeError) -> Size {
    let fromFront = isNegative(place) ? place + extent : place
    if isAtMost(fromFront, low) { return low }
    if isAtMost(high, fromFront) { return high }
    guard assumptions.isAtLeast(fromFront - low, 0), assumptions.isAtLeast(high - fromFront, 0)
    else {
      throw .argument(
        function: "subscript", name: "\(place)",
        rule: "lies outside axis \(axis) of extent \(extent)")
    }
    return fromFront
  }

  private func isNegative(_ size: Size) -> Bool { isAtMost(size, -1) }
  private func isAtMost(_ a: Size, _ b: Size) -> Bool { assumptions.facts.isAtMost(a, b) }
}
