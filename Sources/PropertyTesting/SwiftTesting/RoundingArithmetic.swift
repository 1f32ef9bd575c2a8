import Scalars

/// A value together with how far off its computation in floating point may be.
struct RoundedValue: Sendable {
  /// The exact value, enclosed.
  let value: Interval
  /// The sum of the magnitudes of the terms that the value is made of, with nothing cancelled.
  let magnitude: Double
  /// The most roundings that a factor of a term has been through.
  let depth: Int
  /// The additions that made the sum, in whatever order.
  let additions: Int

  /// How many roundings any term may have been through.
  var roundings: Int {
    depth.addingReportingOverflow(additions).overflow ? .max : depth + additions
  }
}

/// Evaluates an expression together with a bound of the rounding error of *any* reasonable way to compute it in
/// floating point.
///
/// The bound is γₙ·Σ|terms| (Higham): n counts the roundings that a term goes through, Σ|terms| is the value
/// with every sign made positive. Both are the same whatever the order of additions and whether products are
/// expanded, so a gradient that is right and was computed by another formula stays inside. Functions
/// contribute the largest change over the interval that their argument's error spans, and four roundings of
/// their own; `exp` and `log` also the shift by a largest entry that stable formulas use.
///
/// - SeeAlso: N. Higham, "Accuracy and Stability of Numerical Algorithms" (2002), sections 3.1 and 3.4.
struct RoundingArithmetic: ScalarArithmetic {
  typealias Element = RoundedValue

  let format: NumberFormat
  /// The largest magnitude by which `exp` and `log` may have been shifted.
  let largestShift: Double
  private let exact = IntervalArithmetic(precision: 192)

  /// Roundings that a library's function may make of its own: results within two units in the last place.
  private static let functionRoundings = 4

  init(format: NumberFormat, largestShift: Double = 0) {
    self.format = format
    self.largestShift = largestShift
  }

  /// |computed − exact| is at most this.
  func errorBound(_ x: RoundedValue) -> Double {
    if x.roundings == 0 { return 0 }
    return (format.gamma(x.roundings) * x.magnitude).nextUp
  }

  func constant(_ value: Rational) -> RoundedValue {
    let nearest = value.doubleValue
    let isHeld = format.holds(nearest) && Rational(exactly: nearest) == value
    return RoundedValue(
      value: exact.constant(value), magnitude: nearest.magnitude.nextUp, depth: isHeld ? 0 : 1,
      additions: 0)
  }

  var zero: RoundedValue { RoundedValue(value: exact.zero, magnitude: 0, depth: 0, additions: 0) }
  var one: RoundedValue { RoundedValue(value: exact.one, magnitude: 1, depth: 0, additions: 0) }

  func add(_ a: RoundedValue, _ b: RoundedValue) -> RoundedValue {
    if isZero(a) { return b }
    if isZero(b) { return a }
    return RoundedValue(
      value: exact.add(a.value, b.value), magnitude: (a.magnitude + b.magnitude).nextUp,
      depth: max(a.depth, b.depth), additions: a.additions &+ b.additions &+ 1)
  }

  func subtract(_ a: RoundedValue, _ b: RoundedValue) -> RoundedValue { add(a, negate(b)) }

  func negate(_ a: RoundedValue) -> RoundedValue {
    RoundedValue(
      value: exact.negate(a.value), magnitude: a.magnitude, depth: a.depth, additions: a.additions)
  }

  func multiply(_ a: RoundedValue, _ b: RoundedValue) -> RoundedValue {
    if isZero(a) || isZero(b) { return zero }
    if isUnit(a) { return signed(b, like: a) }
    if isUnit(b) { return signed(a, like: b) }
    return RoundedValue(
      value: exact.multiply(a.value, b.value), magnitude: (a.magnitude * b.magnitude).nextUp,
      depth: a.roundings &+ b.roundings &+ 1, additions: 0)
  }

  /// Multiplying by ±1 rounds nothing.
  private func isUnit(_ a: RoundedValue) -> Bool {
    a.roundings == 0 && a.value.isPoint && a.value.doubleValue.magnitude == 1
  }

