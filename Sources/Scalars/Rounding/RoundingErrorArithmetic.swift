/// Evaluates a formula exactly, and bounds beside it what any computation along its lines in a floating-point
/// format is off.
///
/// Each operation contributes u·|result|; a sum of n terms contributes (n − 1)·u·Σ|terms| whatever the order;
/// and the errors of operands are carried through. A product or a sum that the format holds contributes
/// nothing: where all terms are multiples of a 2ⁿ and Σ|terms| ≤ 2ⁿ⁺ᵖ every partial sum is exact, as with
/// small whole numbers. `Documentation/Decisions/0050-rounding-bounds.md` has the proofs.
///
/// - SeeAlso: N. Higham, "Accuracy and stability of numerical algorithms" (2002), sections 3.1 to 3.3; C.-P.
///   Jeannerod and S. Rump, "Improved error bounds for inner products in floating-point arithmetic" (2013),
///   for (n − 1)·u.
public struct RoundingErrorArithmetic: ScalarArithmetic {
  /// The elements are exact values with a bound of the error beside them.
  public typealias Element = RoundedNumber

  /// What operations are done in.
  public let format: BinaryFormat
  /// What named values are stored in, where that is not ``format``.
  public let intermediate: BinaryFormat?
  /// The most by which arguments of exponentials may be shifted before, as in a softmax that subtracts its
  /// largest entry.
  public let shift: Double

  /// What factors are shortened to before they are multiplied; nil where they are not.
  public let products: ProductFormat?

  @usableFromInline let roundoff: Double
  @usableFromInline let precision: Int32
  @usableFromInline let leastUnit: Int32
  /// Half a step of the subnormal numbers, which what underflows is off by.
  @usableFromInline let underflow: Double
  @usableFromInline let leastNormal: Double
  @usableFromInline let greatest: Double
  let functions = IntervalArithmetic(precision: 128)

  /// The arithmetic of a floating-point format, with what a kernel may do beside rounding its
  /// operations.
  ///
  /// - Parameters:
  ///   - intermediate: what named values are stored in; nil, or the format itself, for no rounding
  ///     of them.
  ///   - shift: the most by which arguments of exponentials may be shifted before.
  ///   - products: what factors are shortened to before they are multiplied; nil where they are
  ///     not.
  public init(
    _ format: BinaryFormat, intermediate: BinaryFormat? = nil, shift: Double = 0,
    products: ProductFormat? = nil
  ) {
    self.format = format
    self.products = products
    self.intermediate = intermediate == format ? nil : intermediate
    self.shift = shift
    roundoff = format.roundoff
    precision = Int32(format.precision)
    leastUnit = Int32(format.leastUnit)
    underflow = max(.powerOfTwo(format.leastUnit - 1), .leastNonzeroMagnitude)
    leastNormal = format.leastNormal
    greatest = format.greatest
  }

  @usableFromInline static var upward: Double { PairedNumber.upward }

  /// Zero, which has no error.
  public var zero: RoundedNumber { RoundedNumber(exactly: 0) }
  /// One, which has no error.
  public var one: RoundedNumber { RoundedNumber(exactly: 1) }

  /// The number, rounded once where the format does not hold it.
  public func constant(_ value: Rational) -> RoundedNumber {
    let paired = PairedNumber(value)
    if paired.isExact, paired.low == 0, format.holds(paired.high) {
      return RoundedNumber(exactly: paired.high)
    }
    return rounded(paired, error: 0)
  }

  /// The result of one operation, whose operands' errors come to `error`.
  @usableFromInline
  func rounded(_ value: PairedNumber, error: Double, roundings: Double = 1) -> RoundedNumber {
    rounded(value, size: value.magnitudeBound, error: error, roundings: roundings)
  }

  /// - Parameter size: Σ|terms| of the result, at least its magnitude.
  @usableFromInline
  func rounded(
    _ value: PairedNumber, size: Double, error: Double, roundings: Double = 1
  ) -> RoundedNumber {
    let exactSize = size
    let size = size + error
    var error = error + roundings * roundoff * size
    if size < leastNormal { error += roundings * underflow }
    error *= Self.upward
    return RoundedNumber(
      value: value, error: error, magnitude: (exactSize + error) * Self.upward, unit: 0)
  }

