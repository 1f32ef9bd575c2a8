/// A real number, exactly where it is a rational one of few digits, else enclosed; with a lower bound of the
/// smallest term that it is a sum of.
///
/// An interval around zero says nothing of itself about how small the number is that it encloses. What it is
/// compared with are the terms of the sum: where they are about 1, an interval of 2⁻²⁰⁰ around zero is narrow,
/// and where one of them is 10⁻³⁰⁰ it is not. A term goes on to count behind a function: `log(2 + h)` is a sum
/// of `log(2)` and about `h/2`, and `erf(x)` one of 1 and about `exp(-x**2)`.
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

  /// Whether the number, which is zero or close to it, is known to a 2⁻`bits` part of the smallest term, and of
  /// its square where that is smaller: `exp(h)` and `1 + h` have terms down to `h`, and differ by about `h**2`.
  public func isNarrow(bits: Int) -> Bool {
    switch number {
    case .exact: return true
    case .enclosed(let interval):
      guard interval.isBounded else { return false }
      guard let width = interval.widthExponent else { return true }
      return leastTerm == .max || width < min(leastTerm, 2 * leastTerm) - bits
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

  /// A number that is one term.
  private func exact(_ value: Rational) -> TermEnclosure {
    exact(value, leastTerm: value.floorExponent ?? .max)
  }

  private func exact(_ value: Rational, leastTerm: Int) -> TermEnclosure {
    if value.isZero { return TermEnclosure(number: .exact(value), leastTerm: .max) }
    let bits = max(value.numerator.bitWidth, value.denominator.bitWidth)
    return bits > largestBitWidth
      ? enclosed(Interval(value, precision: precision), leastTerm: leastTerm)
      : TermEnclosure(number: .exact(value), leastTerm: leastTerm)
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
    if a.exact?.isZero == true { return b }
    if b.exact?.isZero == true { return a }
    let leastTerm = min(a.leastTerm, b.leastTerm)
    if let x = a.exact, let y = b.exact { return exact(x + y, leastTerm: leastTerm) }
    return enclosed(intervals.add(interval(a), interval(b)), leastTerm: leastTerm)
  }

  /// The negative, whose terms are as large as before.
  public func negate(_ a: TermEnclosure) -> TermEnclosure {
    switch a.number {
    case .exact(let value): exact(-value, leastTerm: a.leastTerm)
    case .enclosed(let interval): enclosed(intervals.negate(interval), leastTerm: a.leastTerm)
    }
  }

  /// The difference, as the sum with the negative.
  public func subtract(_ a: TermEnclosure, _ b: TermEnclosure) -> TermEnclosure {
    add(a, negate(b))
  }

  /// The product, whose least term is the product of the least ones; exact zeros stay exact.
  public func multiply(_ a: TermEnclosure, _ b: TermEnclosure) -> TermEnclosure {
    let leastTerm = a.leastTerm.exponentSum(b.leastTerm)
    if let x = a.exact, let y = b.exact { return exact(x * y, leastTerm: leastTerm) }
    if a.exact?.isZero == true || b.exact?.isZero == true { return zero }
    return enclosed(intervals.multiply(interval(a), interval(b)), leastTerm: leastTerm)
  }

  /// The quotient, whose least term is the least one over the greatest that the divisor may be.
  ///
  /// - Throws: ``ScalarError/divisionByZero`` for an exact zero; ``ScalarError/undecided`` for a
  ///   divisor that may be zero.
  public func divide(
    _ a: TermEnclosure, _ b: TermEnclosure
  ) throws(ScalarError) -> TermEnclosure {
    let divisor = interval(b)
    // A term h of b, which is itself at least h, moves 1/b by about h/b².
    let size = divisor.ceilingExponent ?? 0
    let leastTerm = a.leastTerm.exponentSum(b.leastTerm).exponentSum(-2 * size)
    if let x = a.exact, let y = b.exact {
      return exact(try rationals.divide(x, y), leastTerm: leastTerm)
    }
    let quotient = try intervals.divide(interval(a), divisor)
    if a.exact?.isZero == true { return zero }
    return enclosed(quotient, leastTerm: leastTerm)
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
        let result = try rationals.apply(function, value)
        return exact(result, leastTerm: leastTerm(of: function, at: x, result.floorExponent))
      } catch {
        guard case .irrational = error else { throw error }
      }
    }
    let value = try intervals.apply(function, interval(x))
    return enclosed(value, leastTerm: leastTerm(of: function, at: x, value.floorExponent))
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
        let result = try rationals.power(value, exponent)
        return exact(result, leastTerm: leastTerm(ofPower: exponent, at: x, result.floorExponent))
      } catch {
        switch error {
        case .irrational, .overflow: break
        case .divisionByZero, .unordered, .undecided, .domain, .notASquare, .noRoot,
          .needsArgumentLevel, .nestingTooDeep:
          throw error
        }
      }
    }
    let value = try intervals.power(interval(x), exponent)
    return enclosed(value, leastTerm: leastTerm(ofPower: exponent, at: x, value.floorExponent))
  }

  /// Whether a power of a number is short enough to be written down.
  private func fits(_ value: Rational, _ exponent: Rational) -> Bool {
    let bits = max(value.numerator.bitWidth, value.denominator.bitWidth)
    guard let whole = exponent.numerator.asInt else { return bits <= 1 }
    let (product, overflow) = bits.multipliedReportingOverflow(by: Int(clamping: whole.magnitude))
    return !overflow && product <= 4 * largestBitWidth
  }

  /// An enclosure of π, whose one term is at least 2.
  public func pi() -> TermEnclosure { enclosed(intervals.pi(), leastTerm: 1) }
}

