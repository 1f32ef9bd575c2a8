/// A real number, exactly where it is a rational one of few digits, else enclosed; with a lower bound of the
/// smallest term that it is a sum of.
///
/// An interval around zero says nothing of itself about how small the number is that it encloses. What it is
/// compared with are the terms of the sum: where they are about 1, an interval of 2⁻²⁰⁰ around zero is
/// narrow, and where one of them is 10⁻³⁰⁰ it is not.
public struct TermEnclosure: Sendable {
  enum Number: Sendable {
    case exact(Rational)
    case enclosed(Interval)
  }

  let number: Number
  /// No term that is not exactly zero is below 2 to this power; `Int.max` where there is none.
  public let leastTerm: Int

  /// The number where it is known exactly.
  public var exact: Rational? { if case .exact(let value) = number { value } else { nil } }

  /// Whether the number is certainly not zero.
  public var excludesZero: Bool {
    switch number {
    case .exact(let value): !value.isZero
    case .enclosed(let interval): !interval.containsZero
    }
  }

  /// Whether the number, which is zero or close to it, is known to a 2⁻`bits` part of the smallest term.
  public func isNarrow(bits: Int) -> Bool {
    switch number {
    case .exact: return true
    case .enclosed(let interval):
      guard interval.isBounded else { return false }
      guard let width = interval.widthExponent else { return true }
      return leastTerm == .max || width < leastTerm - bits
    }
  }

  /// An enclosure of that many bits.
  public func interval(precision: Int) -> Interval {
    switch number {
    case .exact(let value): Interval(value, precision: precision)
    case .enclosed(let interval): interval
    }
  }
}

/// The arithmetic of ``TermEnclosure``.
public struct TermEnclosureArithmetic: ScalarArithmetic {
  /// The elements are numbers that are exact or enclosed, with the size of their least term.
  public typealias Element = TermEnclosure

  /// The number of binary digits of enclosures. Exact numbers may have twice as many.
  public let precision: Int
  private let intervals: IntervalArithmetic
  private let rationals = RationalArithmetic()

  /// Numbers that are enclosed with so many binary digits where they are not exact.
  ///
  /// - Precondition: the precision is between 2 and 2²⁴ bits.
  public init(precision: Int) {
    self.precision = precision
    intervals = IntervalArithmetic(precision: precision)
  }

  /// A product of intervals, and the choice between exact and enclosed.
  public var productWork: Int { intervals.productWork + 100 }
  /// As for intervals.
  public var functionWork: Int { intervals.functionWork }
  /// An interval, and the exponent beside it.
  public var elementBytes: Int { intervals.elementBytes + 16 }

  /// Zero, exactly.
  public var zero: TermEnclosure { exact(0) }
  /// One, exactly.
  public var one: TermEnclosure { exact(1) }

  /// The number itself, or its enclosure where it has too many digits.
  public func constant(_ value: Rational) -> TermEnclosure { exact(value) }

  /// Numbers with more digits than these are enclosed.
  private var largestBitWidth: Int { 2 * precision }

  private func exact(_ value: Rational) -> TermEnclosure {
    let bits = max(value.numerator.bitWidth, value.denominator.bitWidth)
    guard bits > largestBitWidth else {
      return TermEnclosure(number: .exact(value), leastTerm: value.floorExponent ?? .max)
    }
    return enclosed(Interval(value, precision: precision), leastTerm: value.floorExponent ?? .max)
  }

  private func enclosed(_ interval: Interval, leastTerm: Int) -> TermEnclosure {
    TermEnclosure(number: .enclosed(interval), leastTerm: leastTerm)
  }

  private func interval(_ a: TermEnclosure) -> Interval { a.interval(precision: precision) }

  /// Whether the number is known to be zero.
  public func isZero(_ a: TermEnclosure) -> Bool {
    switch a.number {
    case .exact(let value): value.isZero
    case .enclosed(let interval): intervals.isZero(interval)
    }
  }

  /// The sign of the number.
  ///
  /// - Throws: ``ScalarError/undecided`` for an enclosure around zero.
  public func sign(_ a: TermEnclosure) throws(ScalarError) -> Int {
    switch a.number {
    case .exact(let value): value.signum()
    case .enclosed(let interval): try intervals.sign(interval)
    }
  }

  /// The sum, whose least term is the smaller one of the two; that of an exact sum is the sum
  /// itself.
  public func add(_ a: TermEnclosure, _ b: TermEnclosure) -> TermEnclosure {
    if let x = a.exact, let y = b.exact { return exact(x + y) }
    if a.exact?.isZero == true { return b }
    if b.exact?.isZero == true { return a }
    return enclosed(
      intervals.add(interval(a), interval(b)), leastTerm: min(a.leastTerm, b.leastTerm))
  }

