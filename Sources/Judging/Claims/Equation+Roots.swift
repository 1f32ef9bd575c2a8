import Scalars
import TensorExpressions

extension Equation {
  /// The equation with roots of squares as magnitudes, √(u·u) = |u|: a field has the law of roots up to their signs,
  /// and the sign of u is one that masks decide.
  var withMagnitudes: Equation {
    let sides = TensorExpression.rebuilding([left, right]) { $0.rootOfSquare ?? $0 }
    return sides[0] === left && sides[1] === right
      ? self : Equation(sides[0], sides[1], isIdentity: isIdentity, by: primal)
  }
}

extension TensorExpression {
  /// |u| times a number, for √(c·u·u) or (c·u·u)^½; nil for others.
  fileprivate var rootOfSquare: TensorExpression? {
    guard let function = appliedFunction, let base = operands.first,
      function.primitive == .elementary(.sqrt)
        || function.primitive == .power && operands.last?.asConstant?.asRational == Rational(1, 2),
      let c = base.unnamed.asContraction, c.isPointwise(over: shape), c.guards.isEmpty,
      c.operands.count == 2, c.operands[0] == c.operands[1],
      let factor = c.coefficient.asRational, factor.signum() > 0, let root = factor.squareRoot()
    else { return nil }
    let u = space.contraction(
      Contraction(indices: c.indices, output: c.output, operands: [c.operands[0]]), shape: shape)
    return Elementwise.magnitude(u).scaled(by: Coefficient(root))
  }
}
