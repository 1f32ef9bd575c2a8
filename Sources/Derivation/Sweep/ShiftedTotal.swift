import TensorExpressions

/// A sum of exponentials with exponents that are at most 0; factors may leave some of them out.
///
/// ```
/// c = max of u where m ≠ 0        T = Σ m·exp(u) = exp(c) · Σ m·exp(z)        z = u − c where m ≠ 0, else 0
/// ```
///
/// The largest exponent counts as a constant: it cancels from a quotient by T, and log(T) = c + log(Σ m·exp(z)).
struct ShiftedTotal {
  /// exp(u), without names.
  private let exponential: TensorExpression
  /// The other factors of the sum.
  private let masks: [Contraction.Operand]
  /// Where each entry of u adds to the sum.
  private let output: [Affine]
  /// exp(z), of u's shape.
  private let shifted: TensorExpression
  /// Σ m·exp(z).
  private let total: TensorExpression
  /// c, of the sum's shape.
  private let largest: TensorExpression

  /// - Returns: nil for a value that is no such sum, or whose factors have derivatives.
  init?(_ sum: TensorExpression) {
    guard let c = sum.unnamed.asContraction?.withFactorsOfProducts(), c.coefficient.isOne,
      c.guards.isEmpty,
      let place = c.operands.firstIndex(where: { $0.value.exponent != nil }),
      let u = c.operands[place].value.exponent, !u.isShifted, c.indices == u.shape,
      c.operands[place].access == u.shape.indices.map(Affine.index),
      c.output.allSatisfy({ $0.asIndex != nil || $0 == .constant(.zero) })
    else { return nil }
    masks = c.operands.indices.filter { $0 != place }.map { c.operands[$0] }
    guard masks.allSatisfy(\.value.isFixed) else { return nil }
    exponential = c.operands[place].value.unnamed
    output = c.output
    let (output, shape) = (c.output, u.shape)
    let kept = masks.isEmpty ? nil : Self.mask(masks, shape, u.space)
    let outer = output.compactMap(\.asIndex)
    let own = outer.map(Affine.index)
    let considered =
      kept.map { mask in
        let least = Self.extreme(.minimum, u, outer).reindexed(own, to: shape)
        return Elementwise.selection(mask, u, least)
      } ?? u
    let most = Elementwise.stopped(Self.extreme(.maximum, considered, outer))
    let axes = output.indices.filter { output[$0].asIndex != nil }
    largest = most.reindexed(axes.map(Affine.index), to: sum.shape)
    let difference = u - most.reindexed(own, to: shape)
    let z = kept.map { Elementwise.selection($0, difference, u.space.zeros(shape)) } ?? difference
    shifted = u.space.elementwise(.exponential, [z])
    var operands = c.operands
    operands[place] = .init(shifted, operands[place].access)
    total = u.space.contraction(
      Contraction(indices: c.indices, output: c.output, operands: operands), shape: sum.shape)
  }

  /// log(T).
  var logarithm: TensorExpression {
    largest + total.space.elementwise(.logarithm, [total])
  }

  /// A product with a quotient m·exp(u) / T in which all exponents are at most 0; nil for any other product.
  static func quotient(_ node: TensorExpression) -> TensorExpression? {
    guard let product = node.asContraction?.withFactorsOfProducts() else { return nil }
    for (below, operand) in product.operands.enumerated() {
      guard let inner = operand.value.unnamed.reciprocated, let sum = ShiftedTotal(inner),
        !sum.masks.isEmpty,
        let above = product.operands.firstIndex(where: { sum.isTerm($0, of: product, operand) })
      else { continue }
      var operands = product.operands
      let inverse = sum.total.space.elementwise(.reciprocalRow, [sum.total])
      operands[below] = .init(inverse, operand.access)
      operands[above] = .init(sum.shifted, operands[above].access)
      return node.space.contraction(
        Contraction(
          coefficient: product.coefficient, indices: product.indices, output: product.output,
          operands: operands, guards: product.guards), shape: node.shape)
    }
    return nil
  }

