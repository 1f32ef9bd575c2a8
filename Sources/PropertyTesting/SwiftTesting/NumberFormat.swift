import Scalars

/// The binary floating-point format that a gradient was computed in, which decides how far off it may be.
public enum NumberFormat: Hashable, Sendable {
  /// `Double`
  case binary64
  /// `Float`
  case binary32
  /// `Float16`, with sums formed in `Float`, as units for matrices do.
  case binary16
  /// bfloat16, with sums formed in `Float`.
  case bfloat16

  /// What a result is written down in.
  var storage: BinaryFormat {
    switch self {
    case .binary64: .binary64
    case .binary32: .binary32
    case .binary16: .binary16
    case .bfloat16: .bfloat16
    }
  }

  /// The unit roundoff u of what is computed before it is written down: one operation is right up to a factor 1 +
  /// δ with |δ| ≤ u.
  public var roundoff: Double {
    switch self {
    case .binary64: 0x1p-53
    case .binary32, .binary16, .bfloat16: 0x1p-24
    }
  }

  /// γₙ = n·u / (1 − n·u), which bounds the error that n roundings make together; infinite when they are too many.
  ///
  /// - SeeAlso: N. Higham, "Accuracy and Stability of Numerical Algorithms" (2002), lemma 3.1.
  func gamma(_ roundings: Int) -> Double {
    let product = Double(roundings) * roundoff
    guard product < 0.5 else { return .infinity }
    return (product / (1 - product)).nextUp
  }

  /// Whether a number is in the format, so that writing it down rounds nothing.
  func holds(_ value: Double) -> Bool { storage.holds(value) }
}