  /// The greatest sum of magnitudes that multiples of 2ⁿ can have for every partial sum to be exact.
  @inlinable
  func exactLimit(_ unit: Int32) -> Double {
    unit < leastUnit ? 0 : min(.powerOfTwo(Int(unit) + Int(precision)), greatest)
  }

  /// The number once nothing is added to it any more.
  public func finished(_ a: RoundedNumber) -> RoundedNumber {
    var result = a
    result.error = finishedError(a)
    result.additions = 0
    if result.error == 0, a.value.isZero { return RoundedNumber(exactly: 0) }
    result.magnitude = (a.value.magnitudeBound + result.error) * Self.upward
    return result
  }

  /// The sum. Its own rounding is counted and not yet in the error: ``finished(_:)`` bounds those
  /// of all terms at once, whatever their order.
  @inlinable
  public func add(_ a: RoundedNumber, _ b: RoundedNumber) -> RoundedNumber {
    if a.isZero { return b }
    if b.isZero { return a }
    return RoundedNumber(
      value: a.value + b.value, error: (a.error + b.error) * Self.upward,
      magnitude: (a.magnitude + b.magnitude) * Self.upward,
      additions: a.additions &+ b.additions &+ 1, unit: min(a.unit, b.unit))
  }

  /// The difference, as the sum with the negative.
  public func subtract(_ a: RoundedNumber, _ b: RoundedNumber) -> RoundedNumber {
    add(a, negate(b))
  }

  /// The negative, which rounds nothing.
  @inlinable
  public func negate(_ a: RoundedNumber) -> RoundedNumber {
    var result = a
    result.value = -a.value
    return result
  }

  /// What a number is off by if nothing more is added to it.
  @inlinable
  @inline(__always)
  func finishedError(_ a: RoundedNumber) -> Double {
    let additions = openAdditions(a)
    if additions == 0 { return a.error }
    return (a.error + Double(additions) * roundoff * a.magnitude) * Self.upward
  }

  /// The additions of a sum whose roundings are not in its error yet; none where every partial sum is exact.
  @inlinable
  @inline(__always)
  func openAdditions(_ a: RoundedNumber) -> Int {
    a.error == 0 && a.magnitude <= exactLimit(a.unit) ? 0 : Int(a.additions)
  }

  /// A factor of a sum may be multiplied with the sum or with its terms: what is rounded then is bounded by
  /// Σ|terms|. The factor is one computed number, so that its own error is multiplied by |sum|.
  @inlinable
  public func multiply(_ a: RoundedNumber, _ b: RoundedNumber) -> RoundedNumber {
    if a.isZero || b.isZero { return RoundedNumber(exactly: 0) }
    if let products { return product(products.shortened(a), products.shortened(b)) }
    return product(a, b)
  }

  @inlinable
  @inline(__always)
  func product(_ a: RoundedNumber, _ b: RoundedNumber) -> RoundedNumber {
    if b.isPowerOfTwo, let result = scaled(a, by: b.value.high) { return result }
    if a.isPowerOfTwo, let result = scaled(b, by: a.value.high) { return result }
    let value = a.value * b.value
    let size = a.magnitude * b.magnitude * Self.upward
    if a.error == 0, b.error == 0 {
      let unit = a.unit &+ b.unit
      if size <= exactLimit(unit) {
        return RoundedNumber(value: value, error: 0, magnitude: size, unit: unit)
      }
    }
    let left = Double(openAdditions(a)) * roundoff
    let right = Double(openAdditions(b)) * roundoff
    return rounded(
      value, size: size,
      error: (productError(a, b) + (left + right + left * right) * size) * Self.upward)
  }

