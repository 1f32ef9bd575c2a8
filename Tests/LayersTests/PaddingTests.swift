import Layers
import TensorExpressions
import Testing
import ToolkitTestSupport

@Suite struct PaddingTests {
  let space = ExpressionSpace()

  private func outputShape(
    _ x: [Size], _ w: [Size], _ options: ConvolutionOptions
  ) throws -> [Size] {
    try convolution(space.input("x", x), space.input("w", w), options).shape
  }

  /// "same" is the padding of TensorFlow: ⌈n/s⌉ windows, the odd one after.
  @Test func sameSplitsTheMissingEntries() {
    withEvery("extent", in: 3...9) { extent in
      withEvery("stride", in: 1...4) { stride in
        withEvery("kernel", in: 1...3) { kernel in
          let count = (extent + stride - 1) / stride
          let total = max((count - 1) * stride + kernel - extent, 0)
          let x = space.input("x", [1, 1, Size(extent)])
          let w = space.input("w", [1, 1, Size(kernel)])
          func explicit(_ before: Int) throws -> TensorExpression {
            try convolution(
              x, w,
              ConvolutionOptions(
                stride: [Size(stride)],
                padding: .sides([
                  PaddingSides(before: Size(before), after: Size(total - before))
                ])))
          }
          let same = try convolution(
            x, w, ConvolutionOptions(stride: [Size(stride)], padding: .same))
          #expect(same == (try explicit(total / 2)), Trace.comment)
          #expect(same.shape[2] == Size(count), Trace.comment)
          let lower = try convolution(
            x, w, ConvolutionOptions(stride: [Size(stride)], padding: .sameLower))
          #expect(lower == (try explicit(total - total / 2)), Trace.comment)
        }
      }
    }
  }

  @Test func sameOfANamedExtent() throws {
    let same = ConvolutionOptions(padding: .same)
    #expect(try outputShape(["B", "C", "L"], ["O", "C", 4], same) == ["B", "O", "L"])
    var strided = same
    strided.stride = [2]
    #expect(
      try outputShape(["B", "C", "L"], ["O", "C", 4], strided)[2]
        == (Size("L") + 1).flooredDivision(by: 2))
    // Whether anything is missing depends on L.
    strided.stride = [3]
    #expect(throws: ShapeError.undecided(function: "convolution", name: "padding", size: "L")) {
      try outputShape(["B", "C", "L"], ["O", "C", 2], strided)
    }
  }

  @Test func causalReadsNothingLater() throws {
    let options = ConvolutionOptions(padding: .causal, dilation: [3])
    let x = space.input("x", [1, 1, 9])
    let y = try convolution(x, space.input("w", [1, 1, 3]), options)
    #expect(y.shape == x.shape)
    let (value, symbols) = try NaiveEvaluator.drawn(y)
    let (data, kernel) = (try #require(symbols["x"]), try #require(symbols["w"]))
    #expect(
      value
        == NaiveTensor([1, 1, 9]) { p in
          (0..<3).reduce(0) { $0 + data[[0, 0, p[2] + 3 * $1 - 6]] * kernel[[0, 0, $1]] }
        })
    #expect(throws: ShapeError.self) {
      try outputShape([1, 1, 5, 5], [1, 1, 3, 3], ConvolutionOptions(padding: .causal))
    }
  }

  @Test func transposedSameMultipliesTheExtent() throws {
    let x = space.input("x", ["B", 3, "H"])
    withEvery("kernel", in: 1...5) { kernel in
      let y = try transposedConvolution(
        x, space.input("w", [3, 2, Size(kernel)]), ConvolutionOptions(stride: [2], padding: .same))
      #expect(y.shape == ["B", 2, Size("H") * 2], Trace.comment)
    }
    let sized = try transposedConvolution(
      space.input("z", [1, 3, 4]), space.input("w", [3, 2, 3]),
      ConvolutionOptions(stride: [2], padding: .same), extent: .outputSize([7]))
    #expect(sized.shape == [1, 2, 7])
  }

  /// Sizes that people report of real networks.
  @Test func sizesOfKnownLayers() throws {
    #expect(
      try outputShape([16, 3, 256, 256], [32, 3, 5, 5], ConvolutionOptions(padding: .all(2, 2)))
        == [16, 32, 256, 256])
    #expect(
      try outputShape(
        ["N", 10, 32], [3, 32, 64], ConvolutionOptions(padding: .same, layout: .channelsLast))
        == ["N", 10, 64])
    let deconvolution = try transposedConvolution(
      space.input("x", [1, 1024, 4, 4]), space.input("w", [1024, 512, 4, 4]),
      ConvolutionOptions(stride: [2], padding: .all(1, 2)))
    #expect(deconvolution.shape == [1, 512, 8, 8])
  }
}
