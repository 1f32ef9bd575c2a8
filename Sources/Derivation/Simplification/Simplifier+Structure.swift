import Scalars
import TensorExpressions

/// Rules that rest on the sign of entries, declared or proved.
extension Simplifier {
  /// Rules *sign*: for a ≥ 0, |a| = a and relu(a) = a; for a > 0, sign(a) = 1 and step(a) = 1; √(a·a) = a for a ≥ 0
  /// and |a| else.
  func ofKnownSign(_ function: Elementwise, _ operands: [TensorExpression]) -> TensorExpression? {
    let x = operands[0]
    switch function.name {
    case "abs", "relu": return isNonnegative(x) ? x : nil
    case "sign", "step": return isPositive(x) ? x.filled(1) : nil
    case "sqrt": return rootOfSquare(x)
    default: return nil
    }
  }

  private func rootOfSquare(_ x: TensorExpression) -> TensorExpression? {
    guard case .contraction(let c) = x.kind, c.isPointwise, c.operands.count == 2,
      c.operands[0] == c.operands[1], let value = c.coefficient.asRational,
      let root = value.signum() > 0 ? value.squareRoot() : nil, let abs = Elementwise.named("abs")
    else { return nil }
    let base = x.space.contraction(
      Contraction(indices: c.indices, output: c.output, operands: [c.operands[0]]), shape: x.shape)
    let magnitude = ofKnownSign(abs, [base]) ?? x.space.elementwise(abs, [base])
    return magnitude.scaled(by: Coefficient(root))
  }

  /// Rules *magnitude*: sign(a)/|a| = 1/a and sign(a)·a = |a|, entry by entry.
  func foldMagnitudes(_ product: inout IndexProduct) {
    for factor in product.factors {
      guard case .elementwise(let function, let operands) = expression(factor.atom).kind,
        function.name == "sign", let own = product.factors.firstIndex(of: factor)
      else { continue }
      let u = operands[0]
      if let other = position(of: factor, in: product, where: { $0.isReciprocalOfMagnitude(of: u) })
      {
        product.factors[other] = self.factor(rewritten(.reciprocal, [u]), factor)
        product.factors.remove(at: own)
      } else if let other = position(of: factor, in: product, where: { $0 === u }),
        let abs = Elementwise.named("abs")
      {
        product.factors[other] = self.factor(u.space.elementwise(abs, [u]), factor)
        product.factors.remove(at: own)
      }
    }
  }

  /// Where a factor stands that is read at the same entries.
  private func position(
    of factor: IndexProduct.Factor, in product: IndexProduct,
    where fits: (TensorExpression) -> Bool
  ) -> Int? {
    product.factors.firstIndex { $0.access == factor.access && fits(expression($0.atom)) }
  }

  /// A factor that is read as another one is.
  func factor(
    _ value: TensorExpression, _ other: IndexProduct.Factor
  ) -> IndexProduct.Factor {
    let plain = value.shape.indices.map(Affine.index)
    var result = product(
      Contraction(indices: value.shape, output: plain, operands: [.init(value, plain)]),
      shape: value.shape
    ).factors[0]
    result.access = other.access
    return result
  }

  /// Rules *root*: √u·√u = u, where √u is defined; √u·1/√u = 1, u·1/√u = √u and √u·1/u = 1/√u, where √u is
  /// divided by.
  ///
  /// - Returns: whether anything changed.
  func foldRoots(_ product: inout IndexProduct) -> Bool {
    for (i, factor) in product.factors.enumerated() {
      guard let root = rootPower(expression(factor.atom)) else { continue }
      for j in product.factors.indices where j != i {
        guard product.factors[j].access == factor.access,
          let other = halfPower(expression(product.factors[j].atom), of: root.base),
          (other == 1 && root.halves == 1) || other * root.halves < 0
        else { continue }
        replace(i, j, by: root.halves + other, of: root.base, in: &product)
        _ = foldRoots(&product)
        return true
      }
    }
    return false
  }

  /// Puts a power of u in the place of two factors that are read alike; `halves` is twice its exponent.
  private func replace(
    _ i: Int, _ j: Int, by halves: Int, of u: TensorExpression, in product: inout IndexProduct
  ) {
    let factor = product.factors[i]
    let value: TensorExpression
    switch halves {
    case 2: value = u
    case 1: value = u.space.elementwise(.squareRoot, [u])
    case -1: value = rewritten(.reciprocal, [u.space.elementwise(.squareRoot, [u])])
    default: value = u.filled(1)
    }
    product.factors[i] = self.factor(value, factor)
    product.factors.remove(at: j)
  }

  /// Rules *quotient*: sinh(a)/cosh(a) = tanh(a) and sin(a)/cos(a) = tan(a), entry by entry.
  func foldQuotients(_ product: inout IndexProduct) {
    for (above, below, quotient) in Elementwise.quotients {
      for factor in product.factors {
        guard let u = expression(factor.atom).argument(of: above),
          let own = product.factors.firstIndex(of: factor)
        else { continue }
        let divisor = u.space.elementwise(below, [u])
        guard
          let other = position(
            of: factor, in: product, where: { $0.argument(of: .reciprocal) === divisor })
        else { continue }
        product.factors[own] = self.factor(u.space.elementwise(quotient, [u]), factor)
        product.factors.remove(at: other)
      }
    }
  }

  /// u and ±1, where the value is √u or 1/√u.
  private func rootPower(_ value: TensorExpression) -> (base: TensorExpression, halves: Int)? {
    if let u = value.argument(of: .squareRoot) { return (u, 1) }
    return value.argument(of: .reciprocal)?.argument(of: .squareRoot).map { ($0, -1) }
  }

  /// Twice the exponent, where the value is a power of `base` that some rule names.
  private func halfPower(_ value: TensorExpression, of base: TensorExpression) -> Int? {
    if value === base { return 2 }
    if let root = rootPower(value) { return root.base === base ? root.halves : nil }
    return value.argument(of: .reciprocal) === base ? -2 : nil
  }
}

extension TensorExpression {
  fileprivate func isReciprocalOfMagnitude(of u: TensorExpression) -> Bool {
    guard case .elementwise(let outer, let operands) = kind, outer.name == "reciprocal",
      case .elementwise(let inner, let arguments) = operands[0].kind
    else { return false }
    return inner.name == "abs" && arguments[0] === u
  }
}
