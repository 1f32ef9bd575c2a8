/// A contraction can write one element of its output from many points of a tile, as the transposed
/// convolution `y[s·p + k] += x[p] · w[k]` does. Substituting `h = p + k/s` for `p`, separately for each
/// class of `k` modulo `s`, makes every element the sum of one row times one column:
///
/// ```
/// y[s·h + k₀] += x[h − k'] · w[k₀ + s·k']      for every k₀ in 0..<s
/// ```
extension LoweredContraction {
  /// Layers whose sum is this contraction. The parts of one layer write disjoint elements of the
  /// output. In each part an element of the output determines all the indices that its access
  /// uses, and no point leaves the output.
  ///
  /// There is one layer, unless three or more indices meet on an axis of the output; then all but
  /// two of them are written out, and each of their values is a layer.
  func gathered() -> [[LoweredContraction]] {
    switch firstObstacle() {
    case .none: return [[self]]
    case .neverWrites: return []
    case .leaves(let axis, let index):
      var part = self
      _ = part.narrow(index, toOutputAxis: axis)
      return part.gathered()
    case .ofMany(let index):
      return (0..<extents[index]).flatMap { fixing(index, at: $0).gathered() }
    case .ofTwo(let axis, let p, let k):
      let layers = substituting(p, k, onOutputAxis: axis).map { $0.gathered() }
      // Each class of k writes other elements than the others do: their layers lie side by side.
      return (0..<(layers.map(\.count).max() ?? 0)).map { i in
        layers.flatMap { i < $0.count ? $0[i] : [] }
      }
    }
  }

  private enum Obstacle {
    /// Every element is one row times one column.
    case none
    /// Every point leaves the output, or there is none.
    case neverWrites
    /// Some values of the only index on this axis leave the output.
    case leaves(axis: Int, Int)
    /// Two indices meet on this axis, or leave it together; the first one can be substituted.
    case ofTwo(axis: Int, Int, Int)
    /// Three or more do, one of which is this.
    case ofMany(Int)
  }

  private func fixing(_ index: Int, at value: Int) -> LoweredContraction {
    var part = self
    part.extents[index] = 1
    func fix(_ axes: inout [Axis]) {
      for i in axes.indices {
        axes[i].constant += axes[i].coefficients[index] * value
        axes[i].coefficients[index] = 0
      }
    }
    fix(&part.output)
    fix(&part.left)
    fix(&part.right)
    return part
  }

  /// Finds an axis of the output on which values of several indices meet, or which they leave.
  private func firstObstacle() -> Obstacle {
    if extents.contains(0) { return .neverWrites }
    var known = extents.map { $0 <= 1 }
    var pending = Array(output.indices)
    while !pending.isEmpty {
      var rest: [Int] = []
      for axis in pending {
        let unknown = extents.indices.filter { !known[$0] && output[axis].coefficients[$0] != 0 }
        if isPositional(unknown, on: output[axis]) {
          if let obstacle = leavingObstacle(axis, unknown: unknown) { return obstacle }
          for index in unknown { known[index] = true }
        } else {
          rest.append(axis)
        }
      }
      if rest.count == pending.count {
        let unknown = extents.indices.filter {
          !known[$0] && output[rest[0]].coefficients[$0] != 0
        }
        return resolving(unknown, onAxis: rest[0])
      }
      pending = rest
    }
    return .none
  }

  /// What is in the way where points leave an axis.
  private func leavingObstacle(_ axis: Int, unknown: [Int]) -> Obstacle? {
    guard !checkedAxes(of: [output[axis]]).isEmpty else { return nil }
    let present = extents.indices.filter {
      extents[$0] > 1 && output[axis].coefficients[$0] != 0
    }
    switch (present.count, unknown.count) {
    case (0, _): return .neverWrites
    case (1, _): return .leaves(axis: axis, present[0])
    case (2, 1):
      return .ofTwo(axis: axis, unknown[0], present[0] == unknown[0] ? present[1] : present[0])
    case (2, 2): return resolving(unknown, onAxis: axis)
    default: return .ofMany(shortest(of: present))
    }
  }

