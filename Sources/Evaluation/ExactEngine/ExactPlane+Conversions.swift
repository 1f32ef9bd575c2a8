import CExactKernels

/// Planes from floating-point numbers and from rationals: exact, both of them.
extension ExactPlane {
  /// Doubles as whole multiples of one power of two.
  ///
  /// The power is the largest that divides every value. Values whose exponents lie far apart take
  /// several limbs.
  ///
  /// - Throws: ``ExactEngineError/count(values:shape:)``, ``ExactEngineError/notFinite(position:)``
  ///   for an infinity or a NaN.
  public init(shape: [Int], doubles values: [Double]) throws(ExactEngineError) {
    guard elementCount(of: shape) == values.count else {
      throw .count(values: values.count, shape: shape)
    }
    let range = values.withUnsafeBufferPointer {
      ek_scan_doubles(ek_cpu_features(), $0.baseAddress, Int64($0.count))
    }
    guard range.is_finite != 0 else {
      throw .notFinite(position: values.firstIndex { !$0.isFinite } ?? 0)
    }
    guard range.is_zero == 0 else {
      self.init(
        shape: shape, scale: ExactScale(), limbCount: 1,
        limbs: [Int64](repeating: 0, count: values.count), bound: Magnitude(0),
        boundIsMeasured: true)
      return
    }
    let bits = Int(range.highest - range.lowest)
    let scale = ExactScale(exponent: Int(range.lowest))
    if bits <= 62 {
      let integers = [Int64](unsafeUninitializedCapacity: values.count) { buffer, count in
        values.withUnsafeBufferPointer {
          ek_integers_from_doubles(
            $0.baseAddress, Int64($0.count), range.lowest, buffer.baseAddress)
        }
        count = values.count
      }
      try self.init(shape: shape, integers: integers, scale: scale)
      return
    }
    let limbCount = (bits + 1 + 63) / 64
    self.init(
      shape: shape, scale: scale, limbCount: limbCount,
      limbs: Self.wideMantissas(of: values, lowest: Int(range.lowest), limbCount: limbCount),
      bound: .powerOfTwo(bits), boundIsMeasured: true)
  }

  /// Floats as whole multiples of one power of two.
  ///
  /// - Throws: as for doubles.
  public init(shape: [Int], floats values: [Float]) throws(ExactEngineError) {
    try self.init(shape: shape, doubles: values.map(Double.init))
  }

  private static func wideMantissas(
    of values: [Double], lowest: Int, limbCount: Int
  ) -> [Int64] {
    let count = values.count
    var limbs = [Int64](repeating: 0, count: limbCount * count)
    for (i, value) in values.enumerated() where value != 0 {
      // Below, the last place of a double is that of its significand as an integer.
      let isSubnormal = value.isSubnormal
      let significand =
        value.significandBitPattern | (isSubnormal ? 0 : 1 << UInt64(Double.significandBitCount))
      let place =
        (isSubnormal ? 1 : Int(value.exponentBitPattern)) - 1075 - lowest
      let mantissa =
        place < 0
        ? Magnitude(significand >> UInt64(-place)) : Magnitude(significand).shiftedLeft(by: place)
      store(mantissa, isNegative: value < 0, at: i, of: count, in: &limbs, limbCount: limbCount)
    }
    return limbs
  }

