import TensorExpressions

/// Convolutions, their adjoints, and sums over windows.
extension ProductSearch {
  /// One spatial axis of a convolution: stride·grid + dilation·kernel − padding is a coordinate of the image.
  struct SpatialAxis {
    let image: Int
    let grid: Int
    let kernel: Int
    var stride: Size
    var dilation: Size
    /// The constant of the coordinate, −padding.
    var constant: Size
    var isKernelFlipped = false
  }

  /// The labels of the axes that are not spatial; ``unit`` where there is none.
  struct Channels {
    var batch = ProductSearch.unit
    /// Axes of the image and of the grid, in a group: one label each, or coordinates `g*C + c`.
    var image = ProductSearch.unit
    var grid = ProductSearch.unit
    /// The kernel's axis on the image's side; its axis on the grid's side is ``grid``.
    var kernelImage = ProductSearch.unit
    var groups = Size.one
  }

  /// Products in which `a` is the image or the grid, and `b` the kernel.
  func convolutions(_ a: Candidate, _ b: Candidate, _ around: Surroundings) -> [Candidate] {
    var result: [Candidate] = []
    for order in ChannelOrder.allCases {
      if let axes = imageAxes(a, b, around),
        let product = convolution(a, b, axes, order, around)
      {
        result.append(product)
      }
      if let axes = gridAxes(a, b, around),
        let product = transposedConvolution(a, b, axes, order, around)
      {
        result.append(product)
      }
    }
    return result
  }

  /// Where channels stand: before the spatial axes, or behind them.
  enum ChannelOrder: CaseIterable {
    case first, last

    var firstSpatialAxis: Int { self == .first ? 2 : 1 }

    func tensor<T>(_ batch: T, _ channel: T, _ spatial: [T]) -> [T] {
      self == .first ? [batch, channel] + spatial : [batch] + spatial + [channel]
    }

    /// The kernel's axes by the grid's and the image's channels.
    func kernel(grid: Int, image: Int, _ taps: [Int], isTransposed: Bool) -> [Int] {
      switch self {
      case .first: [grid, image] + taps
      case .last: taps + (isTransposed ? [grid, image] : [image, grid])
      }
    }
  }

  // MARK: Spatial axes

  /// The axes of the image `a` whose coordinates hold an index of the kernel `b` and one of the surroundings.
  private func imageAxes(
    _ a: Candidate, _ b: Candidate, _ around: Surroundings
  ) -> [SpatialAxis]? {
    var axes: [SpatialAxis] = []
    for label in a.layout where label != Self.unit {
      let terms = labels[label].coordinate.terms
      guard terms.count == 2 else { continue }
      let kernels = terms.filter { term in
        b.layout.contains { plainIndex($0) == term.index } && !around.indices.contains(term.index)
      }
      // The channels of groups have the same form, but the group stays visible in the kernel.
      guard kernels.count == 1, let k = kernels.first,
        let p = terms.first(where: { $0.index != k.index }),
        let kernel = b.layout.first(where: { plainIndex($0) == k.index }),
        !b.layout.contains(where: { $0 != Self.unit && indices(of: $0).contains(p.index) }),
        let grid = plainLabel(of: p.index), around.labels.contains(grid)
      else { continue }
      axes.append(
        SpatialAxis(
          image: label, grid: grid, kernel: kernel, stride: p.coefficient,
          dilation: k.coefficient, constant: labels[label].coordinate.constant))
    }
    return (1...3).contains(axes.count)
      ? axes.compactMap(withPositiveSteps, count: axes.count) : nil
  }

  /// The axes of the grid `a` that meet an index of the kernel `b` in a coordinate of the surroundings.
  private func gridAxes(
    _ a: Candidate, _ b: Candidate, _ around: Surroundings
  ) -> [SpatialAxis]? {
    var axes: [SpatialAxis] = []
    for grid in a.layout {
      guard let p = plainIndex(grid) else { continue }
      let images = around.labels.filter { indices(of: $0).contains(p) }
      guard images.count == 1, let image = images.first else { continue }
      let terms = labels[image].coordinate.terms
      guard terms.count == 2, let k = terms.first(where: { $0.index != p }),
        let kernel = b.layout.first(where: { plainIndex($0) == k.index }),
        !a.layout.contains(kernel), !b.layout.contains(grid),
        around.labels.filter({ indices(of: $0).contains(k.index) }) == [image]
      else { continue }
      axes.append(
        SpatialAxis(
          image: image, grid: grid, kernel: kernel,
          stride: labels[image].coordinate.coefficient(of: p), dilation: k.coefficient,
          constant: labels[image].coordinate.constant))
    }
    return (1...3).contains(axes.count)
      ? axes.compactMap(withPositiveSteps, count: axes.count) : nil
  }

