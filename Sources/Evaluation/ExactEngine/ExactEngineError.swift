/// Why the exact engine gives no answer.
public enum ExactEngineError: Error, Hashable, Sendable {
  /// A number of `values` that is not the product of the extents of `shape`.
  case count(values: Int, shape: [Int])
  /// An access or a contraction whose parts do not fit together.
  case malformed(ExactContraction.Slot)
  /// The operand's shape is not the one that the contraction reads.
  case shape(ExactContraction.Slot, expected: [Int], found: [Int])
  /// A value that is infinite or not a number, at this position in row-major order.
  case notFinite(position: Int)
  /// A denominator of zero, at this position in row-major order.
  case zeroDenominator(position: Int)
  /// Numbers, or a result, that need more bits than the engine's widest numbers have.
  case tooWide(bits: Int)
  /// The kernel that was asked for does not run on this machine.
  case kernelUnavailable(ExactKernelFamily)
  /// An environment variable that names no kernel.
  case unknownKernel(String)
  /// More bytes than allowed, or than could be had.
  case memory(needed: Int, allowed: Int)
  /// A modulus that is even, below 3, or not below 2^62.
  case modulus(UInt64)
  /// A product that failed its random check. This is a defect of the engine or of the machine.
  case certificateFailed(kernel: String)
}
