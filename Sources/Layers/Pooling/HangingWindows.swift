import TensorExpressions

/// Averages whose windows do not all hold as many entries: windows that hang over the edge, and padding that does not
/// count.
extension PoolingWindows {
  /// What the sum of a window is divided by.
  enum Divisor {
    /// The taps of the window that lie in the padded axis.
    case taps
    /// Those that lie in the axis itself.
    case entries
    case number(Size)
  }

  /// The sum of every window.
  func sum(of x: TensorExpression, weight: Coefficient = .one) -> TensorExpression {
    let shape = outputShape(x)
    return x.space.contraction(
      Contraction(
        coefficient: weight, indices: shape + windows.map(\.kernel),
        output: shape.indices.map(Affine.index),
        operands: [Contraction.Operand(x, access(rank: x.rank))]), shape: shape)
  }

  /// The mean of every window.
  ///
  /// ```
  /// y[n, c, p, q] = Σ x[n, c, s·p + k − π, s·q + l − π] / (taps of window p · taps of window q)
  /// ```
  func average(
    of x: TensorExpression, by divisor: Divisor, function: String, assuming: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    switch divisor {
    case .number(let count):
      guard let weight = Coefficient(count).reciprocal else {
        throw .argument(function: function, name: "divisor_override", rule: "is not 0")
      }
      return sum(of: x, weight: weight)
    case .taps where !hangsOver(x, assuming), .entries where !reachesOver(x, assuming):
      return try average(of: x, function: function)
    case .taps, .entries: break
    }
    let axes = layout.spatialAxes(rank: x.rank)
    var result = sum(of: x)
    for (i, axis) in axes.enumerated() {
      let extent = x.shape[axis]
      let (padding, reach) =
        switch divisor {
        case .taps: (Size.zero, windows[i].before + extent + windows[i].after)
        case .entries, .number: (windows[i].before, extent)
        }
      let entry = windows[i].entry(window: 0, tap: 1) + (windows[i].before - padding)
      let counts = x.space.contraction(
        Contraction(
          indices: [self.counts[i], windows[i].kernel], output: [.index(0)], operands: [],
          guards: [Contraction.Guard(entry, below: reach)]), shape: [self.counts[i]])
      result = try result.over(
        counts.placed(onAxes: [axis], of: x.rank), assuming: assuming)
    }
    return result
  }

  /// Whether some window's last tap may lie behind the padded axis.
  private func hangsOver(_ x: TensorExpression, _ assumptions: ShapeAssumptions) -> Bool {
    zip(windows, zip(counts, layout.spatialAxes(rank: x.rank))).contains { window, place in
      let last = (place.0 - 1) * window.stride + window.span
      return !assumptions.facts.isNonnegative(
        window.before + x.shape[place.1] + window.after - last)
    }
  }

  /// Whether some window may reach outside of the axis.
  private func reachesOver(_ x: TensorExpression, _ assumptions: ShapeAssumptions) -> Bool {
    windows.contains { !$0.before.isZero || !$0.after.isZero } || hangsOver(x, assumptions)
  }
}

extension SlidingWindow {
  /// How many windows there are where the last may hang over the edge, if it begins before the padding behind it.
  func hangingCount(
    in extent: Size, function: String, axis: Int, assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) -> Size {
    let whole = try SlidingWindow(
      kernel: kernel, stride: stride, dilation: dilation, before: before,
      after: after + stride - 1
    ).count(in: extent, function: function, axis: axis, assuming: assumptions)
    let start = (whole - 1) * stride
    if assumptions.facts.isNonnegative(before + extent - 1 - start) { return whole }
    if assumptions.facts.isNonnegative(start - before - extent) { return whole - 1 }
    throw .undecided(function: function, name: "ceil_mode", size: extent)
  }
}

extension CatalogueFunction {
  /// (Σ xᵖ)^(1/p) over every window.
  static let lpPool = CatalogueFunction(
    "lp_pool", aliases: ["lp_pool1d", "lp_pool2d", "lp_pool3d"], family: .pooling,
    [
      "x", .optional("norm_type", 2), "kernel", .optional("stride", Argument.none),
      .optional("ceil_mode", false), .optional("layout", "NCHW"),
    ],
    samples: [
      "input x: [2, 3, 6] positive\ny = lp_pool(x, 3, 2)",
      "input x: [2, 3, 4, 5]\ny = lp_pool(x, 2, 2, stride=1)",
    ]
  ) { arguments throws(ShapeError) in
    let x = try arguments.tensor("x")
    guard let p = arguments["norm_type"].asNumber?.asRational, p.signum() > 0 else {
      throw arguments.broken("norm_type", "is a number above 0")
    }
    guard x.rank > 2 else {
      throw .rank(function: "lp_pool", expected: "at least 3", found: x.shape)
    }
    let windows = try PoolingWindows(
      over: x, kernel: arguments.spatial("kernel", x.rank - 2),
      stride: arguments.isNone("stride") ? nil : arguments.spatial("stride", x.rank - 2),
      padding: .all(0, x.rank - 2), dilation: Array(repeating: 1, count: x.rank - 2),
      layout: arguments.layout(), hangsOver: arguments.flag("ceil_mode"), function: "lp_pool",
      assuming: arguments.assumptions)
    return windows.sum(of: x.power(p)).power(p.reciprocal)
  }
}