  /// Whether an operand is the exponential that stands beside its own sum and its own masks.
  private func isTerm(
    _ operand: Contraction.Operand, of product: Contraction, _ below: Contraction.Operand
  ) -> Bool {
    guard operand.value.unnamed === exponential else { return false }
    func read(_ access: [Affine]) -> [Affine] {
      access.map { coordinate in coordinate.substituting { operand.access[$0] } }
    }
    return below.access == read(output)
      && masks.allSatisfy { mask in
        product.operands.contains { $0.value === mask.value && $0.access == read(mask.access) }
      }
  }

  // MARK: Parts

  /// 1 where the product of some factors is not 0.
  private static func mask(
    _ factors: [Contraction.Operand], _ shape: [Size], _ space: ExpressionSpace
  ) -> TensorExpression {
    func product(_ factors: [Contraction.Operand]) -> TensorExpression {
      space.contraction(
        Contraction(
          indices: shape, output: shape.indices.map(Affine.index), operands: factors),
        shape: shape)
    }
    let mask = product(factors)
    return mask.indicator === mask ? mask : Elementwise.step(product(factors + factors))
  }

  /// The extreme entry over all axes but some.
  private static func extreme(
    _ kind: Extremum.Kind, _ u: TensorExpression, _ outer: [Int]
  ) -> TensorExpression {
    let inner = u.shape.indices.filter { !outer.contains($0) }
    let order = outer + inner
    return u.space.extremum(
      Extremum(
        kind: kind, ties: .shared, operand: u, outputExtents: outer.map { u.shape[$0] },
        windowExtents: inner.map { u.shape[$0] },
        access: u.shape.indices.map { .index(order.firstIndex(of: $0) ?? 0) }))
  }
}

extension Contraction {
  /// The same product with the factors of its factors, where those are products entry by entry.
  ///
  /// - Parameter isWhole: what is not taken apart.
  func withFactorsOfProducts(
    unless isWhole: (TensorExpression) -> Bool = { _ in false }
  ) -> Contraction {
    var left = Array(operands.reversed())
    var all: [Operand] = []
    while let operand = left.popLast() {
      guard let inner = operand.value.unnamed.asContraction, inner.coefficient.isOne,
        inner.isPointwise(over: operand.value.shape), keepsInside(operand), !isWhole(operand.value)
      else {
        all.append(operand)
        continue
      }
      left += inner.operands.reversed().map { factor in
        Operand(
          factor.value,
          factor.access.map { coordinate in coordinate.substituting { operand.access[$0] } })
      }
    }
    return Contraction(
      coefficient: coefficient, indices: indices, output: output, operands: all, guards: guards)
  }

  /// Whether an operand is read along whole axes, so that every index stays inside of it.
  private func keepsInside(_ operand: Operand) -> Bool {
    zip(operand.access, operand.value.shape).allSatisfy { coordinate, extent in
      coordinate.asIndex.map { indices[$0] == extent }
        ?? (coordinate == .constant(.zero) && extent.isOne)
    }
  }
}

extension TensorExpression {
  /// What it is the exponential of.
  fileprivate var exponent: TensorExpression? {
    unnamed.argument(of: .exponential)
  }

  /// What it is the reciprocal of.
  fileprivate var reciprocated: TensorExpression? {
    argument(of: .reciprocalRow)
  }

  /// Whether it is chosen by a mask, as exponents are that were shifted before.
  fileprivate var isShifted: Bool {
    unnamed.application.map { $0.function == .selectionRow && $0.operands[2].isZero } ?? false
  }

  /// Whether no derivative goes through it, whatever it is differentiated by.
  fileprivate var isFixed: Bool {
    TensorExpression.symbols(of: [self]).allSatisfy { $0.declaredSymbol?.role == .constant }
  }

  /// The logarithm of a sum of two or more exponentials, none of which is that of a number above 0.
  var shiftedLogarithm: TensorExpression? {
    guard let terms = unnamed.asTerms, terms.count > 1 else { return nil }
    let exponents = terms.compactMap(\.exponent)
    guard exponents.count == terms.count else { return nil }
    let largest = Elementwise.stopped(
      exponents.dropFirst().reduce(exponents[0]) { Elementwise.larger($0, $1) })
    let shifted = exponents.map { space.elementwise(.exponential, [$0 - largest]) }
    return largest + space.elementwise(.logarithm, [space.sum(shifted, shape: shape)])
  }
}
