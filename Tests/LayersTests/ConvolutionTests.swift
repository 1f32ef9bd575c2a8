import Layers
import TensorExpressions
import Testing
import ToolkitTestSupport

@Suite struct ConvolutionTests {
  let space = ExpressionSpace()

  /// One axis of a convolution by its numbers.
  struct Axis {
    var stride = 1
    var before = 0
    var after = 0
    var dilation = 1
  }

  private func convolved(
    _ x: NaiveTensor, _ w: NaiveTensor, _ axes: [Axis], groups: Int
  ) -> NaiveTensor {
    let (outChannels, perGroup) = (w.shape[0], w.shape[1])
    let counts = axes.indices.map { i in
      let span = axes[i].dilation * (w.shape[2 + i] - 1) + 1
      return (x.shape[2 + i] + axes[i].before + axes[i].after - span) / axes[i].stride + 1
    }
    return NaiveTensor([x.shape[0], outChannels] + counts) { place in
      let group = place[1] / (outChannels / groups)
      var sum = 0.0
      NaiveTensor.forEachPlace(in: [perGroup] + w.shape[2...]) { tap in
        let entry = axes.indices.map {
          axes[$0].stride * place[2 + $0] + axes[$0].dilation * tap[1 + $0] - axes[$0].before
        }
        sum += x[[place[0], group * perGroup + tap[0]] + entry] * w[[place[1]] + tap]
      }
      return sum
    }
  }

  private func options(_ axes: [Axis], groups: Int = 1) -> ConvolutionOptions {
    ConvolutionOptions(
      stride: axes.map { Size($0.stride) },
      padding: .sides(
        axes.map { PaddingSides(before: Size($0.before), after: Size($0.after)) }),
      dilation: axes.map { Size($0.dilation) }, groups: Size(groups))
  }

  @Test func agreesWithLoops() {
    withEvery("stride", in: 1...3) { stride in
      withEvery("padding", in: 0...2) { padding in
        withEvery("dilation", in: 1...2) { dilation in
          withEvery("groups", in: [1, 2]) { groups in
            let axis = Axis(stride: stride, before: padding, after: 1, dilation: dilation)
            let x = space.input("x", [2, 4, 8])
            let w = space.input("w", [6, Size(4 / groups), 3])
            let y = try convolution(x, w, options([axis], groups: groups))
            let (value, symbols) = try NaiveEvaluator.drawn(y)
            let expected = convolved(
              try #require(symbols["x"]), try #require(symbols["w"]), [axis], groups: groups)
            #expect(value == expected, Trace.comment)
          }
        }
      }
    }
  }

  @Test func everyAxisHasItsOwnWindow() throws {
    let axes = [
      Axis(stride: 2, before: 1), Axis(after: 2, dilation: 2), Axis(stride: 3, before: 2, after: 1),
    ]
    let x = space.input("x", [1, 2, 5, 6, 4])
    let w = space.input("w", [3, 2, 2, 3, 4])
    let b = space.input("b", [3])
    let y = try convolution(x, w, bias: b, options(axes))
    let (value, symbols) = try NaiveEvaluator.drawn(y)
    let plain = convolved(
      try #require(symbols["x"]), try #require(symbols["w"]), axes, groups: 1)
    let bias = try #require(symbols["b"])
    #expect(value == NaiveTensor(plain.shape) { plain[$0] + bias[[$0[1]]] })
  }

  @Test func channelsLastIsChannelsFirstPermuted() throws {
    let x = space.input("x", [2, 5, 7, 4])
    let w = space.input("w", [3, 2, 2, 6])
    let b = space.input("b", [6])
    var options = ConvolutionOptions(stride: [2, 3], padding: .same, groups: 2)
    let first = try convolution(
      x.permuted([0, 3, 1, 2]), w.permuted([3, 2, 0, 1]), bias: b, options)
    options.layout = .channelsLast
    let last = try convolution(x, w, bias: b, options)
    #expect(last.shape == [2, 3, 3, 6])
    let same = try last.permuted([0, 3, 1, 2])
    #expect(try NaiveEvaluator.drawn(same).value == NaiveEvaluator.drawn(first).value)
    // The wrong layout gives another function, or none.
    #expect(throws: ShapeError.self) { try convolution(x, w, ConvolutionOptions(groups: 2)) }
  }

  /// ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ for every geometry, the output size being the convolution's input.
  @Test func transposedConvolutionIsTheAdjoint() {
    withEvery("layout", in: [SpatialLayout.channelsFirst, .channelsLast]) { layout in
      withEvery("stride", in: 1...3) { stride in
        withEvery("padding", in: [0, 1]) { padding in
          withEvery("extent", in: 6...8) { extent in
            var options = options(
              [Axis(stride: stride, before: padding, after: padding + 1, dilation: 2)], groups: 2)
            options.layout = layout
            let isFirst = layout == .channelsFirst
            let x = space.input("x", isFirst ? [2, 4, Size(extent)] : [2, Size(extent), 4])
            let w = space.input("w", isFirst ? [6, 2, 3] : [3, 2, 6])
            let y = try convolution(x, w, options)
            let u = space.input("u", y.shape)
            // The transposed kernel's in-channels are the convolution's out-channels.
            let transposed = isFirst ? w : try w.permuted([0, 2, 1])
            let back = try transposedConvolution(
              u, transposed, options, extent: .outputSize([Size(extent)]))
            #expect(back.shape == x.shape, Trace.comment)
            let difference = try y.times(u).total.minus(x.times(back).total)
            #expect(try NaiveEvaluator.drawn(difference).value.values == [0], Trace.comment)
          }
        }
      }
    }
  }

  @Test func outputSizeIsTheInputOfTheForwardConvolution() throws {
    let x = space.input("x", ["B", "C", "H"])
    let w = space.input("w", ["O", "C", 3])
    let assumptions = ShapeAssumptions()
    let options = ConvolutionOptions(stride: [2], padding: .all(1, 1))
    let y = try convolution(x, w, options, assuming: assumptions)
    #expect(y.shape[2] == (Size("H") + 1).flooredDivision(by: 2))
    let back = try transposedConvolution(
      y, w, options, extent: .outputSize(["H"]), assuming: assumptions)
    #expect(back.shape == ["B", "C", "H"])
    #expect(assumptions.conditions.isEmpty)
  }

  @Test func namesThePossibleOutputSizes() {
    let x = space.input("x", [1, 2, 4])
    let w = space.input("w", [2, 3, 3])
    #expect(
      throws: ShapeError.outputExtent(
        function: "conv_transpose1d", axis: 2, requested: 12, possible: [9, 10])
    ) {
      try transposedConvolution(
        x, w, ConvolutionOptions(stride: [2]), extent: .outputSize([12]),
        function: "conv_transpose1d")
    }
    #expect(throws: ShapeError.self) {
      try transposedConvolution(x, w, ConvolutionOptions(stride: [2]), extent: .outputPadding([2]))
    }
  }

