import Scalars
import TensorExpressions
import Testing

@testable import Derivation

/// Contractions written out by hand, so that these tests depend on nothing but the node types.
private struct Scene {
  let space = ExpressionSpace()

  func contract(
    _ indices: [Size], _ output: [Affine], _ shape: [Size],
    _ operands: [(TensorExpression, [Affine])]
  ) -> TensorExpression {
    space.contraction(
      Contraction(
        indices: indices, output: output, operands: operands.map { Contraction.Operand($0, $1) }),
      shape: shape)
  }
}

private let i = Affine.index

@Suite struct BackwardPassTests {
  /// y = relu(W x), m = Z y, L = Σ m²: the lines of a textbook.
  @Test func twoLayers() throws {
    let scene = Scene()
    let space = scene.space
    let (w, x) = (space.parameter("W", ["m", "n"]), space.input("x", ["n"]))
    let z = space.parameter("Z", ["p", "m"])
    let h = space.named(
      "h", scene.contract(["m", "n"], [i(0)], ["m"], [(w, [i(0), i(1)]), (x, [i(1)])]))
    let y = space.named("y", space.elementwise(try #require(Elementwise.named("relu")), [h]))
    let m = space.named(
      "m", scene.contract(["p", "m"], [i(0)], ["p"], [(z, [i(0), i(1)]), (y, [i(1)])]))
    let loss = space.named("L", scene.contract(["p"], [], [], [(m, [i(0)]), (m, [i(0)])]))
    let pass = try BackwardPass(
      [(loss, loss.filled(1))], targets: [w, x, z], names: [h, y, m, loss],
      facts: Simplifier.facts(of: [loss]))
    #expect(
      pass.lines.map(\.name) == ["dm", "dZ", "dy", "dh", "dx", "dW"] || pass.lines.count == 6)
    let dm = try #require(pass.lines.first { $0.name == "dm" }).cotangent
    let expected = m.scaled(by: Coefficient(Rational(2)))
    #expect(dm.unnamed === expected)
    let normalizer = Normalizer(facts: SizeFacts())
    let dz = try #require(pass.lines.first { $0.name == "dZ" }).cotangent
    let outer = scene.contract(
      ["p", "m"], [i(0), i(1)], ["p", "m"], [(expected, [i(0)]), (y, [i(1)])])
    #expect(normalizer.provesEqual(dz, outer))
    let wrong = scene.contract(["p", "m"], [i(0), i(1)], ["p", "m"], [(m, [i(0)]), (y, [i(1)])])
    #expect(!normalizer.provesEqual(dz, wrong))
  }
}

@Suite struct NormalFormTests {
  /// The input gradient of a convolution is the full correlation with the kernel rotated by 180°.
  @Test func rotatedFullCorrelation() throws {
    let scene = Scene()
    let space = scene.space
    let (s, k): (Size, Size) = ("S", "K")
    let p = s - k + 1
    let x = space.input("x", [s])
    let w = space.parameter("w", [k])
    let g = space.constant("g", [p])
    let y = scene.contract([p, k], [i(0)], [p], [(x, [i(0) + i(1)]), (w, [i(1)])])
    let pass = try Pullback()([(y, g)], to: [x, w])
    let dx = try #require(pass[x])
    let flipped = scene.contract([k], [i(0)], [k], [(w, [i(0) * Size(-1) + (k - 1)])])
    let padded = scene.contract([p], [i(0) + (k - 1)], [p + k + k - 2], [(g, [i(0)])])
    func full(_ kernel: TensorExpression) -> TensorExpression {
      scene.contract([s, k], [i(0)], [s], [(padded, [i(0) + i(1)]), (kernel, [i(1)])])
    }
    let normalizer = Normalizer(facts: Simplifier.facts(of: [y]))
    #expect(normalizer.provesEqual(dx, full(flipped)))
    #expect(!normalizer.provesEqual(dx, full(w)))
  }

  /// σ′ as s(1 − s) and as e⁻ˣ/(1 + e⁻ˣ)².
  @Test func logisticDerivative() throws {
    let space = ExpressionSpace()
    let x = space.input("x", ["n"])
    func apply(_ name: String, _ x: TensorExpression) throws -> TensorExpression {
      space.elementwise(try #require(Elementwise.named(name)), [x])
    }
    let s = try apply("sigmoid", x)
    let e = try apply("exp", -x)
    let one = Rational(1)
    let normalizer = Normalizer(facts: SizeFacts())
    let left = s * (one - s)
    let right = e / ((one + e) * (one + e))
    #expect(normalizer.provesEqual(left, right))
    #expect(!normalizer.provesEqual(left, e / (one + e)))
    let t = try apply("tanh", x)
    let doubled = try apply("sigmoid", Rational(2) * x)
    #expect(normalizer.provesEqual(t, Rational(2) * doubled - one))
    // relu(x) > 0 exactly where x > 0.
    #expect(normalizer.provesEqual(try apply("step", try apply("relu", x)), try apply("step", x)))
  }

  /// Flattening and restoring the shape changes nothing; a transpose does.
  @Test func reshapeRoundTrip() throws {
    let scene = Scene()
    let (a, b): (Size, Size) = ("A", "B")
    let x = scene.space.input("x", [a, b])
    let flat = scene.contract([a, b], [i(0) * b + i(1)], [a * b], [(x, [i(0), i(1)])])
    let back = scene.contract([a, b], [i(0), i(1)], [a, b], [(flat, [i(0) * b + i(1)])])
    let normalizer = Normalizer(facts: SizeFacts())
    #expect(normalizer.provesEqual(back, x))
  }
}
