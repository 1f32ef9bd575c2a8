import Evaluation
import Judging
import Scalars
import TensorExpressions

/// The values of expressions in double precision at one point, for functions whose laws a field does not know.
///
/// It sorts out what differs by far. Whatever agrees is judged by itself before it is offered as a repair.
struct FloatingSnapshot {
  private(set) var values: [TensorExpression: Tensor<Double>] = [:]

  /// Sums of a few thousand terms are closer than this, and slips are seldom as small.
  static let nearness = 1e-7

  init?(_ roots: [TensorExpression], at draw: Draw) {
    let arithmetic = DoubleArithmetic()
    guard
      let rational = try? draw.rationalPoint(for: TensorExpression.symbols(of: roots), attempt: 0),
      let point = try? rational.converted(to: arithmetic)
    else { return nil }
    evaluate(roots, Evaluator(arithmetic, at: point))
  }

  /// Notes the values of those that have one. Where all together take too much memory, halves may not.
  private mutating func evaluate(
    _ roots: [TensorExpression], _ evaluator: Evaluator<DoubleArithmetic>
  ) {
    if let all = try? evaluator.evaluateWhereDefined(roots).values {
      for (root, value) in zip(roots, all) { values[root] = value }
    } else if roots.count > 1 {
      evaluate(Array(roots[..<(roots.count / 2)]), evaluator)
      evaluate(Array(roots[(roots.count / 2)...]), evaluator)
    }
  }

  /// Whether a value is farther from a true one than a share of that, so that nothing small explains it; never from
  /// one that is 0, whose terms cancel.
  func isFar(_ b: TensorExpression, from a: TensorExpression, share: Double) -> Bool {
    guard let x = values[a], let y = values[b], x.extents == y.extents else { return false }
    let scale = x.elements.reduce(0) { max($0, abs($1)) }
    let most = zip(x.elements, y.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
    return scale > 0 && scale.isFinite && most > share * scale
  }

  func agree(_ a: TensorExpression, _ b: TensorExpression) -> Bool {
    guard let x = values[a], let y = values[b], x.extents == y.extents else { return false }
    let scale = y.elements.reduce(0) { max($0, abs($1)) }
    return zip(x.elements, y.elements).allSatisfy { abs($0 - $1) <= Self.nearness * scale }
  }
}