  @Test func refusesKernelsThatNeverFit() {
    let x = space.input("x", [1, 2, "H", 3])
    let w = space.input("w", [4, 2, 1, Size("K") + 4])
    #expect(
      throws: ShapeError.window(
        function: "conv2d", axis: 3, span: Size("K") + 4, paddedInput: 3)
    ) { try convolution(x, w, function: "conv2d", assuming: ShapeAssumptions()) }
    let narrow = space.input("n", [4, 2, "K", 2])
    let assumptions = ShapeAssumptions()
    #expect(throws: Never.self) { try convolution(x, narrow, assuming: assumptions) }
    #expect(assumptions.conditions.map(\.description) == ["H >= K"])
  }

  @Test func refusesChannelsThatDoNotFit() {
    let x = space.input("x", [1, 4, 6])
    #expect(throws: ShapeError.groups(function: "conv1d", channels: 5, groups: 2)) {
      try convolution(
        x, space.input("w", [5, 2, 3]), ConvolutionOptions(groups: 2), function: "conv1d")
    }
    #expect(
      throws: ShapeError.extent(function: "conv1d", what: "channels", expected: 3, found: 4)
    ) { try convolution(x, space.input("v", [5, 3, 3]), function: "conv1d") }
    #expect(
      throws: ShapeError.extent(function: "conv1d", what: "bias", expected: 5, found: 4)
    ) {
      try convolution(
        x, space.input("u", [5, 4, 3]), bias: space.input("b", [4]), function: "conv1d")
    }
  }

  @Test func groupsBySizesNeedTheirCondition() throws {
    let x = space.input("x", [1, Size("C") * 2, 6])
    let w = space.input("w", ["O", "C", 3])
    let assumptions = ShapeAssumptions()
    let y = try convolution(x, w, ConvolutionOptions(groups: 2), assuming: assumptions)
    #expect(y.shape == [1, "O", 4])
    #expect(assumptions.conditions.map(\.description) == ["O is even"])
    let depthwise = try convolution(
      space.input("z", [1, "C", 6]), space.input("v", ["C", 1, 3]),
      ConvolutionOptions(groups: "C"))
    #expect(depthwise.shape == [1, "C", 4])
    let (value, symbols) = try NaiveEvaluator.drawn(depthwise, sizes: ["C": 3])
    #expect(
      value
        == convolved(
          try #require(symbols["z"]), try #require(symbols["v"]), [Axis()], groups: 3))
  }
}
