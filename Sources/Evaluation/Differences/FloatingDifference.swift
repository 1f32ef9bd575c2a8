import Scalars
import TensorExpressions

/// Derivatives along a direction in floating point, with the step chosen from the estimated error.
///
/// Central differences at steps h, h/2, h/4, … are extrapolated to h = 0 (Richardson); of the whole table the
/// value with the smallest estimated error is kept, entry by entry. The truncation error is estimated by the
/// larger difference to the two values that an extrapolation was made from, the rounding error by a unit of
/// the last place of the function's value, divided by the step.
///
/// - SeeAlso: C. Ridders, "Accurate computation of F′(x) and F′(x)F″(x)" (1982).
public struct FloatingDifference: Sendable, Hashable {
  /// The first and largest step.
  public let largestStep: Rational
  /// How often the step is halved.
  public let halvings: Int

  /// Differences with the steps h, h/2, …, of which there are at least two.
  public init(largestStep: Rational = Rational(1, 16), halvings: Int = 8) {
    self.largestStep = largestStep
    self.halvings = max(1, halvings)
  }

  /// A derivative's estimate, entry by entry, and the estimated error of each.
  public struct Estimate: Sendable, Hashable {
    /// The estimated derivative along the direction.
    public let derivative: Tensor<Double>
    /// How far off each entry may be, by estimate and not by proof.
    public let error: Tensor<Double>
  }

  /// One line of the table of error against step.
  public struct Line: Sendable, Hashable {
    /// The step h: the function is taken at the point ± h times the direction.
    public let step: Rational
    /// The plain central difference with that step, for each root.
    public let derivatives: [Tensor<Double>]
  }

  /// Plain central differences, one line for each step.
  public static func table(
    of roots: [TensorExpression], at point: EvaluationPoint<Rational>,
    along directions: [TensorExpression: Tensor<Rational>], steps: [Rational]
  ) throws(EvaluationError) -> [Line] {
    var lines: [Line] = []
    for step in steps {
      let derivatives = try CentralDifference(pairs: 1).derivatives(
        of: roots, at: point, along: directions, step: step, over: DoubleArithmetic())
      lines.append(Line(step: step, derivatives: derivatives))
    }
    return lines
  }

  /// Estimates the derivatives of some expressions along a direction.
  public func derivatives(
    of roots: [TensorExpression], at point: EvaluationPoint<Rational>,
    along directions: [TensorExpression: Tensor<Rational>]
  ) throws(EvaluationError) -> [Estimate] {
    var steps = [largestStep]
    for _ in 0..<halvings { steps.append(steps[steps.count - 1] * Rational(1, 2)) }
    let lines = try Self.table(of: roots, at: point, along: directions, steps: steps)
    let doubles = DoubleArithmetic()
    let values = try Evaluator(doubles, at: try point.converted(to: doubles)).evaluate(roots)
    return roots.indices.map { root in
      let columns = lines.map { $0.derivatives[root].elements }
      let extents = lines[0].derivatives[root].extents
      let entries = columns[0].indices.map { entry in
        let unit = abs(values[root].elements[entry]).ulp
        return Self.extrapolated(
          columns.map { $0[entry] }, roundings: steps.map { unit / $0.doubleValue })
      }
      return Estimate(
        derivative: Tensor(extents: extents, elements: entries.map(\.value)),
        error: Tensor(extents: extents, elements: entries.map(\.error)))
    }
  }

  /// The best value of the extrapolation table over estimates whose steps halve.
  static func extrapolated(
    _ estimates: [Double], roundings: [Double]
  ) -> (value: Double, error: Double) {
    var best = (value: estimates[0], error: Double.infinity)
    var previous = [estimates[0]]
    for (estimate, rounding) in zip(estimates, roundings).dropFirst() {
      var row = [estimate]
      // The error of a central difference has even powers of the step only: 4ʲ removes the j-th.
      var power = 4.0
      for j in previous.indices {
        let value = (power * row[j] - previous[j]) / (power - 1)
        let truncation = max(abs(value - row[j]), abs(value - previous[j]))
        let error = max(truncation, rounding)
        if error < best.error { best = (value, error) }
        row.append(value)
        power *= 4
      }
      previous = row
    }
    return best
  }
}