  /// Fractions over their least common denominator.
  ///
  /// - Throws: ``ExactEngineError/count(values:shape:)``,
  ///   ``ExactEngineError/zeroDenominator(position:)``, ``ExactEngineError/tooWide(bits:)``.
  public init(
    shape: [Int], numerators: [Int64], denominators: [UInt64]
  ) throws(ExactEngineError) {
    guard elementCount(of: shape) == numerators.count, denominators.count == numerators.count
    else { throw .count(values: numerators.count, shape: shape) }
    var common = Magnitude.one
    var known: [UInt64: Magnitude] = [:]
    for (i, denominator) in denominators.enumerated() where known[denominator] == nil {
      guard denominator != 0 else { throw .zeroDenominator(position: i) }
      known[denominator] = .one
      common = common.leastCommonMultiple(with: denominator)
      guard common.bitWidth < 64 * ContractionPlan.mostLimbs else {
        throw .tooWide(bits: common.bitWidth)
      }
    }
    for denominator in known.keys { known[denominator] = common.dividedBy(denominator).quotient }
    let largest = numerators.lazy.map(\.magnitude).max() ?? 0
    let bits = common.bitWidth + Magnitude(largest).bitWidth
    let limbCount = (bits + 1 + 63) / 64
    let count = numerators.count
    var limbs = [Int64](repeating: 0, count: limbCount * count)
    for i in 0..<count where numerators[i] != 0 {
      guard let factor = known[denominators[i]] else { continue }
      storeProduct(
        factor, numerators[i], at: i, of: count, in: &limbs, limbCount: limbCount)
    }
    self.init(
      shape: shape, scale: ExactScale(denominator: common), limbCount: limbCount, limbs: limbs,
      bound: .powerOfTwo(bits), boundIsMeasured: false)
  }

  /// Integers of any size under one scale: `fill` is called once for each position, in row-major
  /// order, and answers the sign and the magnitude.
  ///
  /// - Throws: ``ExactEngineError/count(values:shape:)`` for a shape without a count.
  public init(
    shape: [Int], scale: ExactScale, mantissas fill: (Int) -> ExactMantissa
  ) throws(ExactEngineError) {
    guard let count = elementCount(of: shape) else { throw .count(values: 0, shape: shape) }
    let mantissas = (0..<count).map(fill)
    let bits = mantissas.lazy.map(\.magnitude.bitWidth).max() ?? 0
    let limbCount = (bits + 1 + 63) / 64
    var limbs = [Int64](repeating: 0, count: limbCount * count)
    for (i, mantissa) in mantissas.enumerated() {
      store(
        mantissa.magnitude, isNegative: mantissa.isNegative, at: i, of: count, in: &limbs,
        limbCount: limbCount)
    }
    self.init(
      shape: shape, scale: scale, limbCount: limbCount, limbs: limbs,
      bound: mantissas.lazy.map(\.magnitude).max() ?? Magnitude(0), boundIsMeasured: true)
  }
}

extension ExactMantissa {
  /// A mantissa of that absolute value; zero has no sign.
  public init(_ magnitude: Magnitude, isNegative: Bool = false) {
    self.init(isNegative: isNegative, magnitude: magnitude)
  }
}

/// Writes a signed magnitude as two's complement limbs.
private func store(
  _ magnitude: Magnitude, isNegative: Bool, at position: Int, of count: Int,
  in limbs: inout [Int64], limbCount: Int
) {
  var carry = true
  for j in 0..<limbCount {
    var word = magnitude.word(j)
    if isNegative {
      word = ~word
      if carry { (word, carry) = word.addingReportingOverflow(1) }
    }
    limbs[j * count + position] = Int64(bitPattern: word)
  }
}

/// Writes `factor * numerator` as two's complement limbs, without a number in between.
private func storeProduct(
  _ factor: Magnitude, _ numerator: Int64, at position: Int, of count: Int,
  in limbs: inout [Int64], limbCount: Int
) {
  let size = numerator.magnitude
  let isNegative = numerator < 0
  var carry: UInt64 = 0
  var borrow = true
  for j in 0..<limbCount {
    let (high, low) = factor.word(j).multipliedFullWidth(by: size)
    let (sum, overflow) = low.addingReportingOverflow(carry)
    carry = high &+ (overflow ? 1 : 0)
    var word = sum
    if isNegative {
      word = ~word
      if borrow { (word, borrow) = word.addingReportingOverflow(1) }
    }
    limbs[j * count + position] = Int64(bitPattern: word)
  }
}
