import Evaluation
import Scalars
import TensorExpressions

/// The values at which someone's gradient code is called: every declared tensor, and the upstream gradient of
/// an output under `d` + its name.
///
/// Every number is exact in the floating-point format that was asked for.
public struct GradientPoint: Sendable {
  /// A number for each size.
  public let sizes: [String: Int]
  private let tensors: [String: Tensor<Rational>]

  init(_ point: EvaluationPoint<Rational>, sizes: [String: Int]) {
    self.sizes = sizes
    tensors = Dictionary(
      point.values.compactMap { symbol, tensor in symbol.name.map { ($0, tensor) } }
    ) { first, _ in first }
  }

  /// The names of the tensors, sorted.
  public var names: [String] { tensors.keys.sorted() }

  /// The entries of a tensor in row-major order; none for a name that the layer does not have.
  public subscript(_ name: String) -> [Double] {
    tensors[name]?.elements.map(\.doubleValue) ?? []
  }

  /// The entries of a tensor as exact numbers.
  public func exact(_ name: String) -> [Rational] { tensors[name]?.elements ?? [] }

  /// The extents of a tensor's axes.
  public func extents(_ name: String) -> [Int] { tensors[name]?.extents ?? [] }
}
