import TensorExpressions

/// A contraction on the way to a formula: its operands are formulas already, and its accesses are made
/// plainer step by step.
struct Relation {
  struct Factor {
    var formula: Formula
    var shape: [Size]
    var access: [Affine]
    var isChain = false
  }

  var coefficient: Coefficient
  /// Scalar factors, taken out of the relation.
  var scalars: [FormulaPower]
  /// The extents of the indices by number; an index that no slot mentions any more is dead.
  var extents: [Size]
  var output: [Affine]
  var shape: [Size]
  var factors: [Factor]
  var guards: [Contraction.Guard]
  let facts: ExtentFacts

  /// Every coordinate with the extent that it must stay inside.
  var coordinates: [(coordinate: Affine, extent: Size)] {
    var result: [(coordinate: Affine, extent: Size)] = []
    result.reserveCapacity(factors.reduce(output.count + guards.count) { $0 + $1.access.count })
    for (coordinate, extent) in zip(output, shape) { result.append((coordinate, extent)) }
    for factor in factors {
      for (coordinate, extent) in zip(factor.access, factor.shape) {
        result.append((coordinate, extent))
      }
    }
    for window in guards { result.append((window.coordinate, window.extent)) }
    return result
  }

  /// Replaces index `i` by an affine function of it, of another extent.
  mutating func substitute(_ i: Int, by replacement: Affine, extent: Size) {
    let change: (Affine) -> Affine = { $0.substituting(i, by: replacement) }
    output = output.map(change)
    for f in factors.indices { factors[f].access = factors[f].access.map(change) }
    guards = guards.map { Contraction.Guard(change($0.coordinate), below: $0.extent) }
    extents[i] = extent
  }

  /// Leaves out indices of extent 1, and narrows every index to the values at which all accesses that hold it
  /// alone stay inside their tensors.
  ///
  /// - Returns: false when the sizes do not decide it.
  mutating func tighten() -> Bool {
    for i in extents.indices where extents[i].isOne {
      substitute(i, by: .constant(.zero), extent: .one)
    }
    // An index that comes down to one value may leave another one alone in a coordinate.
    var hasFixedIndex = true
    var bounds = coordinates
    while hasFixedIndex {
      hasFixedIndex = false
      for i in extents.indices {
        guard let (low, high) = range(of: i, within: bounds) else { return false }
        if low.isZero, high == extents[i] { continue }
        guard facts.isAtMost(low + 1, high) else { return false }
        substitute(i, by: .index(i) + low, extent: high - low)
        if extents[i].isOne {
          substitute(i, by: .constant(.zero), extent: .one)
          hasFixedIndex = true
        }
        bounds = coordinates
      }
    }
    for (coordinate, extent) in coordinates where coordinate.isConstant {
      guard facts.isNonnegative(coordinate.constant),
        facts.isAtMost(coordinate.constant + 1, extent)
      else { return false }
    }
    guards.removeAll { $0.coordinate.terms.count <= 1 }
    return true
  }

  /// The values low ..< high at which the coordinates that hold the index alone stay inside; nil when the sizes do not
  /// decide it.
  private func range(
    of i: Int, within coordinates: [(coordinate: Affine, extent: Size)]
  ) -> (low: Size, high: Size)? {
    var low = Size.zero
    var high = extents[i]
    for (coordinate, extent) in coordinates
    where coordinate.terms.count == 1 && coordinate.terms[0].index == i {
      guard let bounds = bounds(of: coordinate, extent), let newLow = larger(low, bounds.low),
        let newHigh = smaller(high, bounds.high)
      else { return nil }
      (low, high) = (newLow, newHigh)
    }
    return (low, high)
  }

  /// The values low ..< high of the index at which constant + coefficient·index lies in 0 ..< extent.
  private func bounds(of coordinate: Affine, _ extent: Size) -> (low: Size, high: Size)? {
    if coordinate.asIndex != nil { return (.zero, extent) }
    let c = coordinate.constant
    guard let s = coordinate.terms[0].coefficient.asInt else {
      // A symbolic stride is taken when it stays inside anyway.
      let e = extents[coordinate.terms[0].index]
      let last = coordinate.terms[0].coefficient * (e - 1) + c
      guard facts.isNonnegative(c), facts.isAtMost(last + 1, extent),
        facts.isNonnegative(coordinate.terms[0].coefficient)
      else { return nil }
      return (.zero, e)
    }
    if s > 0 {
      // ⌈−c/s⌉ up to ⌊(extent − 1 − c)/s⌋.
      return (
        -(c.flooredDivision(by: Size(s))), (extent - 1 - c).flooredDivision(by: Size(s)) + 1
      )
    }
    guard s != 0, s != .min else { return nil }
    return (
      -((extent - 1 - c).flooredDivision(by: Size(-s))), c.flooredDivision(by: Size(-s)) + 1
    )
  }

  private func larger(_ a: Size, _ b: Size) -> Size? {
    if facts.isAtMost(a, b) { return b }
    return facts.isAtMost(b, a) ? a : nil
  }

  private func smaller(_ a: Size, _ b: Size) -> Size? {
    if facts.isAtMost(a, b) { return a }
    return facts.isAtMost(b, a) ? b : nil
  }

  /// Multiplies the coefficient by the extents of indices that no slot holds.
  mutating func countUnusedIndices() {
    var used = NumberSet()
    for (coordinate, _) in coordinates { coordinate.addIndices(to: &used) }
    for i in extents.indices where !used.contains(i) && !extents[i].isOne {
      coefficient = coefficient * Coefficient(extents[i])
      extents[i] = .one
    }
  }
}