  private func signed(_ a: RoundedValue, like unit: RoundedValue) -> RoundedValue {
    unit.value.doubleValue < 0 ? negate(a) : a
  }

  /// With |b̂| ≥ |b| − error: |â/b̂ − a/b| ≤ γₙ·Σ|a|/|b̂|·(1 + Σ|b|/|b|).
  func divide(_ a: RoundedValue, _ b: RoundedValue) throws(ScalarError) -> RoundedValue {
    let quotient = try exact.divide(a.value, b.value)
    let size = b.value.doubleValue.magnitude
    let least = size - errorBound(b)
    guard least > 0 else { throw .undecided }
    return RoundedValue(
      value: quotient,
      magnitude: (a.magnitude / least * (b.roundings == 0 ? 1 : 1 + b.magnitude / size)).nextUp,
      depth: a.roundings &+ b.roundings &+ 1, additions: 0)
  }

  func isZero(_ a: RoundedValue) -> Bool { exact.isZero(a.value) && a.magnitude == 0 }

  /// - Throws: ``ScalarError/undecided`` when rounding may change the sign.
  func sign(_ a: RoundedValue) throws(ScalarError) -> Int {
    let sign = try exact.sign(a.value)
    if a.roundings > 0, a.value.doubleValue.magnitude <= errorBound(a) { throw .undecided }
    return sign
  }

  func apply(
    _ function: ElementaryFunction, _ x: RoundedValue
  ) throws(ScalarError) -> RoundedValue {
    let shifted = Self.shifted.contains(function) ? largestShift : 0
    let result = try spread(x, shift: shifted) { (value) throws(ScalarError) in
      try exact.apply(function, value)
    }
    guard Self.shiftedResult.contains(function) else { return result }
    return RoundedValue(
      value: result.value, magnitude: result.magnitude + largestShift, depth: result.depth + 1,
      additions: 0)
  }

  /// Functions whose argument is shifted by a largest entry in stable formulas, and those whose result is.
  private static let shifted: Set<ElementaryFunction> = [
    .exp, .expm1, .sigmoid, .softplus, .tanh, .silu,
  ]
  private static let shiftedResult: Set<ElementaryFunction> = [.log, .log1p, .softplus]

  func power(_ x: RoundedValue, _ exponent: Rational) throws(ScalarError) -> RoundedValue {
    if exponent.isZero { return one }
    return try spread(x, shift: 0) { (value) throws(ScalarError) in
      try exact.power(value, exponent)
    }
  }

  func pi() -> RoundedValue {
    RoundedValue(value: exact.pi(), magnitude: 3.15, depth: 1, additions: 0)
  }

  /// A function of a value that is known up to its error, by the function's values all over that error.
  private func spread(
    _ x: RoundedValue, shift: Double, _ function: (Interval) throws(ScalarError) -> Interval
  ) throws(ScalarError) -> RoundedValue {
    let value = try function(x.value)
    let roundings = x.roundings &+ (shift > 0 ? 2 : 0)
    let gamma = format.gamma(roundings)
    let own = value.doubleValue.magnitude.nextUp
    guard gamma > 0 else {
      return RoundedValue(
        value: value, magnitude: own, depth: Self.functionRoundings, additions: 0)
    }
    let reach = gamma * (x.magnitude + shift)
    guard let radius = Rational(exactly: reach) else { throw .undecided }
    let around = exact.add(
      x.value, Interval(from: -radius, to: radius, precision: exact.precision))
    let wide: Interval
    do throws(ScalarError) {
      wide = try function(around)
    } catch {
      // Rounding may leave the function's domain.
      throw .undecided
    }
    let change = exact.subtract(wide, value)
    guard let bounds = change.rationalBounds else { throw .undecided }
    let largest = max(bounds.lower.magnitude, bounds.upper.magnitude).doubleValue
    return RoundedValue(
      value: value, magnitude: (own + largest / gamma).nextUp,
      depth: roundings &+ Self.functionRoundings, additions: 0)
  }
}
