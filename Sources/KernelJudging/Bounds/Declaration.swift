import Scalars

/// How a kernel says that it computes.
public struct KernelDeclaration: Hashable, Sendable {
  /// What sums are formed in; nil for what goes with each tensor's storage.
  public var accumulation: BinaryFormat?
  /// What named values between the lines are stored in; nil for the format of sums.
  public var intermediate: BinaryFormat?
  /// What factors are shortened to before they are multiplied; nil where they are not.
  public var multiplication: ProductFormat?
  /// How sums of products are computed.
  public var algorithm: KernelAlgorithm

  public init(
    accumulation: BinaryFormat? = nil, intermediate: BinaryFormat? = nil,
    multiplication: ProductFormat? = nil, algorithm: KernelAlgorithm = .direct
  ) {
    self.accumulation = accumulation
    self.intermediate = intermediate
    self.multiplication = multiplication
    self.algorithm = algorithm
  }

  /// What sums are formed in for a tensor that is stored in a format.
  func accumulation(for storage: BinaryFormat) -> BinaryFormat {
    accumulation ?? ProbeRequest.accumulation(of: storage)
  }
}

/// How sums of products are computed.
public enum KernelAlgorithm: String, CaseIterable, Hashable, Sendable {
  /// Term by term, in any order.
  case direct
  /// By fast Fourier transforms.
  case fft
  /// By Winograd's scheme, up to tiles of 4×4 for windows of 3×3.
  case winograd

  /// The factor c with which c·u·‖a‖₂·‖b‖₂ bounds what an entry of a product of two tensors is off; nil for what
  /// the terms bound.
  ///
  /// A transform of length N by FFT is off by log₂N·(u + γ₄(√2 + u)) < 6.7·u·log₂N of its norm (N. Higham,
  /// "Accuracy and stability of numerical algorithms" (2002), theorem 24.2); a convolution takes three, and N ≤
  /// 2²⁴ here: 3 · 6.7 · 24. For F(4×4, 3×3) with the matrices of A. Lavin and S. Gray, "Fast algorithms for
  /// convolutional neural networks" (2016), the Frobenius norms are 13.5, 1.15 and 13.2, squared for two axes, and
  /// each entry passes at most 20 roundings.
  var normFactor: Double? {
    switch self {
    case .direct: nil
    case .fft: 3 * 6.7 * 24
    case .winograd: (13.5 * 1.15 * 13.2) * (13.5 * 1.15 * 13.2) * 20
    }
  }
}
