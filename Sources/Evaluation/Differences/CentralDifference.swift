import Scalars
import TensorExpressions

/// Derivatives along a direction from values alone, by central differences.
///
/// ```
/// f′(0) = Σₖ cₖ·(f(k·h) − f(−k·h))/h + O(h²ⁿ),    cₖ = (−1)ᵏ⁺¹ (n!)² / (k·(n−k)!·(n+k)!),   k = 1 … n
/// ```
///
/// Over the rationals there is no rounding, and with *n* pairs of points no truncation either for a polynomial of
/// degree at most 2n: then it is an equality.
///
/// - SeeAlso: B. Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids" (1988).
public struct CentralDifference: Sendable, Hashable {
  /// The weights cₖ, from k = 1.
  public let weights: [Rational]

  /// The difference over so many pairs of points, which is of order twice that number.
  ///
  /// - Precondition: there is at least one pair of points.
  public init(pairs: Int) {
    precondition(pairs >= 1, "a central difference has at least one pair of points")
    // cₖ₊₁/cₖ = −k·(n−k)/((k+1)·(n+k+1)), and c₁ = n/(n+1).
    var weight = Rational(pairs, pairs + 1)
    var weights = [weight]
    for k in 1..<max(pairs, 1) {
      weight *= Rational(-k, k + 1) * Rational(pairs - k, pairs + k + 1)
      weights.append(weight)
    }
    self.weights = weights
  }

  /// The smallest one that is exact for polynomials of that degree along the direction.
  public static func exact(forDegree degree: Int) -> CentralDifference {
    CentralDifference(pairs: max(1, (degree + 1) / 2))
  }

  /// Estimates the derivatives of some expressions along a direction.
  ///
  /// - Parameter directions: the tangents of the symbols that move.
  /// - Returns: an estimate for each root; exact where the root is a polynomial of a degree that the number
  ///   of pairs covers and no mask changes on the way.
  public func derivatives<A: ScalarArithmetic>(
    of roots: [TensorExpression], at point: EvaluationPoint<Rational>,
    along directions: [TensorExpression: Tensor<Rational>], step: Rational, over arithmetic: A
  ) throws(EvaluationError) -> [Tensor<A.Element>] {
    let (roots, point) = try point.stopping(roots)
    var sums: [Tensor<A.Element>] = []
    for (position, weight) in weights.enumerated() {
      let reach = step * Rational(position + 1)
      let factor = try arithmetic.number(weight / step)
      let ahead = try values(roots, point.moved(by: reach, along: directions), arithmetic)
      let behind = try values(roots, point.moved(by: -reach, along: directions), arithmetic)
      for root in roots.indices {
        let term = Tensor(
          extents: ahead[root].extents,
          elements: zip(ahead[root].elements, behind[root].elements).map {
            arithmetic.multiply(factor, arithmetic.subtract($0, $1))
          })
        if position == 0 {
          sums.append(term)
        } else {
          addEntries(of: term, to: &sums[root], arithmetic)
        }
      }
    }
    return sums
  }

  private func values<A: ScalarArithmetic>(
    _ roots: [TensorExpression], _ point: EvaluationPoint<Rational>, _ arithmetic: A
  ) throws(EvaluationError) -> [Tensor<A.Element>] {
    try Evaluator(arithmetic, at: try point.converted(to: arithmetic)).evaluate(roots)
  }
}

extension EvaluationPoint where Element == Rational {
  /// The point moved along a direction.
  ///
  /// - Throws: ``EvaluationError/shapeMismatch(symbol:expected:found:)``, ``EvaluationError/unboundSymbol(_:)``, and
  ///   ``EvaluationError/overBudget(needed:limit:)``.
  public func moved(
    by step: Rational, along directions: [TensorExpression: Tensor<Rational>]
  ) throws(EvaluationError) -> EvaluationPoint {
    var moved = self
    for (symbol, direction) in directions {
      guard let value = values[symbol] else { throw .unboundSymbol(symbol.name ?? "") }
      guard direction.extents == value.extents else {
        throw .shapeMismatch(
          symbol: symbol.name ?? "", expected: value.extents, found: direction.extents)
      }
      try EvaluationLimits.charge(value.count, times: RationalArithmetic().productWork)
      moved.values[symbol] = Tensor(
        extents: value.extents,
        elements: zip(value.elements, direction.elements).map { $0 + step * $1 })
    }
    return moved
  }
}