  private func resolving(_ unknown: [Int], onAxis axis: Int) -> Obstacle {
    guard unknown.count == 2 else { return .ofMany(shortest(of: unknown)) }
    // Keep as an index of the output the one that leaves fewer points: p stays with p + (d/s)·k values for each k.
    let (a, b) = (unknown[0], unknown[1])
    func points(keeping p: Int, over k: Int) -> Double {
      let (s, d) = (abs(output[axis].coefficients[p]), abs(output[axis].coefficients[k]))
      let reach = Double(d) / Double(s) * Double(extents[k] - 1)
      return Double(extents[k]) * (Double(extents[p]) + reach)
    }
    let firstStays = points(keeping: a, over: b) <= points(keeping: b, over: a)
    return firstStays ? .ofTwo(axis: axis, a, b) : .ofTwo(axis: axis, b, a)
  }

  private func shortest(of indices: [Int]) -> Int {
    indices.min { extents[$0] < extents[$1] } ?? indices[0]
  }

  /// Whether the indices are like digits on this axis: no two of their values meet.
  func isPositional(_ indices: [Int], on axis: Axis) -> Bool {
    var reach = 0
    for index in indices.sorted(by: { abs(axis.coefficients[$0]) < abs(axis.coefficients[$1]) }) {
      let step = abs(axis.coefficients[index])
      guard step > reach else { return false }
      reach += step * (extents[index] - 1)
    }
    return true
  }

  /// Replaces index `p`, with coefficient `s`, by `h = p + (d / s) k`, where `k` has coefficient `d`.
  private func substituting(
    _ p: Int, _ k: Int, onOutputAxis axis: Int
  ) -> [LoweredContraction] {
    let s = output[axis].coefficients[p], d = output[axis].coefficients[k]
    let common = Int(greatestCommonDivisor(UInt64(s.magnitude), UInt64(d.magnitude)))
    let period = abs(s) / common
    // k = k0 + period · k', and s·p + d·k = s·(p + step · k') + d·k0.
    let step = d / common * s.signum()
    var parts: [LoweredContraction] = []
    for k0 in 0..<min(period, extents[k]) {
      let kExtent = (extents[k] - k0 + period - 1) / period
      let reach = step * (kExtent - 1)
      let lowest = min(reach, 0)
      var part = self
      part.extents[k] = kExtent
      part.extents[p] = extents[p] + abs(reach)
      // p = h + lowest − step · k'
      func rewrite(_ axes: inout [Axis]) {
        for i in axes.indices {
          let (cp, ck) = (axes[i].coefficients[p], axes[i].coefficients[k])
          axes[i].constant += cp * lowest + ck * k0
          axes[i].coefficients[k] = ck * period - cp * step
        }
      }
      rewrite(&part.output)
      rewrite(&part.left)
      rewrite(&part.right)
      let start = part.narrow(p, toOutputAxis: axis)
      // 0 <= p < extent, where p = h + lowest − step · k' and h counts from `start`.
      var check = Axis(
        extent: extents[p], stride: 0, constant: lowest + start,
        coefficients: [Int](repeating: 0, count: extents.count))
      check.coefficients[p] = 1
      check.coefficients[k] = -step
      part.require(check)
      parts.append(part)
    }
    return parts
  }

  /// Drops the values of an index at which an axis of the output is left, and answers the first that
  /// stays, from which the index then counts.
  private mutating func narrow(_ h: Int, toOutputAxis axis: Int) -> Int {
    let coefficient = output[axis].coefficients[h]
    var others = output[axis]
    others.coefficients[h] = 0
    let rest = range(of: others)
    // Need 0 <= coefficient · h + rest < extent for some value of the rest.
    let (low, high) = (-rest.upperBound, output[axis].extent - 1 - rest.lowerBound)
    let first: Int, last: Int
    if coefficient > 0 {
      first = -floorDivide(-low, coefficient)
      last = floorDivide(high, coefficient)
    } else {
      first = -floorDivide(high, -coefficient)
      last = floorDivide(-low, -coefficient)
    }
    let start = max(first, 0)
    extents[h] = max(0, min(last, extents[h] - 1) - start + 1)
    func shift(_ axes: inout [Axis]) {
      for i in axes.indices { axes[i].constant += axes[i].coefficients[h] * start }
    }
    shift(&output)
    shift(&left)
    shift(&right)
    return start
  }
}

/// The quotient rounded down, for a positive divisor.
private func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }
