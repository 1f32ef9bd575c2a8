import Evaluation
import ExpressionLanguage
import Scalars
import TensorExpressions

/// Compares an expression's values with numbers that someone computed at one point.
///
/// An exact number must be the value. One that was rounded is the value's nearest `Double`, or nothing is said: how
/// far a sum of rounded products may lie from its value depends on how it was computed.
struct NumberComparison {
  let point: EvaluationPoint<Rational>
  let precisionLimit: Int

  enum Outcome {
    /// Every number is the value, or the nearest to it.
    case fits
    case different(Difference)
    case undecided(String)
  }

  /// What was found of one number.
  fileprivate enum Finding {
    case fits, differs, isNotNearest
    /// A higher precision may tell.
    case open
  }

  func compare(
    _ exact: TensorExpression, _ numbers: Program.GivenTensor
  ) throws(EvaluationError) -> Outcome {
    do throws(EvaluationError) {
      let values = try Evaluator(RationalArithmetic(), at: point).evaluate(exact)
      return compare(values, numbers)
    } catch {
      guard error.isIrrational else { throw error }
    }
    let masks = try MaskRecord.recording([exact], at: point, largestPrecision: precisionLimit)
    var precision = 256
    while precision <= precisionLimit {
      let arithmetic = IntervalArithmetic(precision: precision)
      do {
        let values = try Evaluator(arithmetic, at: point.converted(to: arithmetic), masks: masks)
          .evaluate(exact)
        if let outcome = compare(values, numbers, arithmetic) { return outcome }
      } catch {
        guard error.mayVanishWithPrecision, precision * 2 <= precisionLimit else { throw error }
      }
      precision *= 2
    }
    return .undecided("the values could not be told apart at \(precisionLimit) bits")
  }

  private func compare(_ exact: Tensor<Rational>, _ numbers: Program.GivenTensor) -> Outcome {
    let claimed = Tensor(extents: numbers.shape, elements: numbers.values)
    let findings = exact.elements.indices.map { place -> Finding in
      let (value, number) = (exact.elements[place], claimed.elements[place])
      if numbers.isRounded[place] {
        return value.doubleValue == number.doubleValue ? .fits : .isNotNearest
      }
      return value == number ? .fits : .differs
    }
    let difference = Difference(
      findings.places(of: .differs), exact, claimed, at: point,
      text: { value, _ in value.description },
      distance: { a, b in
        let distance = (a - b).magnitude
        return (distance, { distance.description })
      })
    if let difference { return .different(difference) }
    return roundedAway(findings, numbers, shape: exact.extents) {
      exact.elements[$0].decimalString(digits: 20)
    } ?? .fits
  }

  /// Nil when a higher precision may decide more.
  private func compare(
    _ exact: Tensor<Interval>, _ numbers: Program.GivenTensor, _ arithmetic: IntervalArithmetic
  ) -> Outcome? {
    let claimed = Tensor(
      extents: numbers.shape, elements: numbers.values.map(arithmetic.constant))
    let findings = exact.elements.indices.map { place in
      finding(exact.elements[place], numbers.values[place], numbers.isRounded[place])
    }
    let difference = Difference(
      findings.places(of: .differs), exact, claimed, at: point,
      text: { value, digits in value.midpointDecimal(digits: digits).text },
      distance: { a, b in
        let distance = arithmetic.subtract(a, b)
        let magnitude = distance.doubleValue < 0 ? arithmetic.negate(distance) : distance
        return (magnitude.doubleValue, { magnitude.decimal })
      })
    if let difference { return .different(difference) }
    if findings.contains(.open) { return nil }
    return roundedAway(findings, numbers, shape: exact.extents) {
      exact.elements[$0].midpointDecimal(digits: 20).text
    } ?? .fits
  }

  private func finding(_ value: Interval, _ number: Rational, _ isRounded: Bool) -> Finding {
    guard let (lower, upper) = value.rationalBounds else { return .open }
    if isRounded {
      let nearest = lower.doubleValue
      if nearest != upper.doubleValue { return .open }
      return nearest == number.doubleValue ? .fits : .isNotNearest
    }
    if number < lower || number > upper { return .differs }
    return lower == upper ? .fits : .open
  }

  private func roundedAway(
    _ findings: [Finding], _ numbers: Program.GivenTensor, shape: [Int], exact: (Int) -> String
  ) -> Outcome? {
    let places = findings.places(of: .isNotNearest)
    guard let first = places.first else { return nil }
    let entry = TensorShape.entry(at: first, in: shape)
    let name =
      entry.isEmpty ? "the value" : "entry [\(entry.map(String.init).joined(separator: ", "))]"
    let others = places.count > 1 ? ", nor are \(places.count - 1) others" : ""
    return .undecided(
      "\(name) is \(exact(first)), and \(numbers.values[first].doubleValue) is not the float64 nearest to"
        + " it\(others); how far rounding may have carried it is not known")
  }
}

extension [NumberComparison.Finding] {
  fileprivate func places(of finding: Element) -> [Int] { indices.filter { self[$0] == finding } }
}
