import Layers
import Scalars
import TensorExpressions
import Testing

@testable import Derivation

/// Identities of convolutions with symbolic sizes, proved by normal form.
@Suite struct ConvolutionProofTests {
  private let space = ExpressionSpace()

  private func proves(_ a: TensorExpression, _ b: TensorExpression) -> Bool {
    Normalizer(facts: Simplifier.facts(of: [a, b])).provesEqual(a, b)
  }

  /// Stride 2 and dilation 2, height and width symbolic: the input gradient is the transposed convolution with
  /// the input's size as its output size.
  @Test func inputGradientIsTransposedConvolution() throws {
    let x = space.input("x", ["N", "C", "H", "W"])
    let w = space.parameter("w", ["O", "C", 3, 3])
    let options = ConvolutionOptions(stride: [2, 2], padding: .all(1, 2), dilation: [2, 2])
    let y = try convolution(x, w, options, assuming: ShapeAssumptions())
    let dy = space.constant("dy", y.shape)
    let dx = try #require(try Pullback()([(y, dy)], to: [x])[x])
    let transposed = try transposedConvolution(
      dy, w, options, extent: .outputSize(["H", "W"]), assuming: ShapeAssumptions())
    #expect(proves(dx, transposed))
    let undilated = ConvolutionOptions(stride: [2, 2], padding: .all(1, 2), dilation: [1, 1])
    let other = try? transposedConvolution(
      dy, w, undilated, extent: .outputSize(["H", "W"]), assuming: ShapeAssumptions())
    if let other { #expect(!proves(dx, other)) }
  }

  /// ⟨conv(x), y⟩ = ⟨x, convT(y)⟩.
  @Test func adjointIdentity() throws {
    let x = space.input("x", ["N", "C", "H", "W"])
    let w = space.parameter("w", ["O", "C", 3, 3])
    let options = ConvolutionOptions(stride: [2, 2], padding: .all(1, 2))
    let forward = try convolution(x, w, options)
    let y = space.input("y", forward.shape)
    let back = try transposedConvolution(
      y, w, options, extent: .outputSize(["H", "W"]), assuming: ShapeAssumptions())
    let left = try (forward * y).sum()
    let right = try (x * back).sum()
    #expect(proves(left, right))
    #expect(!proves(left, Rational(2) * right))
  }

  /// Unfolding and multiplying matrices is convolving.
  @Test func unfoldThenMultiply() throws {
    let (n, c, h, o, k): (Size, Size, Size, Size, Size) = ("N", "C", "H", "O", "K")
    let x = space.input("x", [n, c, h])
    let w = space.parameter("w", [o, c, k])
    let y = try convolution(
      x, w, ConvolutionOptions(stride: [1]), assuming: ShapeAssumptions())
    let columns = try x.unfolded(
      [
        SlidingWindow(kernel: k)
      ], assuming: ShapeAssumptions())
    let product = try w.reshaped([o, c * k]).matmul(columns)
    #expect(proves(y, product))
  }
}
