import CExactKernels

/// What the integers of a plane stand for: `mantissa · 2^exponent / denominator`.
public struct ExactScale: Hashable, Sendable {
  /// The power of two that every mantissa is multiplied with; it may be negative.
  public let exponent: Int
  /// What every mantissa is divided by; never zero.
  public let denominator: Magnitude

  public init(exponent: Int = 0, denominator: Magnitude = .one) {
    self.exponent = exponent
    self.denominator = denominator
  }

  static func * (lhs: ExactScale, rhs: ExactScale) -> ExactScale {
    ExactScale(
      exponent: lhs.exponent + rhs.exponent, denominator: lhs.denominator * rhs.denominator)
  }
}

/// An exact tensor in machine words: integers of one width under one scale.
///
/// An element is `mantissa · 2^scale.exponent / scale.denominator`. Mantissas are in two's
/// complement, little-endian, one plane of 64-bit limbs after another, each in row-major order:
/// limb `j` of element `i` is `limbs[j * count + i]`.
public struct ExactPlane: Sendable {
  /// The extents of the tensor.
  public let shape: [Int]
  /// The scale that all elements share.
  public let scale: ExactScale
  /// Words to a mantissa, at least one.
  public let limbCount: Int
  /// The words of the mantissas: the lowest of all elements first, then the next ones.
  public let limbs: [Int64]
  /// No mantissa is larger than this in magnitude.
  public let bound: Magnitude
  /// Whether `bound` was measured; the bound of a product is only proved until then.
  let boundIsMeasured: Bool

  /// The number of elements.
  public var count: Int { limbs.count / limbCount }

  init(
    shape: [Int], scale: ExactScale, limbCount: Int, limbs: [Int64], bound: Magnitude,
    boundIsMeasured: Bool
  ) {
    self.shape = shape
    self.scale = scale
    self.limbCount = limbCount
    self.limbs = limbs
    self.bound = bound
    self.boundIsMeasured = boundIsMeasured
  }

  /// Makes a plane of integers under a scale.
  ///
  /// - Throws: ``ExactEngineError/count(values:shape:)``.
  public init(
    shape: [Int], integers: [Int64], scale: ExactScale = ExactScale()
  ) throws(ExactEngineError) {
    guard elementCount(of: shape) == integers.count else {
      throw .count(values: integers.count, shape: shape)
    }
    self.init(
      shape: shape, scale: scale, limbCount: 1, limbs: integers,
      bound: Magnitude(largestMagnitude(of: integers)), boundIsMeasured: true)
  }

  /// The same tensor with its bound measured and without limbs that hold only signs.
  func tightened() -> ExactPlane {
    if boundIsMeasured { return self }
    let count = count
    let bits = limbs.withUnsafeBufferPointer {
      Int(ek_bit_width($0.baseAddress, Int64(limbCount), Int64(count), Int64(count)))
    }
    let kept = max(1, (bits + 1 + 63) / 64)
    let trimmed = kept < limbCount ? Array(limbs[..<(kept * count)]) : limbs
    let bound =
      kept == 1
      ? Magnitude(largestMagnitude(of: trimmed)) : Magnitude.powerOfTwo(bits)
    return ExactPlane(
      shape: shape, scale: scale, limbCount: kept, limbs: trimmed, bound: bound,
      boundIsMeasured: true)
  }

  /// The same elements in the same order under another shape.
  ///
  /// - Throws: ``ExactEngineError/count(values:shape:)``.
  public func reshaped(to shape: [Int]) throws(ExactEngineError) -> ExactPlane {
    guard elementCount(of: shape) == count else { throw .count(values: count, shape: shape) }
    return ExactPlane(
      shape: shape, scale: scale, limbCount: limbCount, limbs: limbs, bound: bound,
      boundIsMeasured: boundIsMeasured)
  }
}

/// One element's mantissa, ready to become a number of another library.
public struct ExactMantissa: Hashable, Sendable {
  /// Whether the mantissa is below zero; never for zero.
  public let isNegative: Bool
  /// The absolute value of the mantissa.
  public let magnitude: Magnitude

  /// Reads two's complement limbs.
  init(twosComplement limbs: [UInt64]) {
    isNegative = (limbs.last ?? 0) >> 63 == 1
    guard isNegative else {
      magnitude = Magnitude(words: limbs)
      return
    }
    var carry = true
    var negated = limbs
    for i in negated.indices {
      negated[i] = ~negated[i]
      if carry { (negated[i], carry) = negated[i].addingReportingOverflow(1) }
    }
    magnitude = Magnitude(words: negated)
  }

  init(isNegative: Bool, magnitude: Magnitude) {
    self.isNegative = isNegative && !magnitude.isZero
    self.magnitude = magnitude
  }
}

extension ExactPlane {
  /// The mantissa at a position in row-major order.
  public func mantissa(at position: Int) -> ExactMantissa {
    let count = count
    return ExactMantissa(
      twosComplement: (0..<limbCount).map {
        UInt64(bitPattern: limbs[$0 * count + position])
      })
  }

  /// Hands every mantissa to `body` as a sign and little-endian words of its magnitude (no words
  /// for zero), in row-major order; the words are only good during the call.
  public func forEachMantissa(
    _ body: (_ position: Int, _ isNegative: Bool, _ words: UnsafeBufferPointer<UInt64>) -> Void
  ) {
    let count = count
    var words = [UInt64](repeating: 0, count: limbCount)
    for position in 0..<count {
      for j in 0..<limbCount { words[j] = UInt64(bitPattern: limbs[j * count + position]) }
      let isNegative = words[limbCount - 1] >> 63 == 1
      if isNegative {
        var carry = true
        for j in 0..<limbCount {
          words[j] = ~words[j]
          if carry { (words[j], carry) = words[j].addingReportingOverflow(1) }
        }
      }
      var used = limbCount
      while used > 0 && words[used - 1] == 0 { used -= 1 }
      words.withUnsafeBufferPointer {
        body(position, isNegative, UnsafeBufferPointer(rebasing: $0[..<used]))
      }
    }
  }
}

/// The largest absolute value, zero for no values.
func largestMagnitude(of values: [Int64]) -> UInt64 {
  values.withUnsafeBufferPointer {
    ek_largest_magnitude(ek_cpu_features(), $0.baseAddress, Int64($0.count))
  }
}