  /// What the errors of all terms make of a product of two sums, |â·b̂ − a·b| ≤ |a|·e_b + |b|·eₐ + eₐ·e_b.
  @inlinable
  @inline(__always)
  func productError(_ a: RoundedNumber, _ b: RoundedNumber) -> Double {
    let left = a.value.magnitudeBound
    let right = b.value.magnitudeBound
    return (left * b.error + (right + b.error) * a.error) * Self.upward
  }

  /// The product with ±2ⁿ, which rounds nothing; nil near the ends of the format's range.
  @usableFromInline
  func scaled(_ a: RoundedNumber, by power: Double) -> RoundedNumber? {
    let size = power.magnitude
    let unit = a.unit &+ Int32(power.exponent)
    let least = a.error == 0 ? unit >= leastUnit : a.magnitude * size > leastNormal
    guard least || size == 1, a.magnitude * size <= format.greatest else { return nil }
    // An error near underflow may be larger than the scaled one.
    let lost = a.error == 0 || size >= 1 ? 0 : underflow
    return RoundedNumber(
      value: a.value.scaled(by: power), error: a.error * size + lost,
      magnitude: a.magnitude * size, additions: a.additions, unit: unit)
  }

  /// The quotient, off by what its operands are off and by one rounding.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` for a divisor of zero; ``ScalarError/undecided``
  ///   where its error reaches zero or the quotient is not finite.
  public func divide(
    _ a: RoundedNumber, _ b: RoundedNumber
  ) throws(ScalarError) -> RoundedNumber {
    if b.isZero { throw .divisionByZero }
    if b.isPowerOfTwo, let result = scaled(a, by: 1 / b.value.high) { return result }
    let b = finished(b)
    let quotient = a.value / b.value
    let least =
      (b.value.high.magnitude - b.value.low.magnitude - b.value.radius - b.error) / Self.upward
    guard least > 0, quotient.isFinite else {
      throw b.value.isZero ? .divisionByZero : .undecided
    }
    let size = a.magnitude / least * Self.upward
    let carried = (a.value.magnitudeBound + a.error) / least * b.error * Self.upward
    let error = (finishedError(a) + carried) / least * Self.upward
    return rounded(quotient, size: size, error: error)
  }

  /// Whether the value is known to be zero and has no error.
  public func isZero(_ a: RoundedNumber) -> Bool { a.isZero }

  /// The sign of the exact value.
  public func sign(_ a: RoundedNumber) throws(ScalarError) -> Int {
    guard let sign = a.value.sign else { throw .undecided }
    return sign
  }

  /// Sums the products one after the other; the sum stays open for further terms.
  public func dot(
    count: Int, _ a: UnsafePointer<RoundedNumber>, stride aStride: Int,
    _ b: UnsafePointer<RoundedNumber>, stride bStride: Int
  ) -> RoundedNumber {
    var sum = RoundedNumber(exactly: 0)
    for i in 0..<count { sum = add(sum, multiply(a[i &* aStride], b[i &* bStride])) }
    return sum
  }

  /// A named value is finished, and may be stored in another format.
  public var changesNamedValues: Bool { true }

  /// A value under a name is finished, and stored where a format is given for that.
  public func named(_ a: RoundedNumber) -> RoundedNumber {
    let a = finished(a)
    return intermediate.map { stored(a, in: $0) } ?? a
  }

  /// The number written down in another format.
  public func stored(_ a: RoundedNumber, in target: BinaryFormat) -> RoundedNumber {
    if a.isZero || target.precision >= format.precision { return a }
    let other = RoundingErrorArithmetic(target)
    if a.error == 0, a.magnitude <= other.exactLimit(a.unit) { return a }
    return other.rounded(a.value, error: a.error)
  }

  /// A sum of products takes about a dozen operations of machine numbers each.
  public var productWork: Int { 30 }
  /// A function is enclosed by intervals, which takes far longer than a product.
  public var functionWork: Int { 4000 }
}

extension RoundingErrorArithmetic {
  /// A number that a kernel is given: rounded first where the format does not hold it.
  public func input(_ value: Double) -> RoundedNumber {
    format.holds(value)
      ? RoundedNumber(exactly: value) : rounded(PairedNumber(high: value), error: 0)
  }
}