  /// A negative dilation read as a flipped kernel.
  private func withPositiveSteps(_ axis: SpatialAxis) -> SpatialAxis? {
    guard facts.isPositive(axis.stride) else { return nil }
    if facts.isPositive(axis.dilation) { return axis }
    guard facts.isPositive(-axis.dilation) else { return nil }
    var result = axis
    result.isKernelFlipped = true
    result.constant = axis.constant + axis.dilation * (extent(of: axis.kernel) - 1)
    result.dilation = -axis.dilation
    return result
  }

  // MARK: Channels

  /// The remaining axes: `images` those of the image, `grids` those of the grid, `kernels` those of the kernel.
  func channels(
    images: [Int], grids: [Int], kernels: [Int]
  ) -> Channels? {
    var result = Channels()
    var seenBatch = false
    var imageOnly: [Int] = []
    for label in images {
      if kernels.contains(label) {
        guard result.image == Self.unit else { return nil }
        result.image = label
      } else if grids.contains(label) {
        guard !seenBatch else { return nil }
        seenBatch = true
        result.batch = label
      } else {
        imageOnly.append(label)
      }
    }
    for label in grids where label != result.batch {
      guard kernels.contains(label), result.grid == Self.unit else { return nil }
      result.grid = label
    }
    let rest = kernels.filter { $0 != result.image && $0 != result.grid }
    if rest.isEmpty, imageOnly.isEmpty {
      if result.image != Self.unit, result.image == result.grid {
        result.groups = extent(of: result.image)
      } else {
        result.kernelImage = result.image
      }
      return result
    }
    // Groups: the image's channels are g*C + c and the grid's g*O + o, or g alone.
    guard imageOnly.count == 1, rest.count == 1, result.image == Self.unit,
      let c = plainIndex(rest[0]), result.grid != Self.unit
    else { return nil }
    let image = labels[imageOnly[0]]
    guard image.coordinate.terms.count == 2, image.coordinate.constant.isZero,
      image.coordinate.coefficient(of: c).isOne,
      let g = image.coordinate.terms.first(where: { $0.index != c }),
      g.coefficient == extents[c], image.extent == g.coefficient * extents[g.index],
      isGrouped(result.grid, by: g.index)
    else { return nil }
    result.image = imageOnly[0]
    result.kernelImage = rest[0]
    result.groups = extents[g.index]
    return result
  }

  /// Whether the label is `g*O + o` over all of its axis, or `g`.
  private func isGrouped(_ label: Int, by g: Int) -> Bool {
    let (coordinate, extent) = (labels[label].coordinate, labels[label].extent)
    if coordinate.asIndex == g { return true }
    guard coordinate.terms.count == 2, coordinate.constant.isZero,
      let o = coordinate.terms.first(where: { $0.index != g }), o.coefficient.isOne
    else { return false }
    return coordinate.coefficient(of: g) == extents[o.index]
      && extent == extents[g] * extents[o.index]
  }

  func others(_ layout: [Int], without spatial: [Int]) -> [Int] {
    layout.filter { $0 != Self.unit && !spatial.contains($0) }
  }

  /// Whether nothing outside needs the axis, or it stays an axis of the product.
  func isClosed(_ label: Int, _ around: Surroundings) -> Bool {
    guard let index = plainIndex(label) else { return true }
    return around.labels.contains(label) || !around.indices.contains(index)
      || around.labels.contains { indices(of: $0).contains(index) && indices(of: $0).count == 2 }
  }
}

extension Array {
  /// The changed elements, when all `count` of them change.
  fileprivate func compactMap<T>(_ change: (Element) -> T?, count: Int) -> [T]? {
    let result = compactMap(change)
    return result.count == count ? result : nil
  }
}
