import Scalars
import TensorExpressions

/// Checks gradients that were computed in floating point against a layer's exact ones, at sizes and values drawn
/// from a seed. It is made for tests:
///
/// ```swift
/// @Test func denseLayerIsRight() throws {
///   let layer = """
///     dims B in 1..4, I in 2..6, O in 2..6
///     input x: [B, I]
///     param W: [I, O]
///     y = tanh(x @ W)
///     output y
///     """
///   try checkGradients(of: layer, seed: 7, runs: 50) { point in
///     let layer = Dense(point["x"], point["W"], batch: point.sizes["B"]!)
///     return ["dW": layer.backward(point["dy"]).dW]
///   }
/// }
/// ```
///
/// There is no tolerance to choose. Inputs are exact in the format, the true gradient is known exactly, and
/// what rounding may do on the way is bounded entry by entry: by γₙ·Σ|terms|, for any order of the
/// operations. A gradient that is farther off is wrong.
///
/// - Parameters:
///   - layer: the layer's forward pass in the expression language.
///   - seed: everything drawn follows from it.
///   - runs: how many points are looked at.
///   - run: the number of the only run to be done, to repeat a failure.
///   - format: what the gradients are computed in.
///   - gradients: computes gradients at a point, each under the name `d` + what it is by, in row-major order.
/// - Throws: ``GradientMismatch`` for a wrong gradient, ``GradientCheckError`` when nothing could be compared, and
///   what `gradients` throws.
public func checkGradients(
  of layer: String, seed: UInt64 = 17, runs: Int = 20, run: Int? = nil,
  computedIn format: NumberFormat = .binary64,
  _ gradients: (GradientPoint) throws -> [String: [Double]]
) throws {
  try checkGradients(
    of: GradientLayer(source: layer), seed: seed, runs: runs, run: run, computedIn: format,
    gradients)
}

/// The same for a layer that was made before, in the expression language or in Swift.
public func checkGradients(
  of layer: GradientLayer, seed: UInt64 = 17, runs: Int = 20, run: Int? = nil,
  computedIn format: NumberFormat = .binary64,
  _ gradients: (GradientPoint) throws -> [String: [Double]]
) throws {
  let comparison = RoundedComparison(format: format)
  try GradientRuns(layer: layer, seed: seed, runs: runs, comparison: comparison)
    .check(only: run) { try gradients($0) }
}

/// Checks gradients that were computed exactly: they must be equal.
///
/// - SeeAlso: ``checkGradients(of:seed:runs:run:computedIn:_:)-(String,_,_,_,_,_)``, which says the rest.
public func checkExactGradients(
  of layer: GradientLayer, seed: UInt64 = 17, runs: Int = 20, run: Int? = nil,
  _ gradients: (GradientPoint) throws -> [String: [Rational]]
) throws {
  try GradientRuns(layer: layer, seed: seed, runs: runs, comparison: ExactComparison())
    .check(only: run) { try gradients($0) }
}

/// Checks gradients that were computed exactly against a layer in the expression language.
public func checkExactGradients(
  of layer: String, seed: UInt64 = 17, runs: Int = 20, run: Int? = nil,
  _ gradients: (GradientPoint) throws -> [String: [Rational]]
) throws {
  try checkExactGradients(
    of: GradientLayer(source: layer), seed: seed, runs: runs, run: run, gradients)
}
