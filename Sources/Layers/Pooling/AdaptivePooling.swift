import TensorExpressions

/// Pooling to a given number of windows, which share an axis as evenly as they can:
/// window i of m over an axis of n entries holds those from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.
struct AdaptiveWindows {
  /// First entries and lengths, one for each window.
  let windows: [(start: Int, length: Int)]

  /// Windows over an axis that is no multiple of their number, so that both must be numbers.
  init(_ count: Size, over extent: Size, function: String) throws(ShapeError) {
    guard let n = extent.asInt, let m = count.asInt, m >= 1 else {
      throw .undecided(function: function, name: "the extent of an axis", size: extent)
    }
    windows = (0..<m).map { i in
      let (start, end) = (i * n / m, ((i + 1) * n + m - 1) / m)
      return (start, end - start)
    }
  }
}

extension TensorExpression {
  /// The means of windows along one axis.
  fileprivate func averaged(
    axis: Int, _ count: Size, function: String, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    var target = shape
    target[axis] = count
    if let length = assumptions.quotient(shape[axis], by: count),
      let weight = Coefficient(length).reciprocal
    {
      var access = target.indices.map(Affine.index)
      access[axis] = Affine.index(axis) * length + .index(rank)
      return space.contraction(
        Contraction(
          coefficient: weight, indices: target + [length], output: target.indices.map(Affine.index),
          operands: [.init(self, access)]), shape: target)
    }
    let windows = try AdaptiveWindows(count, over: shape[axis], function: function).windows
    let parts = windows.enumerated().compactMap { place, window -> TensorExpression? in
      guard let weight = Coefficient(Size(window.length)).reciprocal else { return nil }
      var indices = target
      indices[axis] = Size(window.length)
      var output = target.indices.map(Affine.index)
      output[axis] = .constant(Size(place))
      var access = target.indices.map(Affine.index)
      access[axis] = Affine.index(axis) + Size(window.start)
      return space.contraction(
        Contraction(
          coefficient: weight, indices: indices, output: output, operands: [.init(self, access)]),
        shape: target)
    }
    return space.sum(parts, shape: target)
  }

  /// The maxima of windows along the last axes: one for all windows where they are of one length, else one for each.
  fileprivate func maxima(
    axes: [Int], _ counts: [Size], function: String, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> [PlacedMaximum] {
    var target = shape
    for (axis, count) in zip(axes, counts) { target[axis] = count }
    let lengths = zip(axes, counts).compactMap { assumptions.quotient(shape[$0], by: $1) }
    if lengths.count == axes.count {
      var access = target.indices.map(Affine.index)
      for (i, axis) in axes.enumerated() {
        access[axis] = Affine.index(axis) * lengths[i] + .index(rank + i)
      }
      let maximum = Extremum(
        kind: .maximum, ties: .first, operand: self, outputExtents: target, windowExtents: lengths,
        access: access)
      return [PlacedMaximum(maximum: maximum, entry: target.indices.map(Affine.index))]
    }
    var places: [[(axis: Int, place: Int, start: Int, length: Int)]] = [[]]
    for (axis, count) in zip(axes, counts) {
      let windows = try AdaptiveWindows(count, over: shape[axis], function: function).windows
      places = places.flatMap { known in
        windows.enumerated().map { known + [(axis, $0, $1.start, $1.length)] }
      }
    }
    return places.map { maximum(of: $0) }
  }

  /// The largest entry of one window along some axes.
  private func maximum(
    of window: [(axis: Int, place: Int, start: Int, length: Int)]
  ) -> PlacedMaximum {
    let kept = shape.indices.filter { axis in !window.contains { $0.axis == axis } }
    var access = Array(repeating: Affine.constant(.zero), count: rank)
    var entry = access
    for (number, axis) in kept.enumerated() {
      access[axis] = .index(number)
      entry[axis] = .index(number)
    }
    for (number, part) in window.enumerated() {
      access[part.axis] = Affine.index(kept.count + number) + Size(part.start)
      entry[part.axis] = .constant(Size(part.place))
    }
    let maximum = Extremum(
      kind: .maximum, ties: .first, operand: self, outputExtents: kept.map { shape[$0] },
      windowExtents: window.map { Size($0.length) }, access: access)
    return PlacedMaximum(maximum: maximum, entry: entry)
  }
}

/// Maxima of windows, and where they stand in the output.
private struct PlacedMaximum {
  let maximum: Extremum
  /// The entry of the output as functions of the maximum's own indices.
  let entry: [Affine]

  /// The values at their places, zeros elsewhere.
  func values(in target: [Size]) -> TensorExpression {
    let value = maximum.operand.space.extremum(maximum)
    return value.space.contraction(
      Contraction(
        indices: value.shape, output: entry,
        operands: [.init(value, value.shape.indices.map(Affine.index))]), shape: target)
  }
}

extension CatalogueFunction {
  static let adaptiveAvgPool = (1...3).map { count in
    let name = "adaptive_avg_pool\(count)d"
    return adaptive(
      name, count, [],
      .value { arguments throws(ShapeError) in
        let (x, axes, counts) = try arguments.adapted(count, function: name)
        var result = x
        for (axis, extent) in zip(axes, counts) {
          result = try result.averaged(
            axis: axis, extent, function: name, arguments.assumptions)
        }
        return result
      })
  }

  static let adaptiveMaxPool = (1...3).map { count in
    let name = "adaptive_max_pool\(count)d"
    return adaptive(
      name, count, [.optional("return_indices", false)],
      .pair { arguments throws(ShapeError) in
        let (x, axes, counts) = try arguments.adapted(count, function: name)
        let maxima = try x.maxima(axes: axes, counts, function: name, arguments.assumptions)
        let target = x.shape.dropLast(count) + counts
        let places = maxima.map {
          $0.maximum.flatOneHot(overLast: count, at: $0.entry, in: Array(target))
        }
        return (
          x.space.sum(maxima.map { $0.values(in: Array(target)) }, shape: Array(target)),
          x.space.sum(places, shape: places[0].shape).lastPlaces
        )
      })
  }

  private static let adaptiveExtents = ["7", "5, 4", "2, 5, 4"]
  private static let adaptiveCounts = ["3", "(2, 2)", "(2, 3, 2)"]

  private static func adaptive(
    _ name: String, _ spatialCount: Int, _ options: [Parameter], _ body: Body
  ) -> CatalogueFunction {
    let extents = adaptiveExtents[spatialCount - 1]
    let counts = adaptiveCounts[spatialCount - 1]
    let call = "\(name)(x, \(counts)"
    let places = "y, i = \(call), return_indices=True)\nz = y * x.flatten(2)[0, 0, i]"
    return CatalogueFunction(
      name, family: .pooling, ["x", "output_size"] + options,
      samples: ["y = \(call))"].map { "input x: [2, 1, \(extents)]\n\($0)" }
        + options.map { _ in "input x: [2, 1, \(extents)]\n\(places)" },
      body)
  }
}

extension BoundArguments {
  /// The operand of an adaptive pooling, its axes, and how many windows there are along each.
  fileprivate func adapted(
    _ spatialCount: Int, function: String
  ) throws(ShapeError) -> (x: TensorExpression, axes: [Int], counts: [Size]) {
    let x = try tensor("x")
    guard x.rank > spatialCount else {
      throw .rank(function: function, expected: "at least \(spatialCount + 1)", found: x.shape)
    }
    let axes = Array((x.rank - spatialCount)..<x.rank)
    return (x, axes, try spatial("output_size", spatialCount))
  }
}
