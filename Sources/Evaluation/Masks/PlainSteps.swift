import Scalars
import TensorExpressions

extension TensorExpression {
  /// Expressions with the arguments of their steps brought to a form that formal masks tell to be one: step(c·u) for a
  /// positive c, step(relu(u)) and step(max(u, 0)) are step(u) at every u.
  public static func withPlainSteps(_ roots: [TensorExpression]) -> [TensorExpression] {
    rebuilding(roots) { node in
      guard case .elementwise(let function, let operands) = node.kind, function.primitive == .step
      else { return node }
      var argument = operands[0]
      while let simpler = argument.ofEqualPositivity { argument = simpler }
      return argument === operands[0] ? node : node.space.elementwise(function, [argument])
    }
  }

  /// A part that is above zero exactly where this is; nil where none is known.
  private var ofEqualPositivity: TensorExpression? {
    switch kind {
    case .named(_, let value): return value.ofEqualPositivity == nil ? nil : value
    case .elementwise(let function, let operands):
      switch function.name {
      case "relu": return operands[0]
      case "maximum":
        return operands[1].isZero ? operands[0] : operands[0].isZero ? operands[1] : nil
      default: return nil
      }
    case .contraction(let c):
      guard !c.coefficient.isOne, let factor = c.coefficient.asRational, factor.signum() > 0,
        let inverse = c.coefficient.reciprocal, !c.operands.isEmpty
      else { return nil }
      return space.contraction(c.scaled(by: inverse), shape: shape)
    case .symbol, .sum, .extremum, .selector, .inverse, .determinant, .cholesky, .recurrence:
      return nil
    }
  }
}
