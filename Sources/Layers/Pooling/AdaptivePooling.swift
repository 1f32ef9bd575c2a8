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

  /// The largest entries of windows along some axes.
  fileprivate func largest(
    axes: [Int], _ counts: [Size], function: String, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    var target = shape
    for (axis, count) in zip(axes, counts) { target[axis] = count }
    let lengths = zip(axes, counts).compactMap { assumptions.quotient(shape[$0], by: $1) }
    if lengths.count == axes.count {
      var access = target.indices.map(Affine.index)
      for (i, axis) in axes.enumerated() {
        access[axis] = Affine.index(axis) * lengths[i] + .index(rank + i)
      }
      return space.extremum(
        Extremum(
          kind: .maximum, ties: .first, operand: self, outputExtents: target,
          windowExtents: lengths, access: access))
    }
    var places: [[(axis: Int, place: Int, start: Int, length: Int)]] = [[]]
    for (axis, count) in zip(axes, counts) {
      let windows = try AdaptiveWindows(count, over: shape[axis], function: function).windows
      places = places.flatMap { known in
        windows.enumerated().map { known + [(axis, $0, $1.start, $1.length)] }
      }
    }
    return space.sum(places.map { largest(of: $0, in: target) }, shape: target)
  }

  /// The largest entry of one window along some axes, at its place in the output.
  private func largest(
    of window: [(axis: Int, place: Int, start: Int, length: Int)], in target: [Size]
  ) -> TensorExpression {
    let kept = shape.indices.filter { axis in !window.contains { $0.axis == axis } }
    var access = Array(repeating: Affine.constant(.zero), count: rank)
    var output = access
    for (number, axis) in kept.enumerated() {
      access[axis] = .index(number)
      output[axis] = .index(number)
    }
    for (number, part) in window.enumerated() {
      access[part.axis] = Affine.index(kept.count + number) + Size(part.start)
      output[part.axis] = .constant(Size(part.place))
    }
    let extents = kept.map { shape[$0] }
    let value = space.extremum(
      Extremum(
        kind: .maximum, ties: .first, operand: self, outputExtents: extents,
        windowExtents: window.map { Size($0.length) }, access: access))
    return value.embedded(at: output, in: target, indices: extents)
  }

  private func embedded(
    at output: [Affine], in target: [Size], indices: [Size]
  ) -> TensorExpression {
    space.contraction(
      Contraction(
        indices: indices, output: output,
        operands: [.init(self, indices.indices.map(Affine.index))]), shape: target)
  }
}

extension CatalogueFunction {
  static let adaptiveAvgPool = (1...3).map { count in
    adaptive("adaptive_avg_pool\(count)d", count) {
      x, axes, counts, name, assumptions throws(ShapeError) in
      var result = x
      for (axis, extent) in zip(axes, counts) {
        result = try result.averaged(axis: axis, extent, function: name, assumptions)
      }
      return result
    }
  }

  static let adaptiveMaxPool = (1...3).map { count in
    adaptive("adaptive_max_pool\(count)d", count) {
      x, axes, counts, name, assumptions throws(ShapeError) in
      try x.largest(axes: axes, counts, function: name, assumptions)
    }
  }

  private static let adaptiveExtents = ["7", "5, 4", "2, 5, 4"]
  private static let adaptiveCounts = ["3", "(2, 2)", "(2, 3, 2)"]

  private static func adaptive(
    _ name: String, _ spatialCount: Int,
    _ body:
      @escaping @Sendable (TensorExpression, [Int], [Size], String, ShapeAssumptions)
      throws(ShapeError) -> TensorExpression
  ) -> CatalogueFunction {
    let extents = adaptiveExtents[spatialCount - 1]
    let counts = adaptiveCounts[spatialCount - 1]
    return CatalogueFunction(
      name, family: .pooling, ["x", "output_size"],
      samples: ["input x: [2, 1, \(extents)]\ny = \(name)(x, \(counts))"]
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      guard x.rank > spatialCount else {
        throw .rank(function: name, expected: "at least \(spatialCount + 1)", found: x.shape)
      }
      let axes = Array((x.rank - spatialCount)..<x.rank)
      let counts = try arguments.spatial("output_size", spatialCount)
      return try body(x, axes, counts, name, arguments.assumptions)
    }
  }
}
