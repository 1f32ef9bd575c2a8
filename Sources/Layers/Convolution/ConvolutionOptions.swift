import TensorExpressions

/// How a kernel slides: what convolutions and transposed convolutions of any rank have in common.
public struct ConvolutionOptions: Hashable, Sendable {
  /// One for each spatial axis, or one for all; so is ``dilation``.
  public var stride: [Size]
  /// How the image is padded along its spatial axes.
  public var padding: WindowPadding
  /// How many entries lie from one tap of the kernel to the next: one for each spatial axis, or one
  /// for all.
  public var dilation: [Size]
  /// How many groups the channels fall into; each is convolved by itself.
  public var groups: Size
  /// Where batch, channels and space lie among the axes, in the image and in the kernel.
  public var layout: SpatialLayout

  public init(
    stride: [Size] = [1], padding: WindowPadding = .valid, dilation: [Size] = [1],
    groups: Size = 1, layout: SpatialLayout = .channelsFirst
  ) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.layout = layout
  }

  /// The options of a call with `count` spatial axes.
  init(_ arguments: BoundArguments, _ count: Int) throws(ShapeError) {
    self.init(
      stride: try arguments.spatial("stride", count),
      padding: try arguments.padding("padding", count),
      dilation: try arguments.spatial("dilation", count), groups: try arguments.size("groups"),
      layout: try arguments.layout())
  }

  /// The window of a spatial axis, not yet padded.
  func window(_ axis: Int, kernel: Size) -> SlidingWindow {
    SlidingWindow(
      kernel: kernel, stride: stride.count == 1 ? stride[0] : stride[axis],
      dilation: dilation.count == 1 ? dilation[0] : dilation[axis])
  }

  /// Throws unless stride and dilation have one entry, or one for each spatial axis.
  func validate(function: String, spatialCount: Int) throws(ShapeError) {
    for (name, sizes) in [("stride", stride), ("dilation", dilation)] {
      guard sizes.count == 1 || sizes.count == spatialCount else {
        throw .argument(function: function, name: name, rule: "is one size or \(spatialCount)")
      }
    }
    if padding == .causal, spatialCount > 1 {
      throw .argument(
        function: function, name: "padding", rule: "is \"causal\" along a single spatial axis only")
    }
  }
}

extension TensorExpression {
  /// The tensor with a bias for each channel, or one number, added.
  func addingBias(
    _ bias: TensorExpression?, layout: SpatialLayout, function: String,
    assuming assumptions: ShapeAssumptions
  ) throws(ShapeError) -> TensorExpression {
    guard let bias else { return self }
    if bias.rank == 0 { return try plus(bias, assuming: assumptions) }
    let axis = layout.channelAxis(rank: rank)
    guard bias.rank == 1 else { throw .rank(function: function, expected: "1", found: bias.shape) }
    guard assumptions.areEqual(shape[axis], bias.shape[0]) else {
      throw .extent(function: function, what: "bias", expected: shape[axis], found: bias.shape[0])
    }
    return try plus(bias.placed(onAxes: [axis], of: rank), assuming: assumptions)
  }
}
