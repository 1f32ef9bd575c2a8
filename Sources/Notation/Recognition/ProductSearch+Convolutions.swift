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
  private struct Channels {
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
    if let axes = imageAxes(a, b, around),
      let product = convolution(a, b, axes, around)
    {
      result.append(product)
    }
    if let axes = gridAxes(a, b, around),
      let product = transposedConvolution(a, b, axes, around)
    {
      result.append(product)
    }
    return result
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
  private func channels(
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

  private func others(_ layout: [Int], without spatial: [Int]) -> [Int] {
    layout.filter { $0 != Self.unit && !spatial.contains($0) }
  }

  /// Whether nothing outside needs the axis, or it stays an axis of the product.
  private func isClosed(_ label: Int, _ around: Surroundings) -> Bool {
    guard let index = plainIndex(label) else { return true }
    return around.labels.contains(label) || !around.indices.contains(index)
      || around.labels.contains { indices(of: $0).contains(index) && indices(of: $0).count == 2 }
  }

  // MARK: Convolution

  private func convolution(
    _ a: Candidate, _ b: Candidate, _ axes: [SpatialAxis], _ around: Surroundings
  ) -> Candidate? {
    let images = others(a.layout, without: axes.map(\.image))
    let kernels = others(b.layout, without: axes.map(\.kernel))
    // The grid has what is left of both: axes that the surroundings need.
    let grids = Array(
      Set(images + kernels).filter { label in
        around.labels.contains(label)
          || indices(of: label).contains { around.indices.contains($0) }
      }
    ).sorted().filter { around.labels.contains($0) }
    guard let channels = channels(images: images, grids: grids, kernels: kernels),
      isClosed(channels.image, around),
      let image = arranged(a, [channels.batch, channels.image] + axes.map(\.image)),
      let kernel = arranged(b, [channels.grid, channels.kernelImage] + axes.map(\.kernel))
    else { return nil }
    var paddings: [FormulaPadding] = []
    var crops: [FormulaSlice] = [.all, .all]
    var imageSlices: [FormulaSlice] = [.all, .all]
    for axis in axes {
      var extent = extent(of: axis.image)
      var before = -axis.constant
      if facts.isPositive(axis.constant) {
        imageSlices.append(
          .range(start: axis.constant, stop: extent, step: 1, extent: extent))
        extent -= axis.constant
        before = .zero
      } else {
        guard facts.isNonnegative(before) else { return nil }
        imageSlices.append(.all)
      }
      let (count, span) = (self.extent(of: axis.grid), span(axis))
      let reached = (extent + before * 2 - span).flooredDivision(by: axis.stride) + 1
      // The padding after the end that lets the last window end with it.
      let after = axis.stride * (count - 1) + span - extent - before
      paddings.append(FormulaPadding(before: before, after: before))
      crops.append(.all)
      if reached == count { continue }
      if facts.isNonnegative(after) {
        paddings[paddings.count - 1].after = after
      } else {
        guard facts.isAtMost(after, before) else { return nil }
        crops[crops.count - 1] = .range(start: .zero, stop: count, step: 1, extent: reached)
      }
    }
    var formula = convolutionFormula(
      image.formula.cropped(imageSlices), kernel.formula, axes, channels, paddings)
    formula = formula.cropped(crops)
    return Candidate(
      formula: formula, layout: [channels.batch, channels.grid] + axes.map(\.grid),
      cost: image.cost + kernel.cost + 10)
  }

  /// The extent of a dilated kernel, d·(K − 1) + 1.
  private func span(_ axis: SpatialAxis) -> Size {
    axis.dilation * (extent(of: axis.kernel) - 1) + 1
  }

  private func convolutionFormula(
    _ image: Formula, _ kernel: Formula, _ axes: [SpatialAxis], _ channels: Channels,
    _ paddings: [FormulaPadding], output: (extents: [Size], padding: [Size])? = nil,
    isTransposed: Bool = false
  ) -> Formula {
    var outer = FormulaProduct(coefficient: .one, scalars: [], entries: [])
    let flipped = axes.indices.filter { axes[$0].isKernelFlipped }.map { $0 + 2 }
    let x = image.withoutScalars(into: &outer)
    var w = kernel.withoutScalars(into: &outer)
    if !flipped.isEmpty { w = w.viewed(.flip(flipped)) }
    let convolution = FormulaConvolution(
      isTransposed: isTransposed, image: x, kernel: w, strides: axes.map(\.stride),
      paddings: paddings, dilations: axes.map(\.dilation), groups: channels.groups,
      isCausal: !isTransposed && axes.count == 1 && paddings[0].after.isZero
        && !paddings[0].before.isZero && paddings[0].before == span(axes[0]) - 1,
      outputExtents: output?.extents, outputPadding: output?.padding)
    return Formula(outer.times(Formula.convolution(convolution).asProduct))
  }

  // MARK: Transposed convolution

  private func transposedConvolution(
    _ a: Candidate, _ b: Candidate, _ axes: [SpatialAxis], _ around: Surroundings
  ) -> Candidate? {
    let grids = others(a.layout, without: axes.map(\.grid))
    let kernels = others(b.layout, without: axes.map(\.kernel))
    let open = around.labels.filter { label in
      let inside = indices(of: label)
      return !axes.contains { $0.image == label }
        && inside.contains { i in
          (grids + kernels).contains { indices(of: $0).contains(i) }
        }
    }
    guard let channels = channels(images: open.sorted(), grids: grids, kernels: kernels),
      isClosed(channels.grid, around),
      let grid = arranged(a, [channels.batch, channels.grid] + axes.map(\.grid)),
      let kernel = arranged(b, [channels.grid, channels.kernelImage] + axes.map(\.kernel))
    else { return nil }
    guard let extents = transposedExtents(axes) else { return nil }
    var formula = convolutionFormula(
      grid.formula, kernel.formula, axes, channels, extents.paddings,
      output: extents.output, isTransposed: true)
    formula = formula.cropped([.all, .all] + extents.crops)
    if extents.ends.contains(where: { $0 != .none }) {
      formula = formula.viewed(.pad([.none, .none] + extents.ends))
    }
    return Candidate(
      formula: formula, layout: [channels.batch, channels.image] + axes.map(\.image),
      cost: grid.cost + kernel.cost + 10)
  }

  private struct TransposedExtents {
    var paddings: [FormulaPadding] = []
    var output: (extents: [Size], padding: [Size])?
    var crops: [FormulaSlice] = []
    var ends: [FormulaPadding] = []
  }

  /// How a transposed convolution's result, of the extent (P − 1)·s − 2π + d·(K − 1) + 1, becomes the image's.
  private func transposedExtents(_ axes: [SpatialAxis]) -> TransposedExtents? {
    var result = TransposedExtents()
    var output: [Size] = []
    var added: [Size] = []
    for axis in axes {
      var before = -axis.constant
      guard facts.isNonnegative(before) else { return nil }
      let whole = (extent(of: axis.grid) - 1) * axis.stride + span(axis)
      let wanted = extent(of: axis.image)
      let missing = wanted - whole + before * 2
      var crop = FormulaSlice.all
      var end = FormulaPadding.none
      if facts.isNonnegative(missing), facts.isAtMost(missing + 1, axis.stride) {
        output.append(wanted)
        added.append(missing)
      } else {
        // What the symmetric padding cuts off at the end is needed, or more must be cut off.
        if !facts.isNonnegative(-missing) {
          crop = .range(start: before, stop: before + wanted, step: 1, extent: whole)
          if !facts.isAtMost(before + wanted, whole) {
            guard facts.isAtMost(whole, before + wanted) else { return nil }
            crop = .range(start: before, stop: whole, step: 1, extent: whole)
            end.after = before + wanted - whole
          }
          if before.isZero, !end.after.isZero { crop = .all }
          before = .zero
        } else {
          crop = .range(start: .zero, stop: wanted, step: 1, extent: whole - before * 2)
        }
        output.append(whole - before * 2)
        added.append(.zero)
      }
      result.paddings.append(FormulaPadding(before: before, after: before))
      result.crops.append(crop)
      result.ends.append(end)
    }
    result.output = added.allSatisfy(\.isZero) ? nil : (output, added)
    return result
  }

  // MARK: Windows

  /// Sums over windows of one tensor, and their adjoint: convolutions with a kernel of ones.
  func windowSums(_ a: Candidate, _ around: Surroundings) -> [Candidate] {
    var pooled: [SpatialAxis] = []
    for label in a.layout where label != Self.unit {
      let terms = labels[label].coordinate.terms
      guard terms.count == 2 else { continue }
      let closed = terms.filter { term in
        !around.indices.contains(term.index)
          && !a.layout.contains {
            $0 != label && $0 != Self.unit && indices(of: $0).contains(term.index)
          }
      }
      guard closed.count == 1, let k = closed.first,
        let p = terms.first(where: { $0.index != k.index }), k.coefficient.isOne,
        let grid = plainLabel(of: p.index), around.labels.contains(grid),
        !a.layout.contains(grid)
      else { continue }
      pooled.append(
        SpatialAxis(
          image: label, grid: grid, kernel: k.index, stride: p.coefficient, dilation: .one,
          constant: labels[label].coordinate.constant))
    }
    return pooling(a, pooled).map { [$0] } ?? unpooling(a, around).map { [$0] } ?? []
  }

  private func pooling(_ a: Candidate, _ axes: [SpatialAxis]) -> Candidate? {
    let rest = others(a.layout, without: axes.map(\.image))
    guard (1...2).contains(axes.count), rest.count <= 2,
      let image = arranged(
        a,
        Array(repeating: Self.unit, count: 2 - rest.count) + rest + axes.map(\.image))
    else { return nil }
    for axis in axes {
      let before = -axis.constant
      let reached =
        (extent(of: axis.image) + before * 2 - extents[axis.kernel]).flooredDivision(
          by: axis.stride) + 1
      guard facts.isNonnegative(before), facts.isPositive(axis.stride),
        reached == extent(of: axis.grid)
      else { return nil }
    }
    var outer = FormulaProduct(
      coefficient: Coefficient(Size.product(axes.map { extents[$0.kernel] })), scalars: [],
      entries: [])
    let pooling = FormulaPooling(
      kind: .average, operand: image.formula.withoutScalars(into: &outer),
      window: axes.map { extents[$0.kernel] }, strides: axes.map(\.stride),
      paddings: axes.map { -$0.constant }, dilations: axes.map { _ in .one })
    return Candidate(
      formula: Formula(outer.times(Formula.pooling(pooling).asProduct)),
      layout: image.layout.prefix(2) + axes.map(\.grid), cost: image.cost + 10)
  }

  private func unpooling(_ a: Candidate, _ around: Surroundings) -> Candidate? {
    var axes: [SpatialAxis] = []
    for grid in a.layout {
      guard let p = plainIndex(grid) else { continue }
      let images = around.labels.filter { indices(of: $0).contains(p) }
      guard images.count == 1, let image = images.first else { continue }
      let terms = labels[image].coordinate.terms
      guard terms.count == 2, let k = terms.first(where: { $0.index != p }), k.coefficient.isOne,
        labels.indices.allSatisfy({ $0 == image || !indices(of: $0).contains(k.index) })
      else { continue }
      axes.append(
        SpatialAxis(
          image: image, grid: grid, kernel: k.index,
          stride: labels[image].coordinate.coefficient(of: p), dilation: .one,
          constant: labels[image].coordinate.constant))
    }
    let rest = others(a.layout, without: axes.map(\.grid))
    guard (1...2).contains(axes.count), rest.count <= 2,
      axes.allSatisfy({ facts.isPositive($0.stride) })
    else { return nil }
    let leading = Array(repeating: Self.unit, count: 2 - rest.count) + rest
    guard let grid = arranged(a, leading + axes.map(\.grid)) else { return nil }
    let windows = axes.map { extents[$0.kernel] }
    let channels = extent(of: leading[1])
    var paddings: [FormulaPadding] = []
    var output: [Size] = []
    var added: [Size] = []
    var isSmallest = true
    for (axis, window) in zip(axes, windows) {
      let before = -axis.constant
      let smallest = (extent(of: axis.grid) - 1) * axis.stride - before * 2 + window
      let missing = extent(of: axis.image) - smallest
      guard facts.isNonnegative(before), facts.isNonnegative(missing),
        facts.isAtMost(missing + 1, axis.stride)
      else { return nil }
      isSmallest = isSmallest && missing.isZero
      output.append(extent(of: axis.image))
      added.append(missing)
      paddings.append(FormulaPadding(before: before, after: before))
    }
    let formula = convolutionFormula(
      grid.formula, .filled(.ones([channels, .one] + windows)), axes, Channels(groups: channels),
      paddings, output: isSmallest ? nil : (output, added), isTransposed: true)
    return Candidate(
      formula: formula, layout: leading + axes.map(\.image), cost: grid.cost + 14)
  }
}

extension Array {
  /// The changed elements, when all `count` of them change.
  fileprivate func compactMap<T>(_ change: (Element) -> T?, count: Int) -> [T]? {
    let result = compactMap(change)
    return result.count == count ? result : nil
  }
}

extension Formula {
  /// The slices of the formula; the formula itself when they take everything.
  fileprivate func cropped(_ slices: [FormulaSlice]) -> Formula {
    slices.allSatisfy { $0 == .all } ? self : viewed(.slice(slices))
  }
}
