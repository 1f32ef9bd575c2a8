import Evaluation
import Scalars
import TensorExpressions

/// How computed numbers are held against exact ones.
protocol GradientComparison {
  associatedtype Number
  /// An exact value, with what is needed to judge a computed one.
  associatedtype Truth

  /// The format in which drawn values must be exact.
  var format: NumberFormat { get }

  /// The exact values of expressions at a point.
  func truths(
    of roots: [TensorExpression], at point: EvaluationPoint<Rational>
  ) throws(EvaluationError) -> [[Truth]]

  /// Whether the computed number cannot be this value.
  func differs(_ truth: Truth, _ computed: Number) -> Bool
  /// Whether the value can be judged at all.
  func isJudged(_ truth: Truth) -> Bool
  func finding(_ truth: Truth, _ computed: Number) -> GradientMismatch.Finding
  /// Multiplied by a number, as a slip would.
  func scaled(_ truth: Truth, by factor: Rational) -> Truth
}

/// Equality of rational numbers.
struct ExactComparison: GradientComparison {
  var format: NumberFormat { .binary64 }

  func truths(
    of roots: [TensorExpression], at point: EvaluationPoint<Rational>
  ) throws(EvaluationError) -> [[Rational]] {
    try Evaluator(RationalArithmetic(), at: point).evaluate(roots).map(\.elements)
  }

  func differs(_ truth: Rational, _ computed: Rational) -> Bool { truth != computed }
  func isJudged(_ truth: Rational) -> Bool { true }
  func scaled(_ truth: Rational, by factor: Rational) -> Rational { truth * factor }

  func finding(_ truth: Rational, _ computed: Rational) -> GradientMismatch.Finding {
    .value(exact: truth.description, computed: computed.description, allowed: nil)
  }
}

/// Closeness within the error that rounding can make.
struct RoundedComparison: GradientComparison {
  let format: NumberFormat

  func truths(
    of roots: [TensorExpression], at point: EvaluationPoint<Rational>
  ) throws(EvaluationError) -> [[RoundedValue]] {
    let largest = point.values.values.flatMap(\.elements).map(\.magnitude).max() ?? 0
    let arithmetic = RoundingArithmetic(format: format, largestShift: largest.doubleValue)
    return try Evaluator(arithmetic, at: point.converted(to: arithmetic)).evaluate(roots)
      .map(\.elements)
  }

  private func bound(_ truth: RoundedValue) -> Double {
    RoundingArithmetic(format: format).errorBound(truth)
  }

  func isJudged(_ truth: RoundedValue) -> Bool { bound(truth).isFinite && truth.value.isBounded }

  func differs(_ truth: RoundedValue, _ computed: Double) -> Bool {
    guard let number = Rational(exactly: computed) else { return true }
    let exact = IntervalArithmetic(precision: truth.value.precision)
    let difference = exact.subtract(exact.constant(number), truth.value)
    guard !difference.containsZero, let bounds = difference.rationalBounds,
      // The result itself is rounded once more when it is written down.
      let allowed = Rational(exactly: bound(truth) + format.smallestStep(at: computed))
    else { return false }
    return min(bounds.lower.magnitude, bounds.upper.magnitude) > allowed
  }

  func finding(_ truth: RoundedValue, _ computed: Double) -> GradientMismatch.Finding {
    .value(
      exact: truth.value.midpointDecimal(digits: 17).text, computed: "\(computed)",
      allowed: bound(truth) + format.smallestStep(at: computed))
  }

  func scaled(_ truth: RoundedValue, by factor: Rational) -> RoundedValue {
    let arithmetic = RoundingArithmetic(format: format)
    return arithmetic.multiply(truth, arithmetic.constant(factor))
  }
}

extension NumberFormat {
  /// What writing a number down may change, and what underflow may add to it.
  func smallestStep(at value: Double) -> Double {
    value.magnitude * storage.roundoff + .powerOfTwo(storage.leastUnit)
  }
}
