import Scalars

/// How a kernel says that it computes.
public struct KernelDeclaration: Hashable, Sendable {
  /// What sums are formed in; nil for what goes with each tensor's storage.
  public var accumulation: BinaryFormat?
  /// What named values between the lines are stored in; nil for the format of sums.
  public var intermediate: BinaryFormat?

  public init(accumulation: BinaryFormat? = nil, intermediate: BinaryFormat? = nil) {
    self.accumulation = accumulation
    self.intermediate = intermediate
  }

  /// What sums are formed in for a tensor that is stored in a format.
  func accumulation(for storage: BinaryFormat) -> BinaryFormat {
    accumulation ?? ProbeRequest.accumulation(of: storage)
  }
}
