import Scalars
import TensorExpressions

/// Exponentials of which a mask keeps a part, with exponents that are 0 wherever it keeps none.
///
/// ```
/// m·exp(u) = m·exp(where(m, u, 0))        for every m that is 0 or 1
/// ```
///
/// A program that computes with rounding has 0·∞, which is no number, where u is large and m is 0.
public enum MaskedExponentials {
  /// The same values, and with them all of their parts, in this form.
  public static func applied(to roots: [TensorExpression]) -> [TensorExpression] {
    TensorExpression.rebuilding(roots) { node in
      if let (recurrence, line) = node.asRecurrence {
        let bodies = applied(to: recurrence.lines.map(\.body))
        return node.space.recurrence(recurrence.replacingBodies(bodies), line: line)
      }
      return masked(node) ?? node
    }
  }

  /// A product of an exponential and masks; nil for any other, and for shares of a softmax, which do not overflow.
  private static func masked(_ node: TensorExpression) -> TensorExpression? {
    guard let product = node.asContraction, product.operands.count > 1,
      let place = product.operands.firstIndex(where: { $0.value.largeExponent != nil }),
      let u = product.operands[place].value.largeExponent,
      let masks = masks(of: product, overAxesOf: product.operands[place]),
      ExponentialNormalization(node) == nil, ExponentialNormalization.folded(node) == nil
    else { return nil }
    let axes = u.shape.indices.map(Affine.index)
    let mask = u.space.contraction(
      Contraction(indices: u.shape, output: axes, operands: masks), shape: u.shape)
    let exponent = Elementwise.selection(mask, u, u.zero)
    var operands = product.operands
    operands[place] = .init(u.space.elementwise(.exponential, [exponent]), operands[place].access)
    return node.space.contraction(
      Contraction(
        coefficient: product.coefficient, indices: product.indices, output: product.output,
        operands: operands, guards: product.guards), shape: node.shape)
  }

  /// The factors that are 0 or 1, read over the axes of an operand; nil where there are none.
  private static func masks(
    of product: Contraction, overAxesOf operand: Contraction.Operand
  ) -> [Contraction.Operand]? {
    var axes: [Int: Int] = [:]
    for (axis, coordinate) in operand.access.enumerated() {
      guard let index = coordinate.asIndex, axes.updateValue(axis, forKey: index) == nil,
        product.indices[index] == operand.value.shape[axis]
      else { return nil }
    }
    let masks = product.operands.compactMap { factor -> Contraction.Operand? in
      guard factor.value.asConstant == nil, factor.value.indicator === factor.value,
        factor.access.flatMap(\.terms).allSatisfy({ axes[$0.index] != nil })
      else { return nil }
      let access = factor.access.map { coordinate in
        coordinate.substituting { .index(axes[$0] ?? 0) }
      }
      return Contraction.Operand(factor.value, access)
    }
    return masks.isEmpty ? nil : masks
  }
}

extension TensorExpression {
  /// What it is the exponential of, unless a mask has chosen that already.
  fileprivate var largeExponent: TensorExpression? {
    guard let u = unnamed.argument(of: .exponential) else { return nil }
    let isChosen = u.unnamed.application.map { $0.function == .selectionRow } ?? false
    return isChosen ? nil : u
  }
}
