import Evaluation
import Judging
import Scalars
import TensorExpressions

/// The measurements behind a ``FiniteDifferenceTable``.
struct DifferenceMeasurement {
  let function: DirectionalFunction
  let options: CheckOptions

  /// φ′(0): a rational number, or an enclosure of it.
  enum Slope {
    case rational(Rational)
    case enclosed(Interval)

    var text: String {
      switch self {
      case .rational(let value):
        let fraction = value.description
        return fraction.utf8.count <= 40 ? fraction : value.decimalString(digits: 17)
      case .enclosed(let value): return value.midpointDecimal(digits: 17).text
      }
    }

    /// |value − slope| / |slope|, or |value − slope| where the slope is 0.
    func relativeError(of value: Double) -> Double {
      guard let estimate = Rational(exactly: value) else { return .infinity }
      switch self {
      case .rational(let exact):
        let error = (estimate - exact).magnitude
        return (exact.isZero ? error : error / exact.magnitude).doubleValue
      case .enclosed(let exact):
        let arithmetic = IntervalArithmetic(precision: exact.precision)
        let error = arithmetic.subtract(arithmetic.constant(estimate), exact)
        let relative = (try? arithmetic.divide(error, exact)) ?? error
        return relative.doubleValue.magnitude
      }
    }
  }

  /// Bits at which differences are taken whose rounding must not show.
  private static let precision = 768

  func exactSlope() throws(EvaluationError) -> Slope {
    let roots = function.gradients.map(\.cotangent)
    if !isTranscendental(roots) {
      let arithmetic = RationalArithmetic()
      let values = try Evaluator(arithmetic, at: function.point).evaluate(roots)
      return .rational(try function.slope(values, arithmetic))
    }
    let arithmetic = IntervalArithmetic(precision: Self.precision)
    let values = try Evaluator(arithmetic, at: function.point.converted(to: arithmetic))
      .evaluate(roots)
    return .enclosed(try function.slope(values, arithmetic))
  }

  private func isTranscendental(_ roots: [TensorExpression]) -> Bool {
    FunctionProfile(of: roots).isTranscendental
  }

  // MARK: Without rounding

  func exactComparison(
    _ slope: Slope
  ) throws(EvaluationError) -> FiniteDifferenceTable.ExactComparison {
    let degree: PolynomialDegree
    do {
      degree = try PolynomialDegree.of(
        function.value, moving: Set(function.directions.keys), sizes: function.point.sizes)
    } catch {
      return try truncatedComparison(slope, reason: error.sentence)
    }
    let difference = CentralDifference.exact(forDegree: degree.degree)
    let pairs = difference.weights.count
    guard let step = try stepWithinCell(reach: pairs) else {
      return .unavailable("every step crosses a kink")
    }
    // Constant functions of still symbols may be irrational, a polynomial in what moves all the same.
    guard case .rational(let exact) = slope, !isTranscendental([function.value]) else {
      return try truncatedComparison(slope, reason: "its coefficients are not rational")
    }
    let estimate = try difference.derivatives(
      of: [function.value], at: function.point, along: function.directions, step: step,
      over: RationalArithmetic())[0].elements[0]
    guard estimate == exact else { return .unavailable(FiniteDifferenceTable.differs) }
    return .equality(
      degree: degree.degree, pairs: pairs, step: step, isPiecewise: degree.isPiecewise)
  }

  private func truncatedComparison(
    _ slope: Slope, reason: String
  ) throws(EvaluationError) -> FiniteDifferenceTable.ExactComparison {
    let pairs = 4
    let arithmetic = IntervalArithmetic(precision: Self.precision)
    guard let first = try stepWithinCell(reach: pairs) else {
      return .unavailable("every step crosses a kink")
    }
    let step = min(first, Rational(1, 1 << 20))
    let estimate = try CentralDifference(pairs: pairs).derivatives(
      of: [function.value], at: function.point, along: function.directions, step: step,
      over: arithmetic)[0].elements[0]
    let exact: Interval
    switch slope {
    case .rational(let value): exact = arithmetic.constant(value)
    case .enclosed(let value): exact = value
    }
    let error = arithmetic.subtract(estimate, exact)
    let relative = (try? arithmetic.divide(error, exact)) ?? error
    return .truncated(
      reason: reason, pairs: pairs, step: step,
      relativeDifference: relative.doubleValue.magnitude)
  }

