import TensorExpressions

/// How coordinates such as `a*N + b` over an axis of extent `M*N` are undone.
enum MixedRadix: CaseIterable {
  /// They stay as they are.
  case kept
  /// Their indices become one index, and the axes `a`, `b` of other tensors one axis.
  case merged
  /// The axis becomes the axes `a` and `b` where it cannot be merged.
  case split

  /// - Returns: false when nothing would be changed although this is not ``kept``.
  func apply(to relation: inout Relation, _ views: inout [FormulaView]) -> Bool {
    if self == .kept { return true }
    var changed = false
    while let found = relation.firstMixedRadix(where: { relation.canMerge($0) }) {
      relation.merge(found, &views)
      changed = true
    }
    if self == .split {
      while let found = relation.firstMixedRadix(where: { _ in true }) {
        relation.split(found, &views)
        changed = true
      }
      // An index of the axis may have stood by itself, too.
      relation.factors = relation.factors.map(relation.withoutRepeatedIndices)
      relation.separateRepeatedOutputs()
    }
    return changed
  }
}

/// A coordinate that numbers the entries of several indices, the last running fastest.
struct MixedRadixCoordinate {
  let coordinate: Affine
  let extent: Size
  /// The indices, the slowest first.
  let indices: [Int]
}

extension Relation {
  func firstMixedRadix(where accepts: (MixedRadixCoordinate) -> Bool) -> MixedRadixCoordinate? {
    for (coordinate, extent) in coordinates where coordinate.terms.count > 1 {
      if let found = mixedRadix(coordinate, extent), accepts(found) { return found }
    }
    return nil
  }

  /// Whether the indices of a coordinate number the places of an axis, each once.
  func numbersEveryPlace(_ coordinate: Affine, _ extent: Size) -> Bool {
    mixedRadix(coordinate, extent) != nil
  }

  private func mixedRadix(_ coordinate: Affine, _ extent: Size) -> MixedRadixCoordinate? {
    guard coordinate.constant.isZero else { return nil }
    var rest = coordinate.terms
    var weight = Size.one
    var indices: [Int] = []
    while !rest.isEmpty {
      guard let next = rest.firstIndex(where: { $0.coefficient == weight }) else { return nil }
      let index = rest.remove(at: next).index
      weight *= extents[index]
      indices.insert(index, at: 0)
    }
    return weight == extent
      ? MixedRadixCoordinate(coordinate: coordinate, extent: extent, indices: indices) : nil
  }

  /// Whether every slot holds the indices as this coordinate, or each as an axis, or none of them.
  func canMerge(_ found: MixedRadixCoordinate) -> Bool {
    let slots = [(output, shape)] + factors.map { ($0.access, $0.shape) }
    for (access, shape) in slots {
      var plain = 0
      for (coordinate, extent) in zip(access, shape) {
        guard coordinate.terms.contains(where: { found.indices.contains($0.index) }) else {
          continue
        }
        if coordinate == found.coordinate, extent == found.extent { continue }
        guard coordinate.asIndex != nil else { return false }
        plain += 1
      }
      guard plain == 0 || plain == found.indices.count else { return false }
      if plain > 0, access.contains(found.coordinate) { return false }
    }
    return guards.allSatisfy { window in
      !window.coordinate.terms.contains { found.indices.contains($0.index) }
    }
  }

  mutating func merge(_ found: MixedRadixCoordinate, _ views: inout [FormulaView]) {
    let fresh = extents.count
    extents.append(found.extent)
    for f in factors.indices {
      let (order, access, grouped) = merging(found, fresh, factors[f].access, factors[f].shape)
      if order != Array(order.indices) {
        factors[f].formula = factors[f].formula.viewed(.permute(order))
      }
      if grouped != factors[f].shape {
        factors[f].formula = factors[f].formula.viewed(.reshape(grouped))
      }
      factors[f].access = access
      factors[f].shape = grouped
    }
    let (order, access, grouped) = merging(found, fresh, output, shape)
    if order != Array(order.indices) {
      var inverse = order
      for (position, axis) in order.enumerated() { inverse[axis] = position }
      views.append(.permute(inverse))
    }
    if grouped != shape { views.append(.reshape(order.map { shape[$0] })) }
    output = access
    shape = grouped
  }

  /// The axes with the group brought together, and the access and shape once it is one axis.
  private func merging(
    _ found: MixedRadixCoordinate, _ fresh: Int, _ access: [Affine], _ shape: [Size]
  ) -> (order: [Int], access: [Affine], shape: [Size]) {
    let replaced = access.map { $0 == found.coordinate ? Affine.index(fresh) : $0 }
    let group = found.indices.compactMap { index in
      replaced.firstIndex { $0.asIndex == index }
    }
    guard group.count == found.indices.count, let first = group.min() else {
      return (Array(access.indices), replaced, shape)
    }
    var order: [Int] = []
    var newAccess: [Affine] = []
    var newShape: [Size] = []
    for axis in access.indices {
      if axis == first {
        order += group
        newAccess.append(.index(fresh))
        newShape.append(found.extent)
      } else if !group.contains(axis) {
        order.append(axis)
        newAccess.append(replaced[axis])
        newShape.append(shape[axis])
      }
    }
    return (order, newAccess, newShape)
  }

  mutating func split(_ found: MixedRadixCoordinate, _ views: inout [FormulaView]) {
    let parts = found.indices.map { extents[$0] }
    func splitting(_ access: [Affine], _ shape: [Size]) -> ([Affine], [Size]) {
      var newAccess: [Affine] = []
      var newShape: [Size] = []
      for (coordinate, extent) in zip(access, shape) {
        if coordinate == found.coordinate, extent == found.extent {
          newAccess += found.indices.map(Affine.index)
          newShape += parts
        } else {
          newAccess.append(coordinate)
          newShape.append(extent)
        }
      }
      return (newAccess, newShape)
    }
    for f in factors.indices {
      let (access, split) = splitting(factors[f].access, factors[f].shape)
      if split != factors[f].shape {
        factors[f].formula = factors[f].formula.viewed(.reshape(split))
      }
      factors[f].access = access
      factors[f].shape = split
    }
    let (access, split) = splitting(output, shape)
    if split != shape { views.append(.reshape(shape)) }
    output = access
    shape = split
    // A guard on the whole axis always holds once its indices are inside.
    guards.removeAll { $0.coordinate == found.coordinate && $0.extent == found.extent }
  }
}
