/// A contraction in terms of memory: every axis with its stride, and axes that only check.
///
/// Rewriting works on this form, since a bound on an index that was substituted away is simply one
/// more axis, of stride 0.
struct LoweredContraction {
  struct Axis: Hashable {
    var extent: Int
    var stride: Int
    var constant: Int
    var coefficients: [Int]
  }

  var extents: [Int]
  var output: [Axis]
  var left: [Axis]
  var right: [Axis]

  init(_ contraction: ExactContraction) {
    extents = contraction.extents
    output = Self.axes(of: contraction.output)
    left = Self.axes(of: contraction.left)
    right = Self.axes(of: contraction.right)
    for window in contraction.guards {
      require(
        Axis(
          extent: window.extent, stride: 0, constant: window.coordinate.constant,
          coefficients: window.coordinate.coefficients))
    }
  }

  /// Makes a bound part of an operand, unless an axis says so already: part of the right one where
  /// only that one uses the bound's indices, so that few indices become the business of both.
  mutating func require(_ check: Axis) {
    func implies(_ axis: Axis) -> Bool {
      axis.constant == check.constant && axis.coefficients == check.coefficients
        && axis.extent <= check.extent
    }
    if (left + right).contains(where: implies) { return }
    let indices = extents.indices.filter { check.coefficients[$0] != 0 }
    func used(_ axes: [Axis]) -> Int { indices.count { uses($0, axes) } }
    if used(right) > used(left) { right.append(check) } else { left.append(check) }
  }

  private static func axes(of access: ExactContraction.Access) -> [Axis] {
    var stride = 1
    var axes: [Axis] = []
    for (extent, coordinate) in zip(access.shape, access.coordinates).reversed() {
      axes.append(
        Axis(
          extent: extent, stride: stride, constant: coordinate.constant,
          coefficients: coordinate.coefficients))
      stride *= extent
    }
    return axes.reversed()
  }

  func uses(_ index: Int, _ axes: [Axis]) -> Bool {
    axes.contains { $0.coefficients[index] != 0 }
  }

  /// The least and the greatest coordinate on an axis, over the whole box.
  func range(of axis: Axis) -> ClosedRange<Int> {
    var low = axis.constant, high = axis.constant
    for (coefficient, extent) in zip(axis.coefficients, extents) where extent > 0 {
      let reach = coefficient * (extent - 1)
      low += min(reach, 0)
      high += max(reach, 0)
    }
    return low...high
  }
}

extension LoweredContraction {
  /// The axes that some point of the box leaves, which must be checked.
  func checkedAxes(of axes: [Axis]) -> [Axis] {
    axes.filter {
      let range = range(of: $0)
      return range.lowerBound < 0 || range.upperBound >= $0.extent
    }
  }

  /// By how much the place in memory grows for each step of an index.
  func step(_ index: Int, _ axes: [Axis]) -> Int {
    axes.reduce(0) { $0 + $1.stride * $1.coefficients[index] }
  }
}
