import CExactKernels

/// The largest sum of magnitudes over the depth of any row of an operand.
///
/// With rows `l` of the left operand and columns `r` of the right one,
///
/// ```
/// |Σ l·r|  ≤  (Σ |l|) · max |r|   and   |Σ l·r|  ≤  max |l| · (Σ |r|),
/// ```
///
/// which is below `n · max |l| · max |r|` by as much as the largest element of an operand lies above
/// the mean of the largest row: one bit for uniform values, several where there are outliers.
enum RowBound {
  /// An upper bound of the row sums that costs one pass over the operand, read where it lies.
  ///
  /// Elements are added up over all axes but those that only row and batch indices address, so
  /// that a row counts whatever shares its coordinates there. That is exact for matrices and the
  /// weights of convolutions, and too much for their images, whose windows overlap.
  ///
  /// - Parameters:
  ///   - axes: how the contraction reads the operand.
  ///   - depth: the depth indices.
  /// - Returns: nil for operands of several limbs, and where a row might read an element twice.
  static func largestSum(
    of plane: ExactPlane, _ axes: [LoweredContraction.Axis], depth: [Int],
    in contraction: LoweredContraction
  ) -> Magnitude? {
    guard plane.limbCount == 1 else { return nil }
    let axes = axes.filter { $0.stride != 0 }
    func uses(_ axis: LoweredContraction.Axis) -> [Int] {
      depth.filter { axis.coefficients[$0] != 0 }
    }
    guard readsOnce(axes.map { ($0, uses($0)) }, contraction) else { return nil }
    // Depth indices that the operand does not use repeat its elements.
    var repeats: UInt64 = 1
    for index in depth where axes.allSatisfy({ $0.coefficients[index] == 0 }) {
      let (product, overflow) = repeats.multipliedReportingOverflow(
        by: UInt64(contraction.extents[index]))
      guard !overflow else { return nil }
      repeats = product
    }
    let isRow = axes.map { uses($0).isEmpty }
    let extents = axes.map(\.extent)
    let elements = zip(extents, isRow).reduce(1) { $1.1 ? $0 : $0 * $1.0 }
    if plane.bound.bitWidth + Magnitude(UInt64(elements)).bitWidth <= 64 {
      let largest: UInt64 = largestSum(plane.limbs, extents: extents, keeping: isRow)
      return Magnitude(largest).multiplied(by: repeats)
    }
    let largest: UInt128 = largestSum(plane.limbs, extents: extents, keeping: isRow)
    return Magnitude(words: [UInt64(truncatingIfNeeded: largest), UInt64(largest >> 64)])
      .multiplied(by: repeats)
  }

  /// By what factor the sums of an operand's rows are likely to be below the simple bound: its largest
  /// element by the mean of some hundred others. A guess, which decides only whether to look.
  static func likelyGain(_ plane: ExactPlane) -> UInt64 {
    guard plane.limbCount == 1, let largest = plane.bound.words.first else { return 1 }
    let step = plane.count / 256 + 1
    var sum: UInt64 = 0, samples: UInt64 = 0
    for position in stride(from: 0, to: plane.count, by: step) {
      sum += plane.limbs[position].magnitude >> 8
      samples += 1
    }
    let mean = max(1, sum / samples)
    return max(1, (largest >> 8) / mean)
  }

  /// Whether different depths read different elements, for a fixed row.
  private static func readsOnce(
    _ axes: [(LoweredContraction.Axis, [Int])], _ contraction: LoweredContraction
  ) -> Bool {
    var known: Set<Int> = []
    var pending = axes.filter { !$0.1.isEmpty }
    while !pending.isEmpty {
      let rest = pending.filter { axis, indices in
        let unknown = indices.filter { !known.contains($0) }
        guard contraction.isPositional(unknown, on: axis) else { return true }
        known.formUnion(unknown)
        return false
      }
      if rest.count == pending.count { return false }
      pending = rest
    }
    return true
  }

  /// The largest of the sums of magnitudes over the axes that are not kept.
  ///
  /// - Parameter Sum: holds the sums.
  private static func largestSum<Sum: FixedWidthInteger & UnsignedInteger>(
    _ values: [Int64], extents: [Int], keeping: [Bool]
  ) -> Sum {
    // Neighbouring axes of one kind are one axis.
    var blocks: [(extent: Int, isKept: Bool)] = []
    for (extent, isKept) in zip(extents, keeping) {
      if let last = blocks.last, last.isKept == isKept {
        blocks[blocks.count - 1].extent *= extent
      } else {
        blocks.append((extent, isKept))
      }
    }
    let groups = blocks.reduce(1) { $1.isKept ? $0 * $1.extent : $0 }
    var sums = [Sum](repeating: 0, count: groups)
    func add(
      _ block: Int, _ group: Int, _ values: UnsafePointer<Int64>, _ sums: UnsafeMutablePointer<Sum>
    ) -> UnsafePointer<Int64> {
      let (extent, isKept) = blocks[block]
      if block + 1 < blocks.count {
        return (0..<extent).reduce(values) { values, i in
          add(block + 1, isKept ? group * extent + i : group, values, sums)
        }
      }
      if isKept {
        let row = sums + group * extent
        for i in 0..<extent { row[i] &+= Sum(truncatingIfNeeded: values[i].magnitude) }
      } else {
        var sum: Sum = 0
        for i in 0..<extent { sum &+= Sum(truncatingIfNeeded: values[i].magnitude) }
        sums[group] &+= sum
      }
      return values + extent
    }
    values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let first = values.baseAddress, let all = sums.baseAddress else { return }
        if blocks.isEmpty {
          all[0] = Sum(truncatingIfNeeded: first[0].magnitude)
        } else {
          _ = add(0, 0, first, all)
        }
      }
    }
    return sums.max() ?? 0
  }
}