  /// A step such that no point of a difference with `reach` pairs lies beyond a kink; nil when there is none down
  /// to 2⁻⁴⁰.
  private func stepWithinCell(reach: Int) throws(EvaluationError) -> Rational? {
    if !FunctionProfile(of: [function.value]).hasMasks { return Rational(1, 16) }
    let here = try masks(at: 0)
    if !here.kinks.isEmpty { return nil }
    var step = Rational(1, 16)
    while step > Rational(1, 1 << 40) {
      var stays = true
      for t in (1...reach).flatMap({ [step * Rational($0), step * Rational(-$0)] }) where stays {
        stays = try crossing(from: here, at: t) == nil
      }
      if stays { return step }
      step *= Rational(1, 4)
    }
    return nil
  }

  private func masks(at t: Rational) throws(EvaluationError) -> MaskRecord {
    try MaskRecord.recording(
      [function.value], at: function.point.moved(by: t, along: function.directions),
      largestPrecision: options.precisionLimit)
  }

  private func crossing(
    from here: MaskRecord, at t: Rational
  ) throws(EvaluationError) -> MaskCrossing? {
    MaskCrossing(
      from: here, to: try masks(at: t), in: function.value, sizes: function.point.sizes)
  }

  // MARK: In Double

  func lines(
    _ steps: [Rational], slope: Slope
  ) throws(EvaluationError) -> [FiniteDifferenceTable.Line] {
    let hasMasks = FunctionProfile(of: [function.value]).hasMasks
    let here = hasMasks ? try masks(at: 0) : MaskRecord()
    var lines: [FiniteDifferenceTable.Line] = []
    for line in try FloatingDifference.table(
      of: [function.value], at: function.point, along: function.directions, steps: steps)
    {
      let estimate = line.derivatives[0].elements[0]
      var crossing: MaskCrossing?
      if hasMasks {
        crossing = try self.crossing(from: here, at: line.step)
        if crossing == nil { crossing = try self.crossing(from: here, at: -line.step) }
      }
      lines.append(
        FiniteDifferenceTable.Line(
          step: line.step, estimate: estimate, error: slope.relativeError(of: estimate),
          crossing: crossing))
    }
    return lines
  }

  /// How large truncation and rounding are; nil where φ could not be followed that far.
  func errorEstimate() -> FiniteDifferenceTable.ErrorEstimate? {
    let arithmetic = IntervalArithmetic(precision: Self.precision)
    let bounds = RoundingArithmetic(format: .binary64)
    let h = Rational(1, 1 << 24)
    guard let near = try? (function.value(at: h, arithmetic), function.value(at: -h, arithmetic)),
      let far = try? (
        function.value(at: h + h, arithmetic), function.value(at: -h - h, arithmetic)
      ), let rounded = try? function.value(at: 0, bounds)
    else { return nil }
    // φ‴ ≈ (φ(2h) − 2φ(h) + 2φ(−h) − φ(−2h)) / 2h³
    let inner = arithmetic.subtract(near.1, near.0)
    let outer = arithmetic.subtract(far.0, far.1)
    let sum = arithmetic.add(outer, arithmetic.add(inner, inner))
    let third = arithmetic.multiply(
      sum, arithmetic.constant(Rational(1, 2) / (h * h * h)))
    // What is left of a cubic difference that vanishes is not a derivative.
    let value = third.containsZero ? 0 : third.doubleValue
    return FiniteDifferenceTable.ErrorEstimate(
      thirdDerivative: value, rounding: NumberFormat.binary64.roundoff * rounded.magnitude)
  }
}
