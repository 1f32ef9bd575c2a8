import Scalars

/// Contractions of rationals as contractions of machine integers: the entries over one common denominator, the sums in
/// double words, one reduction to lowest terms for each entry of the result.
///
/// It is exact or it is not taken: a common denominator or a sum that might not fit makes it step aside.
struct WordContraction {
  /// Below this number of points the numbers are not worth preparing.
  private static let smallestWork = 64

  /// A tensor as integers over one denominator.
  private struct Plane {
    var numerators: [Int] = []
    var denominator = 1
    /// No numerator has more bits than this, the sign left out.
    var bitWidth = 0

    init?(_ tensor: Tensor<Rational>) {
      var words: [(numerator: Int, denominator: Int)] = []
      words.reserveCapacity(tensor.count)
      for value in tensor.elements {
        guard let numerator = value.numerator.asInt, let below = value.denominator.asInt else {
          return nil
        }
        words.append((numerator, below))
        if denominator % below != 0 {
          let factor = below / Self.divisor(denominator, below)
          let (product, overflow) = denominator.multipliedReportingOverflow(by: factor)
          if overflow || product >> 40 != 0 { return nil }
          denominator = product
        }
      }
      numerators.reserveCapacity(words.count)
      var union: UInt = 0
      for word in words {
        let (scaled, overflow) = word.numerator.multipliedReportingOverflow(
          by: denominator / word.denominator)
        if overflow || scaled == .min { return nil }
        numerators.append(scaled)
        union |= scaled.magnitude
      }
      bitWidth = UInt.bitWidth - union.leadingZeroBitCount
    }

    private static func divisor(_ a: Int, _ b: Int) -> Int {
      var (a, b) = (a, b)
      while b != 0 { (a, b) = (b, a % b) }
      return a
    }
  }

  /// Σ of products of two factors; nil where words may not hold it.
  static func product(
    _ contraction: ConcreteContraction, _ a: Tensor<Rational>, _ b: Tensor<Rational>
  ) -> Tensor<Rational>? {
    guard let points = TensorShape.count(contraction.extents), points >= smallestWork,
      let left = Plane(a), let right = Plane(b)
    else { return nil }
    let (denominator, overflow) = left.denominator.multipliedReportingOverflow(
      by: right.denominator)
    if overflow { return nil }
    // |Σ| < points · 2^(sum of widths), and no entry sums more points than there are.
    let sumWidth =
      left.bitWidth + right.bitWidth + Int.bitWidth - points.leadingZeroBitCount
    guard sumWidth < 127 else { return nil }
    let nest = LoopNest(contraction)
    let extents = contraction.outputExtents
    let elements =
      sumWidth < 63
      ? sums(nest, left, right, extents).map { Rational($0, denominator) }
      : doubleSums(nest, left, right, extents).map { rational($0, denominator) }
    return Tensor(extents: extents, elements: elements)
  }

  private static func rational(_ sum: Int128, _ denominator: Int) -> Rational {
    if let word = Int(exactly: sum) { return Rational(word, denominator) }
    let magnitude = sum.magnitude
    let words = [UInt(truncatingIfNeeded: magnitude), UInt(truncatingIfNeeded: magnitude >> 64)]
    return Rational(
      numerator: Integer(isNegative: sum < 0, magnitudeWords: words),
      denominator: Integer(denominator))
  }

  private static func sums(
    _ nest: LoopNest, _ a: Plane, _ b: Plane, _ extents: [Int]
  ) -> [Int] {
    let strides = nest.runStrides
    let (outStride, aStride, bStride) = (strides[0], strides[1], strides[2])
    var out = Array(repeating: 0, count: extents.reduce(1, *))
    out.withUnsafeMutableBufferPointer { out in
      a.numerators.withUnsafeBufferPointer { a in
        b.numerators.withUnsafeBufferPointer { b in
          guard let out = out.baseAddress, let a = a.baseAddress, let b = b.baseAddress else {
            return
          }
          nest.forEachRun { offsets, count in
            let (target, left, right) = (out + offsets[0], a + offsets[1], b + offsets[2])
            if outStride == 0 {
              var sum = target[0]
              for i in 0..<count { sum &+= left[i &* aStride] &* right[i &* bStride] }
              target[0] = sum
            } else {
              for i in 0..<count {
                target[i &* outStride] &+= left[i &* aStride] &* right[i &* bStride]
              }
            }
          }
        }
      }
    }
    return out
  }

  private static func doubleSums(
    _ nest: LoopNest, _ a: Plane, _ b: Plane, _ extents: [Int]
  ) -> [Int128] {
    let strides = nest.runStrides
    let (outStride, aStride, bStride) = (strides[0], strides[1], strides[2])
    var out = Array(repeating: Int128(0), count: extents.reduce(1, *))
    out.withUnsafeMutableBufferPointer { out in
      a.numerators.withUnsafeBufferPointer { a in
        b.numerators.withUnsafeBufferPointer { b in
          guard let out = out.baseAddress, let a = a.baseAddress, let b = b.baseAddress else {
            return
          }
          nest.forEachRun { offsets, count in
            for i in 0..<count {
              let left = a[offsets[1] &+ i &* aStride]
              let right = b[offsets[2] &+ i &* bStride]
              let product = left.multipliedFullWidth(by: right)
              out[offsets[0] &+ i &* outStride] &+=
                Int128(product.high) << 64 | Int128(product.low)
            }
          }
        }
      }
    }
    return out
  }
}
