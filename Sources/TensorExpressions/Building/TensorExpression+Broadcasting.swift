extension TensorExpression {
  /// The shape that NumPy's rule gives: aligned at the last axis, where one of two extents is 1 the other wins.
  ///
  /// Extents are compared as formulas: two names never broadcast against each other.
  public static func broadcastShape(
    _ shapes: [[Size]], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> [Size] {
    var result: [Size] = []
    for shape in shapes {
      let rank = max(result.count, shape.count)
      var merged: [Size] = []
      for axis in 0..<rank {
        let fromEnd = rank - 1 - axis
        let a = fromEnd < result.count ? result[result.count - 1 - fromEnd] : .one
        let b = fromEnd < shape.count ? shape[shape.count - 1 - fromEnd] : .one
        if a == b || b.isOne {
          merged.append(a)
        } else if a.isOne {
          merged.append(b)
        } else if assumptions.areEqual(a, b) {
          merged.append(a)
        } else {
          throw .broadcast(lhs: result, rhs: shape, axisFromEnd: fromEnd)
        }
      }
      result = merged
    }
    return result
  }

  /// The operands, each repeated to the common shape.
  public static func broadcast(
    _ operands: [TensorExpression], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> [TensorExpression] {
    let shape = try broadcastShape(operands.map(\.shape), assuming: assumptions)
    var result: [TensorExpression] = []
    for operand in operands {
      result.append(try operand.broadcast(to: shape, assuming: assumptions))
    }
    return result
  }

  /// The tensor repeated along new leading axes and axes of extent 1.
  public func broadcast(
    to target: [Size], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    if shape == target { return self }
    guard shape.count <= target.count else {
      throw .broadcast(lhs: shape, rhs: target, axisFromEnd: target.count)
    }
    let offset = target.count - shape.count
    var access: [Affine] = []
    for (axis, extent) in shape.enumerated() {
      let wanted = target[offset + axis]
      if extent == wanted || (!extent.isOne && assumptions.areEqual(wanted, extent)) {
        access.append(.index(offset + axis))
      } else if extent.isOne {
        access.append(.constant(.zero))
      } else {
        throw .broadcast(lhs: shape, rhs: target, axisFromEnd: shape.count - 1 - axis)
      }
    }
    return reindexed(access, to: target)
  }

  /// The tensor `y[v] = x[access(v)]` of shape `target`, `v` running over all of it; zero where the access
  /// leaves `x`.
  ///
  /// A constant pattern stays one where the access never leaves it.
  public func reindexed(_ access: [Affine], to target: [Size]) -> TensorExpression {
    let output = target.indices.map(Affine.index)
    if let value = asConstant, isTotal(access, over: target) { return space.filled(value, target) }
    return space.contraction(
      Contraction(indices: target, output: output, operands: [Contraction.Operand(self, access)]),
      shape: target)
  }

  /// Whether plain indices and zeros never leave the tensor.
  private func isTotal(_ access: [Affine], over target: [Size]) -> Bool {
    zip(access, shape).allSatisfy { coordinate, extent in
      if let index = coordinate.asIndex { return target[index] == extent }
      return coordinate.isConstant && coordinate.constant.isZero
    }
  }
}
