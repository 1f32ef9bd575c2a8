import TensorExpressions

/// How the output extents of a transposed convolution are told apart: several inputs of a strided convolution
/// have the same output, so its adjoint has a choice.
public enum TransposedExtent: Hashable, Sendable {
  /// So many entries more than the windows reach, one for each spatial axis or one for all.
  case outputPadding([Size])
  /// The extents themselves, one for each spatial axis.
  case outputSize([Size])
}

/// Transposed convolution: the adjoint in `x` of ``convolution(_:_:bias:_:function:assuming:)`` with the same options.
///
/// ```
/// y[n, g·O + o, s·i + d·k − π, s·j + d·l − π] += x[n, g·C + c, i, j] · w[g·C + c, o, k, l]
/// ```
///
/// | value | shape, `NCHW`           | shape, `NHWC`           |
/// |-------|-------------------------|-------------------------|
/// | `x`   | `[N, G*C, H, W]`        | `[N, H, W, G*C]`        |
/// | `w`   | `[G*C, O, K, L]`        | `[K, L, G*C, O]`        |
/// | `b`   | `[G*O]` or `[]`         | `[G*O]` or `[]`         |
/// | `y`   | `[N, G*O, P, Q]`        | `[N, P, Q, G*O]`        |
///
/// P = (H − 1)·s − π₀ − π₁ + d(K − 1) + 1 + output padding. With "same" P = H·s, as in Keras.
///
/// - Throws: ``ShapeError/outputExtent(function:axis:requested:possible:)`` for an output size that no choice gives.
public func transposedConvolution(
  _ x: TensorExpression, _ w: TensorExpression, bias: TensorExpression? = nil,
  _ options: ConvolutionOptions = ConvolutionOptions(),
  extent: TransposedExtent = .outputPadding([0]), function: String = "transposedConvolution",
  assuming assumptions: ShapeAssumptions = .none
) throws(ShapeError) -> TensorExpression {
  let operands = try ConvolutionOperands(
    x, w, options, isTransposed: true, function: function, assumptions)
  try operands.requireChannels(operands.kernelInput)
  let inPerGroup = try operands.perGroup(operands.kernelInput)
  let outPerGroup = operands.kernelOutput
  let (windows, outputs) = try operands.transposedWindows(extent)

  let layout = options.layout
  var indices = IndexList()
  let n = indices.add(x.shape[0])
  let g = options.groups.isOne ? nil : indices.add(options.groups)
  let o = indices.add(outPerGroup)
  let c = indices.add(inPerGroup)
  let places = indices.add(operands.spatialAxes.map { x.shape[$0] })
  let taps = indices.add(windows.map(\.kernel))

  let inChannel = groupedChannel(g, c, of: inPerGroup)
  let xAccess = layout.arranged(
    batch: .index(n), channel: inChannel, spatial: places.map(Affine.index))
  let wAccess = layout.arrangedKernel(
    input: inChannel, output: .index(o), taps: taps.map(Affine.index), isTransposed: true)
  let y = x.space.contraction(
    Contraction(
      indices: indices.extents,
      output: layout.arranged(
        batch: .index(n), channel: groupedChannel(g, o, of: outPerGroup),
        spatial: windows.indices.map { windows[$0].entry(window: places[$0], tap: taps[$0]) }),
      operands: [Contraction.Operand(x, xAccess), Contraction.Operand(w, wAccess)]),
    shape: layout.arranged(
      batch: x.shape[0], channel: options.groups * outPerGroup, spatial: outputs))
  return try y.addingBias(bias, layout: layout, function: function, assuming: assumptions)
}

extension ConvolutionOperands {
  /// The padded window of every spatial axis, and the extent of the output along it.
  fileprivate func transposedWindows(
    _ extent: TransposedExtent
  ) throws(ShapeError) -> ([SlidingWindow], [Size]) {
    var windows: [SlidingWindow] = []
    var outputs: [Size] = []
    for (i, axis) in spatialAxes.enumerated() {
      let geometry = TransposedWindow(
        window: window(i), padding: options.padding, extent: x.shape[axis], spatialAxis: i,
        axis: axis, function: function, assumptions: assumptions)
      let (window, output) = try geometry.resolved(extent)
      windows.append(window)
      outputs.append(output)
    }
    return (windows, outputs)
  }
}

/// One spatial axis of a transposed convolution: its padding and its output extent.
private struct TransposedWindow {
  let window: SlidingWindow
  let padding: WindowPadding
  /// The extent of the input, the number of windows.
  let extent: Size
  let spatialAxis: Int
  let axis: Int
  let function: String
  let assumptions: ShapeAssumptions

  func resolved(
    _ choice: TransposedExtent
  ) throws(ShapeError) -> (window: SlidingWindow, output: Size) {
    try window.validate(function: function, assuming: assumptions)
    switch padding {
    case .causal:
      throw .argument(function: function, name: "padding", rule: "is not \"causal\"")
    case .same, .sameLower: return try same(choice)
    case .sides, .valid:
      let padded = try padding.window(
        window, spatialAxis: spatialAxis, extent: extent, function: function, assumptions)
      try padded.validate(function: function, assuming: assumptions)
      let output = try output(padded.reach(ofWindows: extent), choice)
      guard assumptions.isAtLeast(output, 1) else {
        throw .emptyExtent(function: function, axis: axis, extent: output)
      }
      return (padded, output)
    }
  }

