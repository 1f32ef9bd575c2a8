/// Tensors laid into larger ones, and entries moved along axes.
extension TensorExpression {
  /// The tensor of shape `target` that holds this one at `offset`, zero elsewhere; what does not fit is cut off.
  public func embedded(at offset: [Affine], in target: [Size]) -> TensorExpression {
    let plain = shape.indices.map(Affine.index)
    let value = asConstant
    return space.contraction(
      Contraction(
        coefficient: value ?? .one, indices: shape, output: offset,
        operands: value == nil ? [Contraction.Operand(self, plain)] : []),
      shape: target)
  }

  /// The tensor with zeros before and after each axis; negative amounts cut off.
  public func padded(
    _ amounts: [(before: Size, after: Size)], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    guard amounts.count == rank else {
      throw .argument(function: "pad", name: "pairs", rule: "has one pair for each of \(rank) axes")
    }
    var target: [Size] = []
    for (axis, amount) in amounts.enumerated() {
      let extent = amount.before + shape[axis] + amount.after
      guard assumptions.isAtLeast(extent, 0) else {
        throw .emptyExtent(function: "pad", axis: axis, extent: extent)
      }
      target.append(extent)
    }
    if amounts.allSatisfy({ $0.before.isZero && $0.after.isZero }) { return self }
    return embedded(at: amounts.enumerated().map { .index($0) + $1.before }, in: target)
  }

  /// The tensor with the entries along axes in the opposite order.
  public func flipped(axes: [Int]? = nil) throws(ShapeError) -> TensorExpression {
    let flipped = try normalizedAxes(axes)
    return reindexed(
      shape.enumerated().map { axis, extent in
        flipped.contains(axis) ? Affine.index(axis) * -1 + (extent - 1) : .index(axis)
      }, to: shape)
  }

  /// The tensor with its entries moved on along an axis, those that leave the end coming in at the start.
  ///
  /// ```
  /// y[(i + shift) mod n] = x[i]
  /// ```
  ///
  /// Where the extent is no number, the shift must not exceed it.
  public func rolled(
    by shift: Size, axis: Int, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    let axis = try normalizedAxis(axis)
    let extent = shape[axis]
    var shift = shift
    if let s = shift.asInt, let n = extent.asInt {
      let remainder = n == 0 ? 0 : s % n
      shift = Size(remainder < 0 ? remainder + n : remainder)
    }
    if shift.isZero { return self }
    let backwards = assumptions.facts.isAtMost(shift, 0)
    let distance = backwards ? -shift : shift
    guard assumptions.isAtLeast(distance, 0), assumptions.isAtLeast(extent - distance, 0) else {
      throw .argument(
        function: "roll", name: "shift", rule: "is at most the extent of axis \(axis), \(extent)")
    }
    func moved(by offset: Size) -> TensorExpression {
      embedded(at: shape.indices.map { $0 == axis ? .index($0) + offset : .index($0) }, in: shape)
    }
    let around = backwards ? shift + extent : shift - extent
    return space.sum([moved(by: shift), moved(by: around)], shape: shape)
  }

  /// The tensors one after the other along an axis.
  public static func concatenated(
    _ parts: [TensorExpression], axis: Int = 0, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    guard let first = parts.first else {
      throw .argument(function: "concat", name: "list", rule: "is not empty")
    }
    let axis = try first.normalizedAxis(axis)
    for part in parts.dropFirst() {
      guard part.rank == first.rank else {
        throw .rank(function: "concat", expected: "\(first.rank)", found: part.shape)
      }
      for other in first.shape.indices where other != axis {
        guard assumptions.areEqual(first.shape[other], part.shape[other]) else {
          throw .extent(
            function: "concat", what: "axis \(other)", expected: first.shape[other],
            found: part.shape[other])
        }
      }
    }
    if parts.count == 1 { return first }
    var target = first.shape
    target[axis] = parts.reduce(.zero) { $0 + $1.shape[axis] }
    var offset = Size.zero
    var terms: [TensorExpression] = []
    for part in parts {
      let place = part.shape.indices.map { $0 == axis ? Affine.index($0) + offset : .index($0) }
      terms.append(part.embedded(at: place, in: target))
      offset += part.shape[axis]
    }
    return first.space.sum(terms, shape: target)
  }

  /// The tensors, of one shape, side by side along a new axis.
  public static func stacked(
    _ parts: [TensorExpression], axis: Int = 0, assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    guard let first = parts.first else {
      throw .argument(function: "stack", name: "list", rule: "is not empty")
    }
    let rank = first.rank + 1
    guard axis >= -rank, axis < rank else { throw .axis(axis, shape: first.shape) }
    let place = axis < 0 ? axis + rank : axis
    var target = first.shape
    target.insert(Size(parts.count), at: place)
    var terms: [TensorExpression] = []
    for (position, part) in parts.enumerated() {
      guard part.rank == first.rank else {
        throw .rank(function: "stack", expected: "\(first.rank)", found: part.shape)
      }
      for (axis, extent) in part.shape.enumerated() {
        guard assumptions.areEqual(first.shape[axis], extent) else {
          throw .extent(
            function: "stack", what: "axis \(axis)", expected: first.shape[axis], found: extent)
        }
      }
      var output = part.shape.indices.map(Affine.index)
      output.insert(.constant(Size(position)), at: place)
      terms.append(part.embedded(at: output, in: target))
    }
    return first.space.sum(terms, shape: target)
  }
}
