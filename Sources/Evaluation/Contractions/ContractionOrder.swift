import Scalars

/// In which order a contraction of many operands is taken: operand by operand and pair by pair, so that no product
/// over the joint box is formed where a smaller one will do.
///
/// An index is summed as soon as only the operands at hand use it. An intermediate result has one axis for each index
/// that is still needed; a compound access (`x[2*p+k]`) so becomes a plain one over its indices.
struct ContractionOrder {
  /// One contraction of one, two or all remaining values. Values are numbered: the operands first, then the steps'
  /// results.
  struct Step {
    let inputs: [Int]
    let contraction: ConcreteContraction
  }

  private(set) var steps: [Step] = []
  /// The product of the extents of indices that nothing depends on.
  private(set) var multiplicity = Rational(1)

  /// A value that takes part, with its access over the indices of the whole.
  private struct Value {
    let number: Int
    let access: [ConcreteContraction.Coordinate]
    let indices: UInt64
  }

  /// How many factors are multiplied at one point.
  private static let longestProduct = 8

  private let whole: ConcreteContraction
  private var values: [Value] = []
  private var guards: [(window: ConcreteContraction.Coordinate, indices: UInt64)] = []
  private var outputIndices: UInt64 = 0
  private var nextNumber: Int
  private let largestIntermediate: Int

  /// - Parameter largestIntermediate: how many entries an intermediate result may have.
  init(_ contraction: ConcreteContraction, largestIntermediate: Int) {
    whole = contraction
    nextNumber = contraction.operands.count
    self.largestIntermediate = largestIntermediate
    guard contraction.extents.count < 64 else {
      steps = [Step(inputs: Array(contraction.operands.indices), contraction: contraction)]
      return
    }
    values = contraction.operands.enumerated().map {
      Value(number: $0, access: $1, indices: Self.mask($1))
    }
    guards = contraction.guards.filter { !$0.isAlwaysInside(contraction.extents) }
      .map { ($0, Self.mask([$0])) }
    outputIndices = Self.mask(contraction.output)
    let used =
      guards.reduce(outputIndices) { $0 | $1.indices } | values.reduce(0) { $0 | $1.indices }
    for (index, extent) in contraction.extents.enumerated() where used & (1 << UInt64(index)) == 0 {
      multiplicity *= Rational(extent)
    }
    if !isJointBest { pairUp() }
    sumBeforeRepeating()
    sumBeforeScattering()
    finish()
  }

  private static func mask(_ coordinates: [ConcreteContraction.Coordinate]) -> UInt64 {
    var mask: UInt64 = 0
    for coordinate in coordinates {
      for (index, coefficient) in coordinate.coefficients.enumerated() where coefficient != 0 {
        mask |= 1 << UInt64(index)
      }
    }
    return mask
  }

  /// The number of points of the box of some indices, as an estimate.
  private func points(_ indices: UInt64) -> Double {
    var product = 1.0
    var left = indices
    while left != 0 {
      product *= Double(whole.extents[left.trailingZeroBitCount])
      left &= left - 1
    }
    return product
  }

  /// Whether every operand uses every index, so that early steps could save nothing.
  private var isJointBest: Bool {
    if values.count <= 1 { return true }
    if values.count > Self.longestProduct { return false }
    let all = values.reduce(outputIndices) { $0 | $1.indices }
    return values.allSatisfy { points($0.indices) == points(all) }
  }

  /// The indices that something besides the values at `positions` and the guards inside `reach` still needs.
  private func needed(without positions: [Int], reach: UInt64) -> UInt64 {
    var needed = outputIndices
    for (position, value) in values.enumerated() where !positions.contains(position) {
      needed |= value.indices
    }
    for entry in guards where entry.indices & ~reach != 0 { needed |= entry.indices }
    return needed
  }

  private mutating func pairUp() {
    for position in values.indices {
      let reach = values[position].indices
      let kept = reach & needed(without: [position], reach: reach)
      if points(kept) < points(reach), points(kept) <= Double(largestIntermediate) {
        combine([position], keeping: kept)
      }
    }
    while values.count > 2, let (positions, kept) = cheapestPair() {
      combine(positions, keeping: kept)
    }
  }

  /// Sums what is left before it is repeated along indices that only the output has, where one box of both is larger
  /// than a box for each: a mean that is subtracted from every entry.
  private mutating func sumBeforeRepeating() {
    if values.isEmpty || values.count > Self.longestProduct { return }
    let positions = Array(values.indices)
    let reach = values.reduce(0) { $0 | $1.indices }
    let kept = reach & needed(without: positions, reach: reach)
    let repeated = kept | needed(without: positions, reach: reach)
    guard points(kept) <= Double(largestIntermediate),
      points(reach) + points(repeated) < points(reach | repeated)
    else { return }
    combine(positions, keeping: kept)
  }

