import CExactKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a contraction is computed; never what its result is.
public struct ExactOptions: Sendable {
  /// The kernels to use; nil for what `GRADCHECK_KERNEL` says, else for the cheapest.
  public var kernel: ExactKernelFamily?
  /// Threads for large work; nil for up to two.
  public var threads: Int?
  /// More bytes than this are refused before they are asked for.
  public var memoryLimit: Int
  /// Up to this many multiply-adds take the path without set-up.
  public var plainLimit: Double
  /// Is told how many multiply-adds are done, of how many, from time to time during large work.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
  /// From how many cycles on splitting the operands is considered.
  var splitLimit = 4e6
  /// Where to split the operands of rows and of columns, whatever it costs; for tests.
  var forcedCuts: (rows: OperandSplit.Cut, columns: OperandSplit.Cut)?
  /// Spoils a result before it is certified; for tests of the certificate.
  var sabotage: (@Sendable (UnsafeMutableBufferPointer<Int64>) -> Void)?

  public init(
    kernel: ExactKernelFamily? = nil, threads: Int? = nil, memoryLimit: Int = 6 << 30,
    plainLimit: Double = 20_000
  ) {
    self.kernel = kernel
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.plainLimit = plainLimit
  }

  /// The kernels that a plan may choose from.
  func kernels() throws(ExactEngineError) -> (kernels: [ek_kernel], features: Int32) {
    let environment = try kernel == nil ? ExactKernelFamily.fromEnvironment() : nil
    guard let family = kernel ?? environment else { return ExactKernelFamily.available() }
    guard family.isAvailable else { throw .kernelUnavailable(family) }
    return (family.kernels, family.features)
  }

  /// Threads for work of about this many cycles: one below some milliseconds.
  func threadCount(forCycles cycles: Double) -> Int {
    if let threads { return max(1, threads) }
    guard cycles > 2e7 else { return 1 }
    return max(1, min(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }
}
