import Derivation
import TensorExpressions
import Testing
import ToolkitTestSupport

/// Gradients of functions of gradients, of convolutions with every option at once.
@Suite struct DoubleBackwardTests {
  private static let convolutions = [
    "input x: [2, 4, 7, 8]\nparam w: [6, 2, 2, 3]\n"
      + "y = conv2d(x, w, stride=2, padding=((1, 0), (2, 1)), dilation=(2, 1), groups=2)\n",
    "dims N=2, C=2, H=6, K=3\ninput x: [N, 2*C, H]\nparam w: [4, C, K]\n"
      + "y = conv1d(x, w, stride=2, padding=1, dilation=2, groups=2)\n",
    "input x: [2, 4, 3, 4]\nparam w: [4, 3, 2, 3]\n"
      + "y = conv_transpose2d(x, w, stride=2, padding=1, output_padding=1, groups=2)\n",
    "input x: [1, 2, 3, 4, 3]\nparam w: [2, 1, 2, 2, 2]\n"
      + "y = conv3d(x, w, stride=(2, 1, 1), padding=1, groups=2)\n",
  ]

  /// Both gradients of a weighted square of the output, and a loss that is made from them.
  private static let losses = [
    "loss L = sum(grad(sum(y**2), w)**2)", "loss L = sum(grad(sum(y**2), x)**2)",
    "loss L = sum(grad(sum(y**3), w) * w) + sum(grad(sum(y**3), x)**2)",
    "loss L = sum(grad(sum(grad(sum(y**2), x)**2), w) * w)",
  ]

  @Test(arguments: convolutions, losses)
  func agreesWithDuals(convolution: String, loss: String) throws {
    let sample = try SampleProgram(convolution + loss)
    #expect(sample.adjointIdentity.outcome(seed: 31, nesting: 0) == .exact, "\(sample.text)")
  }

  /// The pullback of the pullback, with a seed for each gradient.
  @Test(arguments: convolutions)
  func pullbackOfThePullback(convolution: String) throws {
    let sample = try SampleProgram(convolution)
    let upstream = try #require(sample.output.upstream)
    let space = sample.output.value.space
    let first = try Pullback()([(sample.output.value, upstream)], to: sample.moving)
    let moving = sample.moving + [upstream]
    for target in sample.moving {
      let gradient = try #require(first[target])
      let seed = space.constant("seed of \(target.name ?? "")", gradient.shape)
      let second = try Pullback()([(gradient, seed)], to: moving)
      let identity = AdjointIdentity(
        output: gradient, upstream: seed, cotangents: second.filter { moving.contains($0.key) },
        sizes: sample.sizes)
      #expect(identity.outcome(seed: 7, nesting: 0) == .exact)
      // A seed of one slot's gradient in another's place is refused.
      let exchanged = second.mapValues { $0.scaled(by: .minusOne) }
      let wrong = AdjointIdentity(
        output: gradient, upstream: seed,
        cotangents: exchanged.filter { moving.contains($0.key) }, sizes: sample.sizes)
      guard case .different = wrong.outcome(seed: 7, nesting: 0) else {
        Issue.record("accepted the opposite of the gradients")
        continue
      }
    }
  }
}