  /// Sums a large product of two before it is added up where several indices meet on an axis of the output, as in a
  /// transposed convolution with few output channels.
  ///
  /// ```
  /// y[c, p + k] += x[o, p] · w[o, c, k]      t[c, k, p] = Σₒ x[o, p] · w[o, c, k],   y[c, p + k] += t[c, k, p]
  /// ```
  ///
  /// The products are the same. As one matrix product, though, every `x` is packed once for each `k`; in two steps it
  /// is packed once, and the sums over `o` are written and read once more.
  private mutating func sumBeforeScattering() {
    guard values.count == 2 else { return }
    let folded = whole.output.reduce(0) { $0 | foldedIndices($1) }
    let (a, b) = (values[0].indices, values[1].indices)
    let reach = a | b
    let kept = reach & needed(without: [0, 1], reach: reach)
    guard folded != 0, kept != reach, points(reach) >= Double(ExactEngine.smallestWork),
      points(kept) <= Double(largestIntermediate)
    else { return }
    let joint =
      Self.packing * (points(a | folded) + points(b | folded))
      + Self.recombining * points(kept & ~folded)
    let apart =
      Self.packing * (points(a) + points(b)) + (Self.recombining + Self.adding) * points(kept)
    if apart < joint { combine([0, 1], keeping: kept) }
  }

  // What packing an element, making one of the result and adding one up take, in nanoseconds in a field; only the
  // ratios matter.
  private static let packing = 10.0
  private static let recombining = 15.0
  private static let adding = 3.0

  /// The indices that meet others on an axis of the output, but for the longest of them.
  private func foldedIndices(_ coordinate: ConcreteContraction.Coordinate) -> UInt64 {
    let indices = coordinate.indices.filter { whole.extents[$0] > 1 }
      .sorted { coordinate.coefficients[$0].magnitude < coordinate.coefficients[$1].magnitude }
    var reach = 0
    var meets = false
    for index in indices {
      let step = Int(clamping: coordinate.coefficients[index].magnitude)
      meets = meets || step <= reach
      reach = reach.saturatingPlus(step.saturatingTimes(whole.extents[index] - 1))
    }
    guard meets, let longest = indices.max(by: { whole.extents[$0] < whole.extents[$1] }) else {
      return 0
    }
    return indices.reduce(0) { $1 == longest ? $0 : $0 | 1 << UInt64($1) }
  }

  private func cheapestPair() -> (positions: [Int], kept: UInt64)? {
    var best: (positions: [Int], kept: UInt64)?
    var bestCost = Double.infinity
    // The indices that at least one, two and three values use, so that a pair is looked at without the others.
    var (once, twice, thrice): (UInt64, UInt64, UInt64) = (0, 0, 0)
    for value in values {
      thrice |= twice & value.indices
      twice |= once & value.indices
      once |= value.indices
    }
    for second in values.indices {
      for first in 0..<second {
        let (a, b) = (values[first].indices, values[second].indices)
        let reach = a | b
        var needed = outputIndices | thrice | twice & ~(a & b) | once & ~reach
        for entry in guards where entry.indices & ~reach != 0 { needed |= entry.indices }
        let kept = reach & needed
        let size = points(kept)
        guard size <= Double(largestIntermediate) else { continue }
        let cost = points(reach) + size
        if cost < bestCost {
          bestCost = cost
          best = ([first, second], kept)
        }
      }
    }
    return best
  }

  /// Replaces values by their product, summed over all but the kept indices.
  private mutating func combine(_ positions: [Int], keeping kept: UInt64) {
    let taken = positions.map { values[$0] }
    let reach = taken.reduce(0) { $0 | $1.indices }
    let inside = guards.filter { $0.indices & ~reach == 0 }
    guards.removeAll { $0.indices & ~reach == 0 }
    let axes = whole.extents.indices.filter { kept & (1 << UInt64($0)) != 0 }
    let access = axes.map { index in
      ConcreteContraction.Coordinate(
        coefficients: whole.extents.indices.map { $0 == index ? 1 : 0 },
        extent: whole.extents[index])
    }
    steps.append(step(taken, output: access, guards: inside.map(\.window), indices: reach))
    for position in positions.sorted(by: >) { values.remove(at: position) }
    values.insert(Value(number: nextNumber, access: access, indices: kept), at: positions[0])
    nextNumber += 1
  }

  private mutating func finish() {
    let indices =
      guards.reduce(outputIndices) { $0 | $1.indices } | values.reduce(0) { $0 | $1.indices }
    steps.append(
      step(values, output: whole.output, guards: guards.map(\.window), indices: indices))
  }

  /// The contraction of some values over a box of only the given indices.
  private func step(
    _ taken: [Value], output: [ConcreteContraction.Coordinate],
    guards: [ConcreteContraction.Coordinate], indices: UInt64
  ) -> Step {
    let box = whole.extents.indices.filter { indices & (1 << UInt64($0)) != 0 }
    func narrowed(_ coordinates: [ConcreteContraction.Coordinate])
      -> [ConcreteContraction.Coordinate]
    {
      coordinates.map { coordinate in
        ConcreteContraction.Coordinate(
          constant: coordinate.constant, coefficients: box.map { coordinate.coefficients[$0] },
          extent: coordinate.extent)
      }
    }
    return Step(
      inputs: taken.map(\.number),
      contraction: ConcreteContraction(
        extents: box.map { whole.extents[$0] }, output: narrowed(output),
        operands: taken.map { narrowed($0.access) }, guards: narrowed(guards)))
  }
}
