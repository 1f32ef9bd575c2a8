import Evaluation
import Judging
import Scalars
import TensorExpressions

/// The values of expressions in intervals at one rational point, for functions whose laws a field does not know.
///
/// Two expressions agree when every difference of theirs lies in an interval around 0 that is narrower than
/// 2⁻¹⁰⁰ of the value. Whatever is found so is judged by itself before it is offered as a repair.
struct EnclosedSnapshot {
  private let values: [TensorExpression: Tensor<Interval>]
  private let arithmetic: IntervalArithmetic

  private static let precision = 256
  private static let enoughBits = 100

  init?(_ roots: [TensorExpression], at draw: Draw) {
    arithmetic = IntervalArithmetic(precision: Self.precision)
    guard
      let rational = try? draw.rationalPoint(for: TensorExpression.symbols(of: roots), attempt: 0),
      let point = try? rational.converted(to: arithmetic)
    else { return nil }
    let evaluator = Evaluator(arithmetic, at: point)
    var found: [TensorExpression: Tensor<Interval>] = [:]
    if let all = try? evaluator.evaluate(roots) {
      for (root, value) in zip(roots, all) { found[root] = value }
    } else {
      for root in roots { found[root] = try? evaluator.evaluate(root) }
    }
    values = found
  }

  func agree(_ a: TensorExpression, _ b: TensorExpression) -> Bool {
    guard let x = values[a], let y = values[b], x.extents == y.extents else { return false }
    return zip(x.elements, y.elements).allSatisfy { p, q in
      let difference = arithmetic.subtract(p, q)
      return difference.containsZero
        && difference.isNarrower(thanBits: Self.enoughBits, relativeTo: p)
    }
  }
}