// MARK: - Terms behind functions

extension TermEnclosureArithmetic {
  /// The precision at which it is looked how much a function hands on of a term.
  private static let slopePrecision = 64

  /// The smallest term of a function's value, of which 2^`floor` is a lower bound where one is known: the value
  /// itself, what the smallest term of the argument moves it by, and by what the function falls short of a
  /// limit.
  private func leastTerm(
    of function: ElementaryFunction, at x: TermEnclosure, _ floor: Int?
  ) -> Int {
    let low = DualArithmetic(IntervalArithmetic(precision: Self.slopePrecision))
    let argument = x.interval(precision: Self.slopePrecision)
    let slope = try? low.apply(function, Dual(primal: argument, tangent: low.base.one)).tangent
    let gap = function.gapExponent(at: argument)
    return min(handedOn(x, by: slope, floor), gap)
  }

  private func leastTerm(ofPower exponent: Rational, at x: TermEnclosure, _ floor: Int?) -> Int {
    if exponent.isZero { return floor ?? 0 }
    let low = IntervalArithmetic(precision: Self.slopePrecision)
    let argument = x.interval(precision: Self.slopePrecision)
    let slope = (try? low.power(argument, exponent - 1)).flatMap { power in
      low.multiply(Interval(exponent, precision: Self.slopePrecision), power)
    }
    return handedOn(x, by: slope, floor)
  }

  /// The smaller of a value and of what a function of that slope hands on of the smallest term of its argument,
  /// which next to the constants in the function is at most 1. Of a slope that may be zero nothing is known.
  private func handedOn(_ x: TermEnclosure, by slope: Interval?, _ floor: Int?) -> Int {
    if x.leastTerm == .max { return floor ?? 0 }
    guard let slope = slope?.floorExponent else { return .least }
    let moved = slope.exponentSum(min(x.leastTerm, 0))
    return min(floor ?? moved, moved)
  }
}

extension ElementaryFunction {
  /// An exponent e such that the function differs by at least 2^e from the simpler functions that it comes
  /// close to far from zero: `tanh(x)` from 1, `softplus(x)` from x, `cosh(x)` from `exp(x)/2`. `Int.max` for a
  /// function that does not, or whose slope says the same.
  fileprivate func gapExponent(at x: Interval) -> Int {
    // An upper bound of |x|; log₂e is below 3/2.
    let size = abs(x.doubleValue) + 1
    let bits: Double
    switch self {
    case .sinh, .cosh, .sigmoid, .softplus, .silu: bits = 1.5 * size + 2
    case .tanh: bits = 3 * size + 2
    case .erf: bits = 1.5 * size * size + size + 2
    case .gelu: bits = 0.75 * size * size + size + 2
    case .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tan, .asin, .acos, .atan:
      return .max
    }
    return bits < 0x1p40 ? -Int(bits.rounded(.up)) : .least
  }
}

extension Int {
  /// The exponent of what is smaller than anything that is told from zero.
  fileprivate static let least = Int.min / 4

  /// The exponent of a product, from those of its factors; `Int.max` is that of zero.
  fileprivate func exponentSum(_ other: Int) -> Int {
    if self == .max || other == .max { return .max }
    return Swift.max(Swift.max(self, .least) + Swift.max(other, .least), .least)
  }
}

extension Rational {
  /// An exponent e with 2^e at most the magnitude; `nil` for zero.
  var floorExponent: Int? {
    isZero ? nil : numerator.bitWidth - denominator.bitWidth - 2
  }
}
