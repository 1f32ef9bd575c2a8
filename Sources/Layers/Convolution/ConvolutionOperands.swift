import TensorExpressions

/// The input and the kernel of a convolution or a transposed one, their ranks checked, and where their axes lie.
struct ConvolutionOperands {
  let x: TensorExpression
  let w: TensorExpression
  let options: ConvolutionOptions
  let function: String
  let assumptions: ShapeAssumptions
  let spatialAxes: [Int]
  let kernelAxes: (input: Int, output: Int, taps: [Int])

  init(
    _ x: TensorExpression, _ w: TensorExpression, _ options: ConvolutionOptions,
    isTransposed: Bool, function: String, _ assumptions: ShapeAssumptions
  ) throws(ShapeError) {
    guard x.rank >= 3 else {
      throw .rank(function: function, expected: "at least 3", found: x.shape)
    }
    guard w.rank == x.rank else {
      throw .rank(function: function, expected: "\(x.rank)", found: w.shape)
    }
    self.x = x
    self.w = w
    self.options = options
    self.function = function
    self.assumptions = assumptions
    spatialAxes = options.layout.spatialAxes(rank: x.rank)
    kernelAxes = options.layout.kernelAxes(rank: w.rank, isTransposed: isTransposed)
    try options.validate(function: function, spatialCount: spatialAxes.count)
  }

  /// The kernel's extents of in-channels and out-channels.
  var kernelInput: Size { w.shape[kernelAxes.input] }
  var kernelOutput: Size { w.shape[kernelAxes.output] }

  /// Throws unless the input has that many channels.
  func requireChannels(_ expected: Size) throws(ShapeError) {
    let found = x.shape[options.layout.channelAxis(rank: x.rank)]
    guard assumptions.areEqual(found, expected) else {
      throw .extent(function: function, what: "channels", expected: expected, found: found)
    }
  }

  /// The channels of one group.
  func perGroup(_ channels: Size) throws(ShapeError) -> Size {
    guard assumptions.isAtLeast(options.groups, 1),
      let quotient = assumptions.quotient(channels, by: options.groups)
    else { throw .groups(function: function, channels: channels, groups: options.groups) }
    return quotient
  }

  /// The window of the i-th spatial axis, not yet padded.
  func window(_ i: Int) -> SlidingWindow {
    options.window(i, kernel: w.shape[kernelAxes.taps[i]])
  }
}

/// The channel of two indices, `g·C + c`, or of one where there is a single group.
func groupedChannel(_ group: Int?, _ inGroup: Int, of count: Size) -> Affine {
  guard let group else { return .index(inGroup) }
  return Affine.index(group) * count + .index(inGroup)
}

/// Hands out the numbers of a contraction's indices.
struct IndexList {
  private(set) var extents: [Size] = []

  mutating func add(_ extent: Size) -> Int {
    extents.append(extent)
    return extents.count - 1
  }

  mutating func add(_ extents: [Size]) -> [Int] {
    var numbers: [Int] = []
    for extent in extents { numbers.append(add(extent)) }
    return numbers
  }
}
