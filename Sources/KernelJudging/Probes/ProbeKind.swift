import Scalars

/// What the numbers of a probe are like.
public enum ProbeKind: String, CaseIterable, Hashable, Sendable {
  /// Small whole numbers without zeros, for which a polynomial layer has no rounding errors.
  case integer
  /// Normally distributed numbers.
  case normal
  /// Normally distributed numbers, and an upstream gradient that is zero but for one entry in 16.
  case sparse
}

/// What a probe is asked to be.
public struct ProbeRequest: Hashable, Sendable {
  /// The format that every number must be exact in.
  public var format: BinaryFormat
  /// Nil for whole numbers where the layer is polynomial, and normal ones elsewhere.
  public var kind: ProbeKind?
  /// What every draw follows from.
  public var seed: UInt64

  public init(format: BinaryFormat = .binary32, kind: ProbeKind? = nil, seed: UInt64 = 1) {
    self.format = format
    self.kind = kind
    self.seed = seed
  }

  /// What sums are formed in, where nothing else is said: fp32 for what is stored in fewer bits.
  public static func accumulation(of storage: BinaryFormat) -> BinaryFormat {
    switch storage {
    case .binary64: .binary64
    case .binary32, .binary16, .bfloat16: .binary32
    }
  }
}
