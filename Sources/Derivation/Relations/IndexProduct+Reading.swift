import TensorExpressions

/// Where a product reads: the side conditions that the laws ask for.
///
/// A factor that is read outside its tensor is 0 there, and so is the product. A law that rests on what the
/// entries of a tensor are (above 0, other than 0, the logarithm of something) therefore asks first whether
/// only these are read.
extension IndexProduct {
  /// Whether the output's coordinates are the first indices, in order; an axis of extent 1 has 0 instead.
  var hasPlainOutput: Bool {
    var next = 0
    for (coordinate, extent) in zip(output, outputShape) {
      if coordinate.asIndex == next {
        next += 1
      } else if !(extent.isOne && coordinate.isConstant && coordinate.constant.isZero) {
        return false
      }
    }
    return true
  }

  /// Whether nothing is summed: every index is a coordinate of the output.
  var sumsNothing: Bool { usedIndices.isSubset(of: NumberSet(output.compactMap(\.asIndex))) }

  /// Whether every entry of the output is one product of entries: nothing is summed, nothing is left out, and every
  /// factor is read inside its tensor.
  func isEntrywise(facts: SizeFacts) -> Bool { sumsNothing && reachesEveryEntry(facts: facts) }

  /// Whether for every entry of the output some point is proved to lie inside every tensor and window: the one whose
  /// summed indices are 0.
  func reachesEveryEntry(facts: SizeFacts) -> Bool {
    guard hasPlainOutput else { return false }
    var frame = self
    frame.factors = []
    frame.windows = []
    let kept = NumberSet(output.compactMap(\.asIndex))
    return allWindows.dropFirst(output.count).allSatisfy { window in
      let coordinate = window.coordinate.substituting {
        kept.contains($0) ? .index($0) : .constant(.zero)
      }
      return frame.isInside(coordinate, window.extent, facts: facts)
    }
  }

  /// Whether a factor is proved to be read inside its tensor for every entry of the output.
  func readsInside(_ factor: Factor, facts: SizeFacts) -> Bool {
    var frame = self
    frame.factors = []
    return zip(factor.access, factor.shape).allSatisfy { frame.isInside($0, $1, facts: facts) }
  }

  /// Whether a coordinate is proved to lie in `0 ..< extent` by the windows of all slots.
  private func isInside(_ coordinate: Affine, _ extent: Size, facts: SizeFacts) -> Bool {
    // The usual case: an axis of the output, read in full.
    if let index = coordinate.asIndex,
      let axis = output.firstIndex(where: { $0.asIndex == index }), outputShape[axis] == extent
    {
      return true
    }
    let nothing = Window(coordinate: .constant(.zero), extent: .zero)
    return isInside(coordinate, extent, facts: facts, excluding: nothing)
  }

  func depends(onOutputAxis axis: Int) -> Bool {
    guard let index = output[axis].asIndex else { return false }
    return factors.contains { $0.access.contains { $0.mentions(index) } }
      || windows.contains { $0.coordinate.mentions(index) }
  }
}