  /// The output extent, at least what the windows reach and less than one stride more.
  private func output(_ reach: Size, _ choice: TransposedExtent) throws(ShapeError) -> Size {
    switch choice {
    case .outputPadding(let amounts):
      let amount = try entry(amounts, "output_padding")
      // PyTorch's rule: below the stride or the dilation.
      let isBelowDilation = assumptions.facts.isAtMost(amount + 1, window.dilation)
      guard assumptions.isAtLeast(amount, 0),
        isBelowDilation || assumptions.isAtLeast(window.stride - 1 - amount, 0)
      else {
        throw .argument(
          function: function, name: "output_padding",
          rule: "is less than the stride or the dilation")
      }
      return reach + amount
    case .outputSize(let sizes):
      let requested = try entry(sizes, "output_size")
      guard assumptions.isAtLeast(requested - reach, 0),
        assumptions.isAtLeast(reach + window.stride - 1 - requested, 0)
      else { throw impossible(requested, from: reach) }
      return requested
    }
  }

  /// The padding with which ⌈output / stride⌉ is the input's extent.
  private func same(
    _ choice: TransposedExtent
  ) throws(ShapeError) -> (window: SlidingWindow, output: Size) {
    var output = extent * window.stride
    switch choice {
    case .outputPadding(let amounts):
      guard try entry(amounts, "output_padding").isZero else {
        throw .argument(
          function: function, name: "output_padding", rule: "is 0 with padding=\"same\"")
      }
    case .outputSize(let sizes):
      let requested = try entry(sizes, "output_size")
      let least = (extent - 1) * window.stride + 1
      guard assumptions.isAtLeast(requested - least, 0),
        assumptions.isAtLeast(output - requested, 0)
      else { throw impossible(requested, from: least) }
      output = requested
    }
    let missing = (extent - 1) * window.stride + window.span - output
    let padded = try padding.split(
      missing, of: window, extent: extent, function: function, assumptions)
    return (padded, output)
  }

  private func entry(_ sizes: [Size], _ name: String) throws(ShapeError) -> Size {
    if sizes.count == 1 { return sizes[0] }
    guard spatialAxis < sizes.count else {
      throw .argument(function: function, name: name, rule: "has an entry for each axis")
    }
    return sizes[spatialAxis]
  }

  private func impossible(_ requested: Size, from least: Size) -> ShapeError {
    let count = min(window.stride.asInt ?? 1, 16)
    return .outputExtent(
      function: function, axis: axis, requested: requested,
      possible: (0..<max(count, 1)).map { least + Size($0) })
  }
}

extension CatalogueFunction {
  static let convTranspose1d = transposedConvolution(
    "conv_transpose1d", alias: "conv1d_transpose", spatialCount: 1,
    samples: [
      """
      input x: [2, 4, 5]
      param w: [4, 3, 2], b: [6]
      y = conv_transpose1d(x, w, b, stride=3, padding=1, output_padding=2, groups=2)
      """,
      """
      input x: [2, 3, 4]
      param w: [3, 2, 5]
      y = conv_transpose1d(x, w, stride=2, padding=2, output_size=8)
      """,
    ])

  static let convTranspose2d = transposedConvolution(
    "conv_transpose2d", alias: "conv2d_transpose", spatialCount: 2,
    samples: [
      """
      input x: [2, 3, 4, 5]
      param w: [3, 2, 4, 3], b: [2]
      y = conv_transpose2d(x, w, b, stride=2, padding=1)
      """,
      """
      input x: [2, 3, 4, 5]
      param w: [4, 3, 5, 2]
      y = conv_transpose2d(x, w, stride=(2, 3), padding="same", layout="NHWC")
      """,
    ])

  static let convTranspose3d = transposedConvolution(
    "conv_transpose3d", alias: "conv3d_transpose", spatialCount: 3,
    samples: [
      """
      input x: [1, 2, 2, 3, 4]
      param w: [2, 3, 3, 2, 1]
      y = conv_transpose3d(x, w, stride=(1, 2, 2), dilation=(2, 1, 1))
      """
    ])

  private static func transposedConvolution(
    _ name: String, alias: String, spatialCount: Int, samples: [String]
  ) -> CatalogueFunction {
    CatalogueFunction(
      name, aliases: [alias], family: .convolution,
      [
        "x", "w", .optional("b", 0), .optional("stride", 1), .optional("padding", 0),
        .optional("output_padding", 0), .optional("output_size", Argument.none),
        .optional("groups", 1), .optional("dilation", 1), .optional("layout", "NCHW"),
      ], samples: samples
    ) { arguments throws(ShapeError) in
      let x = try arguments.tensor("x")
      guard x.rank == spatialCount + 2 else {
        throw .rank(function: name, expected: "\(spatialCount + 2)", found: x.shape)
      }
      let extent: TransposedExtent =
        arguments.isNone("output_size")
        ? .outputPadding(try arguments.spatial("output_padding", spatialCount))
        : .outputSize(try arguments.spatial("output_size", spatialCount))
      return try Layers.transposedConvolution(
        x, try arguments.tensor("w"), bias: try arguments.tensorUnlessZero("b"),
        try ConvolutionOptions(arguments, spatialCount), extent: extent, function: name,
        assuming: arguments.assumptions)
    }
  }
}
