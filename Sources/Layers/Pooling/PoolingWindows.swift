import TensorExpressions

/// The windows of a pooling layer over the spatial axes of a tensor.
struct PoolingWindows {
  let windows: [SlidingWindow]
  /// The number of windows along each spatial axis.
  let counts: [Size]
  let layout: SpatialLayout

  /// - Throws: where the padding is more than half of a window: a window could then lie in it altogether.
  init(
    over x: TensorExpression, kernel: [Size], stride: [Size]?, padding: WindowPadding,
    dilation: [Size], layout: SpatialLayout, hangsOver: Bool = false, function: String,
    assuming: ShapeAssumptions
  ) throws(ShapeError) {
    let axes = layout.spatialAxes(rank: x.rank)
    guard x.rank == kernel.count + 2 else {
      throw .rank(function: function, expected: "\(kernel.count + 2)", found: x.shape)
    }
    if padding == .causal {
      throw .argument(function: function, name: "padding", rule: "is not \"causal\"")
    }
    var windows: [SlidingWindow] = []
    var counts: [Size] = []
    for (i, axis) in axes.enumerated() {
      let extent = x.shape[axis]
      let window = try padding.window(
        SlidingWindow(
          kernel: kernel[i], stride: stride?[i] ?? kernel[i], dilation: dilation[i]),
        spatialAxis: i, extent: extent, function: function, assuming)
      try Self.requireEntries(window, extent: extent, padding, function, assuming)
      windows.append(window)
      counts.append(
        hangsOver
          ? try window.hangingCount(in: extent, function: function, axis: axis, assuming: assuming)
          : try window.count(in: extent, function: function, axis: axis, assuming: assuming))
    }
    self.windows = windows
    self.counts = counts
    self.layout = layout
  }

  /// Throws unless every window holds an entry.
  private static func requireEntries(
    _ window: SlidingWindow, extent: Size, _ padding: WindowPadding, _ function: String,
    _ assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    let sides = [window.before, window.after]
    if sides.allSatisfy(\.isZero) { return }
    if case .sides = padding {
      for side in sides where !assumptions.isAtLeast(window.span - side * 2, 0) {
        throw .argument(
          function: function, name: "padding", rule: "is at most half of the window's span")
      }
    }
    // Neighbouring taps are no further apart than the axis is long, so one of them falls inside.
    guard assumptions.isAtLeast(extent - window.dilation, 0) else {
      throw .argument(
        function: function, name: "dilation", rule: "is at most the extent of a padded axis")
    }
  }

  /// The extents of the output.
  func outputShape(_ x: TensorExpression) -> [Size] {
    layout.arranged(
      batch: x.shape[0], channel: x.shape[layout.channelAxis(rank: x.rank)], spatial: counts)
  }

  /// The entry of the input under each tap: the output's axes are the first indices, the taps the next.
  func access(rank: Int) -> [Affine] {
    let channel = layout.channelAxis(rank: rank)
    let entries = layout.spatialAxes(rank: rank).enumerated().map { i, axis in
      windows[i].entry(window: axis, tap: rank + i)
    }
    return layout.arranged(batch: .index(0), channel: .index(channel), spatial: entries)
  }

  /// The windows of a call.
  init(
    _ arguments: BoundArguments, over x: TensorExpression, _ spatialCount: Int
  ) throws(ShapeError) {
    try self.init(
      over: x, kernel: arguments.spatial("kernel", spatialCount),
      stride: arguments.isNone("stride") ? nil : arguments.spatial("stride", spatialCount),
      padding: arguments.padding("padding", spatialCount),
      dilation: arguments.spatial("dilation", spatialCount), layout: arguments.layout(),
      hangsOver: arguments.flag("ceil_mode"),
      function: arguments.function, assuming: arguments.assumptions)
  }
}
