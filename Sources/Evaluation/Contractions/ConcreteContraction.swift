import Scalars
import TensorExpressions

/// A contraction's index relation with numbers for all sizes.
///
/// ```
/// out[output(v)]  +=  x₁[operands₀(v)] · x₂[operands₁(v)] · …     for every v in the box, all coordinates inside
/// ```
public struct ConcreteContraction: Hashable, Sendable {
  /// A coordinate, affine in the indices, with the extent it must stay inside.
  public struct Coordinate: Hashable, Sendable {
    /// The coordinate where every index is 0.
    public var constant: Int
    /// One for each index of the box.
    public var coefficients: [Int]
    /// The coordinate counts while it is at least 0 and below this.
    public var extent: Int

    public init(constant: Int = 0, coefficients: [Int], extent: Int) {
      self.constant = constant
      self.coefficients = coefficients
      self.extent = extent
    }
  }

  /// The extents of the box.
  public var extents: [Int]
  /// Where a product is added: one coordinate for each axis of the output.
  public var output: [Coordinate]
  /// For each operand, the coordinates of the entry that is read, one for each axis.
  public var operands: [[Coordinate]]
  /// Further coordinates that must lie in their extents for a point to contribute.
  public var guards: [Coordinate]

  public init(
    extents: [Int], output: [Coordinate], operands: [[Coordinate]], guards: [Coordinate] = []
  ) {
    self.extents = extents
    self.output = output
    self.operands = operands
    self.guards = guards
  }

  /// The shape of the output.
  public var outputExtents: [Int] { output.map(\.extent) }

  /// Whether the output's coordinates name every index that has more than one value, each by an axis of its
  /// own: then no entry is reached twice, and nothing is summed.
  var reachesOutputOnce: Bool {
    var named: Set<Int> = []
    for coordinate in output {
      let indices = coordinate.indices.filter { extents[$0] > 1 }
      if indices.count == 1 { named.insert(indices[0]) }
    }
    return extents.indices.allSatisfy { extents[$0] <= 1 || named.contains($0) }
  }
}

extension ConcreteContraction {
  /// `contraction`, whose node has the shape `shape`, at numbers for the sizes.
  ///
  /// - Throws: ``EvaluationError`` for a size without a value, an empty operand or output, and coordinates
  ///   that leave 62 bits somewhere in the box.
  public init(
    _ contraction: Contraction, shape: [Size], sizes: [String: Int]
  ) throws(EvaluationError) {
    var box: [Int] = []
    for size in contraction.indices { box.append(try TensorShape.number(size, sizes)) }
    let indexCount = box.count
    func access(
      _ coordinates: [Affine], _ extents: [Int]
    ) throws(EvaluationError) -> [Coordinate] {
      var result: [Coordinate] = []
      for (coordinate, extent) in zip(coordinates, extents) {
        result.append(
          try Self.coordinate(coordinate, extent: extent, indexCount: indexCount, sizes: sizes))
      }
      return result
    }
    let output = try access(contraction.output, TensorShape.extents(shape, sizes))
    var operands: [[Coordinate]] = []
    for operand in contraction.operands {
      operands.append(
        try access(operand.access, TensorShape.extents(operand.value.shape, sizes)))
    }
    var guards: [Coordinate] = []
    for window in contraction.guards {
      guards.append(
        try Self.coordinate(
          window.coordinate, extent: TensorShape.number(window.extent, sizes),
          indexCount: indexCount, sizes: sizes))
    }
    // An empty range of an index leaves no points at all.
    self.init(
      extents: box.map { max($0, 0) }, output: output, operands: operands, guards: guards)
    try checkRanges()
  }

  private static func coordinate(
    _ affine: Affine, extent: Int, indexCount: Int, sizes: [String: Int]
  ) throws(EvaluationError) -> Coordinate {
    var coefficients = Array(repeating: 0, count: indexCount)
    for term in affine.terms {
      coefficients[term.index] = try TensorShape.number(term.coefficient, sizes)
    }
    return Coordinate(
      constant: try TensorShape.number(affine.constant, sizes), coefficients: coefficients,
      extent: extent)
  }

  private func checkRanges() throws(EvaluationError) {
    for coordinate in (operands.flatMap { $0 }) + output + guards {
      guard coordinate.range(over: extents) != nil else { throw .indexOverflow }
    }
  }
}

extension ConcreteContraction {
  /// The most points that one contraction may visit: minutes of work, not hours.
  static let largestPointCount = 20_000_000_000

  /// An upper bound of the points that a loop over the box visits, every index cut by the coordinates that depend on
  /// it alone; the largest `Int` where it leaves 63 bits.
  var pointBound: Int {
    var counts = extents
    for coordinate in output + operands.flatMap({ $0 }) + guards {
      let indices = coordinate.indices
      guard indices.count == 1, let stride = coordinate.coefficients[indices[0]].asDivisor else {
        continue
      }
      counts[indices[0]] = min(counts[indices[0]], max(coordinate.extent - 1, 0) / stride + 1)
    }
    return counts.reduce(1) { product, count in
      let (next, overflow) = product.multipliedReportingOverflow(by: count)
      return overflow ? .max : next
    }
  }
}

extension Int {
  /// The magnitude where it is one, for divisions that cannot trap.
  fileprivate var asDivisor: Int? { self == 0 ? nil : Int(clamping: magnitude) }
}

extension ConcreteContraction.Coordinate {
  /// The smallest and largest value over a box that is not empty; nil when it leaves 62 bits on the way.
  func range(over extents: [Int]) -> ClosedRange<Int>? {
    let bound = 1 << 62
    var low = constant
    var high = constant
    guard abs(low: low, high: high, below: bound) else { return nil }
    for (coefficient, extent) in zip(coefficients, extents) where coefficient != 0 {
      let (reach, overflow) = coefficient.multipliedReportingOverflow(by: max(extent - 1, 0))
      guard !overflow, abs(low: reach, high: reach, below: bound) else { return nil }
      if reach < 0 { low += reach } else { high += reach }
      guard abs(low: low, high: high, below: bound) else { return nil }
    }
    return low...high
  }

  private func abs(low: Int, high: Int, below bound: Int) -> Bool { low > -bound && high < bound }

  /// Whether the coordinate is inside its extent at every point of a box.
  func isAlwaysInside(_ extents: [Int]) -> Bool {
    guard let range = range(over: extents) else { return false }
    return range.lowerBound >= 0 && range.upperBound < extent
  }

  /// The indices that the coordinate depends on.
  var indices: [Int] { coefficients.indices.filter { coefficients[$0] != 0 } }
}
