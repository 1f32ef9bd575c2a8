import TensorExpressions

/// Convolution over any number of spatial axes: cross-correlation, the kernel not flipped.
///
/// ```
/// y[n, g·O + o, p, q] = Σ x[n, g·C + c, s·p + d·k − π, s·q + d·l − π] · w[g·O + o, c, k, l] + b[g·O + o]
/// ```
///
/// | value | shape, `NCHW`           | shape, `NHWC`           |
/// |-------|-------------------------|-------------------------|
/// | `x`   | `[N, G*C, H, W]`        | `[N, H, W, G*C]`        |
/// | `w`   | `[G*O, C, K, L]`        | `[K, L, C, G*O]`        |
/// | `b`   | `[G*O]` or `[]`         | `[G*O]` or `[]`         |
/// | `y`   | `[N, G*O, P, Q]`        | `[N, P, Q, G*O]`        |
///
/// P = ⌊(H + π₀ + π₁ − d(K − 1) − 1) / s⌋ + 1. An access outside `x` lies in the padding and contributes nothing.
///
/// - Throws: ``ShapeError/window(function:axis:span:paddedInput:)`` when the kernel is wider than the padded input.
public func convolution(
  _ x: TensorExpression, _ w: TensorExpression, bias: TensorExpression? = nil,
  _ options: ConvolutionOptions = ConvolutionOptions(), function: String = "convolution",
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  let operands = try ConvolutionOperands(
    x, w, options, isTransposed: false, function: function, assumptions)
  let (inPerGroup, outChannels) = (operands.kernelInput, operands.kernelOutput)
  try operands.requireChannels(options.groups * inPerGroup)
  let outPerGroup = try operands.perGroup(outChannels)
  let (windows, counts) = try operands.slidingWindows()

  let layout = options.layout
  var indices = IndexList()
  let n = indices.add(x.shape[0])
  // In the order of the output's axes, so that without groups the output's coordinates are plain.
  var places = layout == .channelsLast ? indices.add(counts) : []
  let g = options.groups.isOne ? nil : indices.add(options.groups)
  let o = indices.add(outPerGroup)
  if layout == .channelsFirst { places = indices.add(counts) }
  let c = indices.add(inPerGroup)
  let taps = indices.add(windows.map(\.kernel))

  let outChannel = groupedChannel(g, o, of: outPerGroup)
  let xAccess = layout.arranged(
    batch: .index(n), channel: groupedChannel(g, c, of: inPerGroup),
    spatial: windows.indices.map { windows[$0].entry(window: places[$0], tap: taps[$0]) })
  let wAccess = layout.arrangedKernel(
    input: .index(c), output: outChannel, taps: taps.map(Affine.index), isTransposed: false)
  let y = x.space.contraction(
    Contraction(
      indices: indices.extents,
      output: layout.arranged(
        batch: .index(n), channel: outChannel, spatial: places.map(Affine.index)),
      operands: [Contraction.Operand(x, xAccess), Contraction.Operand(w, wAccess)]),
    shape: layout.arranged(batch: x.shape[0], channel: outChannels, spatial: counts))
  return try y.addingBias(bias, layout: layout, function: function, assuming: assumptions)
}

extension ConvolutionOperands {
  /// The padded window of every spatial axis, and how many of them there are.
  fileprivate func slidingWindows() throws(ShapeError) -> ([SlidingWindow], [Size]) {
    var windows: [SlidingWindow] = []
    var counts: [Size] = []
    for (i, axis) in spatialAxes.enumerated() {
      let window = try options.padding.window(
        window(i), spatialAxis: i, extent: x.shape[axis], function: function, assumptions)
      counts.append(
        try window.count(in: x.shape[axis], function: function, axis: axis, assuming: assumptions))
      windows.append(window)
    }
    return (windows, counts)
  }
}

extension CatalogueFunction {
  static let conv1d = convolution(
    "conv1d", spatialCount: 1,
    samples: [
      """
      input x: [2, 3, 7]
      param w: [4, 3, 3], b: [4]
      y = conv1d(x, w, b, stride=2, padding=1)
      """,
      """
      input x: [2, 3, 7]
      param w: [4, 3, 3]
      y = conv1d(x, w, padding=1, padding_mode="circular")
      """,
      """
      input x: [2, 6, 8]
      param w: [4, 3, 2]
      y = conv1d(x, w, stride=2, padding=(1, 2), dilation=3, groups=2)
      """,
      """
      input x: [2, 7, 3]
      param w: [3, 3, 4]
      y = conv1d(x, w, padding="causal", dilation=2, layout="NHWC")
      """,
    ])

  static let conv2d = convolution(
    "conv2d", spatialCount: 2,
    samples: [
      """
      input x: [2, 3, 5, 6]
      param w: [4, 3, 3, 2], b: [4]
      y = conv2d(x, w, b, stride=2)
      """,
      """
      input x: [2, 3, 5, 7]
      param w: [4, 3, 3, 2]
      y = conv2d(x, w, stride=(2, 3), padding=((1, 2), (0, 1)), dilation=(1, 2))
      """,
      """
      input x: [2, 5, 6, 4]
      param w: [3, 2, 2, 6], b: [6]
      y = conv2d(x, w, b, stride=2, padding="same", groups=2, layout="NHWC")
      """,
    ])

  static let conv3d = convolution(
    "conv3d", spatialCount: 3,
    samples: [
      """
      input x: [1, 2, 4, 5, 3]
      param w: [3, 2, 2, 3, 1], b: [3]
      y = conv3d(x, w, b, stride=(1, 2, 1), padding=(0, 1, 1))
      """
    ])

  private static func convolution(
    _ name: String, spatialCount: Int, samples: [String]
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, family: .convolution,
      [
        "x", "w", .optional("b", 0), .optional("stride", 1), .optional("padding", 0),
        .optional("dilation", 1), .optional("groups", 1), .optional("layout", "NCHW"),
        .optional("padding_mode", "zeros"),
      ], samples: samples
    ) { arguments throws(ShapeError) in
      var x = try arguments.tensor("x")
      guard x.rank == spatialCount + 2 else {
        throw .rank(function: name, expected: "\(spatialCount + 2)", found: x.shape)
      }
      var options = try ConvolutionOptions(arguments, spatialCount)
      let edges = try arguments.edges("padding_mode")
      if edges != .zeros {
        x = try x.padded(
          options, spatialCount, edges: edges, function: name, assuming: arguments.assumptions)
        options.padding = .valid
      }
      return try Layers.convolution(
        x, try arguments.tensor("w"), bias: try arguments.tensorUnlessZero("b"), options,
        function: name, assuming: arguments.assumptions)
    }
  }
}
