import Evaluation
import Scalars
import TensorExpressions

/// Compares the two sides of an equation at one rational point: with `==` where the values are rational, else in
/// intervals whose precision doubles until each entry is decided.
package struct ValueComparison {
  package let point: EvaluationPoint<Rational>
  package let precisionLimit: Int

  package init(point: EvaluationPoint<Rational>, precisionLimit: Int) {
    self.point = point
    self.precisionLimit = precisionLimit
  }

  package enum Outcome {
    case equal
    case different(Difference)
    case enclosed(precision: Int, widthBits: Int)
    case undecided(String)
  }

  /// The width, relative to the value, at which an interval around zero counts as zero: 2⁻¹⁰⁰.
  private static let enoughBits = 100

  package func compare(_ equation: Equation) throws(EvaluationError) -> Outcome {
    let sides = [equation.left, equation.right]
    if FunctionProfile(of: sides).isTranscendental { return try compareInIntervals(equation) }
    // Intervals tell two numbers apart, and never find them equal.
    if hasLongFractions(sides), case .different(let difference)? = try? compareInIntervals(equation)
    {
      return .different(difference)
    }
    do throws(EvaluationError) {
      return try compareExactly(equation)
    } catch {
      guard case .overBudget = error,
        case .different(let difference) = try compareInIntervals(equation)
      else { throw error }
      return .different(difference)
    }
  }

  /// From which extent on a matrix is eliminated in intervals: the fractions of its inverse have hundreds of digits.
  private static let longFractionExtent = 16

  private func hasLongFractions(_ sides: [TensorExpression]) -> Bool {
    TensorExpression.postorder(of: sides).contains { node in
      switch node.kind {
      case .inverse(let matrix), .determinant(let matrix):
        (try? matrix.shape[0].evaluated(point.sizes)).map { $0 > Self.longFractionExtent } ?? false
      default: false
      }
    }
  }

  private func compareExactly(_ equation: Equation) throws(EvaluationError) -> Outcome {
    let values = try Evaluator(RationalArithmetic(), at: point)
      .evaluate([equation.left, equation.right])
    let (exact, claimed) = (values[0], values[1])
    let differing = exact.elements.indices.filter { exact.elements[$0] != claimed.elements[$0] }
    let difference = Difference(
      differing, exact, claimed, at: point, text: { value, _ in value.description },
      distance: { a, b in
        let distance = (a - b).magnitude
        return (distance, { distance.description })
      })
    return difference.map { .different($0) } ?? .equal
  }

  private func compareInIntervals(_ equation: Equation) throws(EvaluationError) -> Outcome {
    var precision = 256
    while precision <= precisionLimit {
      let arithmetic = IntervalArithmetic(precision: precision)
      do {
        let values = try Evaluator(arithmetic, at: point.converted(to: arithmetic))
          .evaluate([equation.left, equation.right])
        if let outcome = decide(values[0], values[1], arithmetic) { return outcome }
      } catch {
        guard error.mayVanishWithPrecision, precision * 2 <= precisionLimit else { throw error }
      }
      precision *= 2
    }
    return .undecided("the values could not be told apart at \(precisionLimit) bits")
  }

  /// Nil when a higher precision may decide more.
  private func decide(
    _ exact: Tensor<Interval>, _ claimed: Tensor<Interval>, _ arithmetic: IntervalArithmetic
  ) -> Outcome? {
    var differing: [Int] = []
    var narrow = true
    for i in exact.elements.indices {
      let difference = arithmetic.subtract(exact.elements[i], claimed.elements[i])
      if !difference.containsZero {
        differing.append(i)
      } else if !difference.isNarrower(thanBits: Self.enoughBits, relativeTo: exact.elements[i]) {
        narrow = false
      }
    }
    let difference = Difference(
      differing, exact, claimed, at: point,
      text: { value, digits in value.midpointDecimal(digits: digits).text },
      distance: { a, b in
        let distance = arithmetic.subtract(a, b)
        let magnitude = distance.doubleValue < 0 ? arithmetic.negate(distance) : distance
        return (magnitude.doubleValue, { magnitude.decimal })
      })
    if let difference { return .different(difference) }
    return narrow ? .enclosed(precision: arithmetic.precision, widthBits: -Self.enoughBits) : nil
  }
}

extension Interval {
  /// Twelve digits, as many of them as are certain.
  package var decimal: String { midpointDecimal(digits: 12).text }
}
