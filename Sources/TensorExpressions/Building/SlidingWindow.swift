/// Windows that slide along one axis, as in convolution and pooling.
///
/// ```
/// window p, tap k reads the entry   stride·p + dilation·k − before      for k in 0 ..< kernel
/// ```
///
/// An entry outside the axis lies in the padding.
public struct SlidingWindow: Hashable, Sendable {
  /// How many taps a window has.
  public let kernel: Size
  /// How many entries one window starts after the one before it.
  public let stride: Size
  /// How many entries lie from one tap to the next.
  public let dilation: Size
  /// How many entries of padding lie before the axis.
  public let before: Size
  /// How many entries of padding lie after the axis.
  public let after: Size

  public init(
    kernel: Size, stride: Size = 1, dilation: Size = 1, before: Size = 0, after: Size = 0
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.before = before
    self.after = after
  }

  /// The entries from the first tap to the last: d(k − 1) + 1.
  public var span: Size { dilation * (kernel - 1) + 1 }

  /// The entry that a tap of a window reads, by the numbers of their indices.
  public func entry(window: Int, tap: Int) -> Affine {
    Affine.index(window) * stride + Affine.index(tap) * dilation + -before
  }

  /// How many windows fit: ⌊(n + before + after − span) / stride⌋ + 1.
  ///
  /// - Throws: ``ShapeError/window(function:axis:span:paddedInput:)`` when none does, whatever the sizes.
  public func count(
    in extent: Size, function: String, axis: Int, assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) -> Size {
    try validate(function: function, assuming: assumptions)
    let padded = extent + before + after
    guard assumptions.isAtLeast(padded - span, 0) else {
      throw .window(function: function, axis: axis, span: span, paddedInput: padded)
    }
    return (padded - span).flooredDivision(by: stride) + 1
  }

  /// The entries that `count` windows reach, less the padding: (count − 1)·stride + span − before − after.
  public func reach(ofWindows count: Size) -> Size {
    (count - 1) * stride + span - before - after
  }

  /// Throws unless kernel, stride and dilation are at least 1 and the padding at least 0.
  public func validate(
    function: String, assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    for (name, size) in [("kernel", kernel), ("stride", stride), ("dilation", dilation)] {
      guard assumptions.isAtLeast(size, 1) else {
        throw .argument(function: function, name: name, rule: "is at least 1")
      }
    }
    for size in [before, after] {
      guard assumptions.isAtLeast(size, 0) else {
        throw .argument(function: function, name: "padding", rule: "is at least 0")
      }
    }
  }
}

extension TensorExpression {
  /// The windows of every channel as columns: `im2col`, PyTorch's `unfold`.
  ///
  /// ```
  /// y[n, (c·K + k)·L + l, p·Q + q] = x[n, c, s·p + d·k − π, s·q + d·l − π]
  /// ```
  ///
  /// | value | shape                     |
  /// |-------|---------------------------|
  /// | `x`   | `[N, C, H, W]`            |
  /// | `y`   | `[N, C*K*L, P*Q]`         |
  ///
  /// Any number of spatial axes is taken, one window for each.
  public func unfolded(
    _ windows: [SlidingWindow], assuming assumptions: ShapeAssumptions = .none
  ) throws(ShapeError) -> TensorExpression {
    guard rank == windows.count + 2, rank > 2 else {
      throw .rank(function: "unfold", expected: "\(max(windows.count, 1) + 2)", found: shape)
    }
    var counts: [Size] = []
    for (axis, window) in windows.enumerated() {
      counts.append(
        try window.count(
          in: shape[axis + 2], function: "unfold", axis: axis + 2, assuming: assumptions))
    }
    // Indices: n, c, the taps, the windows.
    let taps = windows.indices.map { 2 + $0 }
    let places = windows.indices.map { 2 + windows.count + $0 }
    let indices = [shape[0], shape[1]] + windows.map(\.kernel) + counts
    func merged(_ numbers: [Int]) -> Affine {
      numbers.reduce(Affine()) { $0 * indices[$1] + .index($1) }
    }
    let access =
      [.index(0), .index(1)]
      + windows.indices.map { windows[$0].entry(window: places[$0], tap: taps[$0]) }
    return space.contraction(
      Contraction(
        indices: indices, output: [.index(0), merged([1] + taps), merged(places)],
        operands: [Contraction.Operand(self, access)]),
      shape: [shape[0], Size.product(indices[1..<(2 + windows.count)]), Size.product(counts)])
  }
}