  /// The negative, whose terms are as large as before.
  public func negate(_ a: TermEnclosure) -> TermEnclosure {
    switch a.number {
    case .exact(let value): exact(-value)
    case .enclosed(let interval): enclosed(intervals.negate(interval), leastTerm: a.leastTerm)
    }
  }

  /// The difference, as the sum with the negative.
  public func subtract(_ a: TermEnclosure, _ b: TermEnclosure) -> TermEnclosure {
    add(a, negate(b))
  }

  /// The product, whose least term is the product of the least ones; exact zeros stay exact.
  public func multiply(_ a: TermEnclosure, _ b: TermEnclosure) -> TermEnclosure {
    if let x = a.exact, let y = b.exact { return exact(x * y) }
    if a.exact?.isZero == true || b.exact?.isZero == true { return zero }
    return enclosed(
      intervals.multiply(interval(a), interval(b)), leastTerm: sum(a.leastTerm, b.leastTerm))
  }

  /// The quotient, whose least term is the least one over the greatest that the divisor may be.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` for an exact zero; ``ScalarError/undecided`` for a
  ///   divisor that may be zero.
  public func divide(
    _ a: TermEnclosure, _ b: TermEnclosure
  ) throws(ScalarError) -> TermEnclosure {
    if let x = a.exact, let y = b.exact { return exact(try rationals.divide(x, y)) }
    let divisor = interval(b)
    let quotient = try intervals.divide(interval(a), divisor)
    if a.exact?.isZero == true { return zero }
    return enclosed(quotient, leastTerm: sum(a.leastTerm, -(divisor.ceilingExponent ?? 0)))
  }

  /// The value of a function, which is one term; exact where rational numbers have it.
  ///
  /// - Throws: ``ScalarError/domain(_:)``, ``ScalarError/divisionByZero`` or
  ///   ``ScalarError/undecided``, as the exact numbers or the intervals have it.
  public func apply(
    _ function: ElementaryFunction, _ x: TermEnclosure
  ) throws(ScalarError) -> TermEnclosure {
    if let value = x.exact {
      do throws(ScalarError) {
        return exact(try rationals.apply(function, value))
      } catch {
        guard case .irrational = error else { throw error }
      }
    }
    return term(of: x, try intervals.apply(function, interval(x)))
  }

  /// The power, which is one term; exact where it is rational and short enough.
  ///
  /// - Throws: ``ScalarError/domain(_:)``, ``ScalarError/divisionByZero`` or
  ///   ``ScalarError/undecided``, as the exact numbers or the intervals have it;
  ///   ``ScalarError/overflow`` for an exponent beyond machine words.
  public func power(
    _ x: TermEnclosure, _ exponent: Rational
  ) throws(ScalarError) -> TermEnclosure {
    if let value = x.exact, fits(value, exponent) {
      do throws(ScalarError) {
        return exact(try rationals.power(value, exponent))
      } catch {
        switch error {
        case .irrational, .overflow: break
        case .divisionByZero, .unordered, .undecided, .domain, .notASquare, .noRoot,
          .needsArgumentLevel, .nestingTooDeep:
          throw error
        }
      }
    }
    return term(of: x, try intervals.power(interval(x), exponent))
  }

  /// Whether a power of a number is short enough to be written down.
  private func fits(_ value: Rational, _ exponent: Rational) -> Bool {
    let bits = max(value.numerator.bitWidth, value.denominator.bitWidth)
    guard let whole = exponent.numerator.asInt else { return bits <= 1 }
    let (product, overflow) = bits.multipliedReportingOverflow(by: Int(clamping: whole.magnitude))
    return !overflow && product <= 4 * largestBitWidth
  }

  /// A function's value is one term; near a zero of it, it is about as small as its argument.
  private func term(of x: TermEnclosure, _ value: Interval) -> TermEnclosure {
    enclosed(value, leastTerm: value.floorExponent ?? min(x.leastTerm, 0))
  }

  /// An enclosure of π, whose one term is at least 2.
  public func pi() -> TermEnclosure { enclosed(intervals.pi(), leastTerm: 1) }

  private func sum(_ a: Int, _ b: Int) -> Int {
    if a == .max { return .max }
    let (sum, overflow) = a.addingReportingOverflow(b == .max ? 0 : b)
    return overflow ? .min / 2 : max(sum, .min / 2)
  }
}

extension Rational {
  /// An exponent e with 2^e at most the magnitude; `nil` for zero.
  var floorExponent: Int? {
    isZero ? nil : numerator.bitWidth - denominator.bitWidth - 2
  }
}
