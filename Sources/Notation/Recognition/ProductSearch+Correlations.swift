import TensorExpressions

/// Convolutions and transposed convolutions, once their axes are known.
extension ProductSearch {
  func convolution(
    _ a: Candidate, _ b: Candidate, _ axes: [SpatialAxis], _ order: ChannelOrder,
    _ around: Surroundings
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
      let image = arranged(
        a, order.tensor(channels.batch, channels.image, axes.map(\.image))),
      let kernel = arranged(
        b,
        order.kernel(
          grid: channels.grid, image: channels.kernelImage, axes.map(\.kernel),
          isTransposed: false))
    else { return nil }
    guard let borders = borders(axes) else { return nil }
    var formula = convolutionFormula(
      image.formula.cropped(order.tensor(.all, .all, borders.imageSlices)), kernel.formula, axes,
      channels,
      order, borders.paddings)
    formula = formula.cropped(order.tensor(.all, .all, borders.crops))
    return Candidate(
      formula: formula,
      layout: order.tensor(channels.batch, channels.grid, axes.map(\.grid)),
      cost: image.cost + kernel.cost + (order == .first ? 10 : 11))
  }

  private struct Borders {
    var paddings: [FormulaPadding] = []
    /// What is cut off the result.
    var crops: [FormulaSlice] = []
    /// What is taken of the image.
    var imageSlices: [FormulaSlice] = []
  }

  /// How a convolution comes to read the image from the axes' constants on, and to have the grid's extents.
  private func borders(_ axes: [SpatialAxis]) -> Borders? {
    var result = Borders()
    for axis in axes {
      var extent = extent(of: axis.image)
      var before = -axis.constant
      var imageSlice = FormulaSlice.all
      if facts.isPositive(axis.constant) {
        imageSlice = .range(start: axis.constant, stop: extent, step: 1, extent: extent)
        extent -= axis.constant
        before = .zero
      } else {
        guard facts.isNonnegative(before) else { return nil }
      }
      let (count, span) = (self.extent(of: axis.grid), span(axis))
      let reached = (extent + before * 2 - span).flooredDivision(by: axis.stride) + 1
      // The padding after the end that lets the last window end with it.
      let after = axis.stride * (count - 1) + span - extent - before
      var padding = FormulaPadding(before: before, after: before)
      var crop = FormulaSlice.all
      if reached != count {
        if facts.isNonnegative(after) {
          padding.after = after
        } else {
          guard facts.isAtMost(after, before) else { return nil }
          crop = .range(start: .zero, stop: count, step: 1, extent: reached)
        }
      }
      result.paddings.append(padding)
      result.crops.append(crop)
      result.imageSlices.append(imageSlice)
    }
    return result
  }

  /// The extent of a dilated kernel, d·(K − 1) + 1.
  private func span(_ axis: SpatialAxis) -> Size {
    axis.dilation * (extent(of: axis.kernel) - 1) + 1
  }

  func convolutionFormula(
    _ image: Formula, _ kernel: Formula, _ axes: [SpatialAxis], _ channels: Channels,
    _ order: ChannelOrder, _ paddings: [FormulaPadding],
    output: (extents: [Size], padding: [Size])? = nil,
    isTransposed: Bool = false
  ) -> Formula {
    var outer = FormulaProduct(coefficient: .one, scalars: [], entries: [])
    let flipped = axes.indices.filter { axes[$0].isKernelFlipped }
      .map { $0 + (order == .first ? 2 : 0) }
    let x = image.withoutScalars(into: &outer)
    var w = kernel.withoutScalars(into: &outer)
    if !flipped.isEmpty { w = w.viewed(.flip(flipped)) }
    let convolution = FormulaConvolution(
      isTransposed: isTransposed, isChannelsLast: order == .last, image: x, kernel: w,
      strides: axes.map(\.stride),
      paddings: paddings, dilations: axes.map(\.dilation), groups: channels.groups,
      isCausal: !isTransposed && axes.count == 1 && paddings[0].after.isZero
        && !paddings[0].before.isZero && paddings[0].before == span(axes[0]) - 1,
      outputExtents: output?.extents, outputPadding: output?.padding)
    return Formula(outer.times(Formula.convolution(convolution).asProduct))
  }

  // MARK: Transposed convolution

  func transposedConvolution(
    _ a: Candidate, _ b: Candidate, _ axes: [SpatialAxis], _ order: ChannelOrder,
    _ around: Surroundings
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
      let grid = arranged(
        a, order.tensor(channels.batch, channels.grid, axes.map(\.grid))),
      let kernel = arranged(
        b,
        order.kernel(
          grid: channels.grid, image: channels.kernelImage, axes.map(\.kernel),
          isTransposed: true))
    else { return nil }
    guard let extents = transposedExtents(axes) else { return nil }
    var formula = convolutionFormula(
      grid.formula, kernel.formula, axes, channels, order, extents.paddings,
      output: extents.output, isTransposed: true)
    formula = formula.cropped(order.tensor(.all, .all, extents.crops))
    if extents.ends.contains(where: { $0 != .none }) {
      formula = formula.viewed(.pad(order.tensor(.none, .none, extents.ends)))
    }
    return Candidate(
      formula: formula,
      layout: order.tensor(channels.batch, channels.image, axes.map(\.image)),
      cost: grid.cost + kernel.cost + (order == .first ? 10 : 11),
      gathered: NumberSet(axes.map(\.image) + [channels.image].filter { $0 != Self.unit }))
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
}

extension Formula {
  /// The slices of the formula; the formula itself when they take everything.
  fileprivate func cropped(_ slices: [FormulaSlice]) -> Formula {
    slices.allSatisfy { $0 == .all } ? self : viewed(.slice(slices))
  }
}
