import Scalars
import TensorExpressions

extension Normalizer {
  /// The product rewritten by the laws between its atoms, until none applies.
  func reduced(_ product: IndexProduct) throws(Limit) -> [IndexProduct] {
    var pending = [product]
    var result: [IndexProduct] = []
    var steps = 0
    while var next = pending.popLast() {
      steps += 1
      if steps > 4 * termLimit { throw .tooManyTerms }
      try charge(next)
      guard next.simplifyWindows(facts: facts) else { continue }
      dropRepeatedMasks(&next)
      if let rewritten = try rewritten(next) {
        pending += rewritten
      } else {
        result.append(next)
      }
    }
    return result
  }

  /// The product by the first law that applies.
  private func rewritten(_ product: IndexProduct) throws(Limit) -> [IndexProduct]? {
    if let result = cancelled(product) ?? structureLaw(product) ?? inverseLaw(product)
      ?? logisticLaw(product) ?? squareRootLaw(product) ?? rootPowerLaw(product)
    {
      return result
    }
    if let result = try factorLaw(product) { return result }
    return try signLaw(product)
  }

  /// m·m = m for a factor that is 0 or 1.
  private func dropRepeatedMasks(_ product: inout IndexProduct) {
    var seen: Set<IndexProduct.Factor> = []
    let count = product.factors.count
    product.factors = product.factors.filter {
      !maskAtoms.contains($0.atom) || seen.insert($0).inserted
    }
    if product.factors.count < count { use(.maskSquared) }
  }

  /// a · 1/a = 1, where a is proved to be other than zero, or where 1/a stays: a · 1/a · 1/a = 1/a.
  private func cancelled(_ product: IndexProduct) -> [IndexProduct]? {
    for (i, factor) in product.factors.enumerated() {
      guard let inverse = reciprocalOf[factor.atom],
        isCancellable(factor.atom) || isDividedAgain(factor, by: inverse, in: product),
        let j = product.factors.indices.first(where: {
          $0 != i && product.factors[$0].atom == inverse
            && product.factors[$0].access == factor.access
        })
      else { continue }
      use(factor.atom == inverse ? .determinantOfOrthogonal : .reciprocalCancelled)
      return [removing([i, j], from: product)]
    }
    return nil
  }

  /// Whether a product has 1/a twice where it has the factor a: it then has no value where a is 0, with or
  /// without them.
  private func isDividedAgain(
    _ factor: IndexProduct.Factor, by inverse: Int, in product: IndexProduct
  ) -> Bool {
    guard case .reciprocal = atoms[inverse] else { return false }
    return product.factors.count { $0.atom == inverse && $0.access == factor.access } > 1
  }

  /// The product without some factors, whose extents still bound their coordinates.
  private func removing(
    _ positions: [Int], from product: IndexProduct, times scale: Coefficient = .one
  ) -> IndexProduct {
    var result = product
    result.coefficient = result.coefficient * scale
    for position in positions.sorted(by: >) {
      let factor = result.factors.remove(at: position)
      result.windows += zip(factor.access, factor.shape).map {
        IndexProduct.Window(coordinate: $0, extent: $1)
      }
    }
    return result
  }

  /// For r = 1/(c₀ + c₁·a), entry by entry: r·a = (1 − c₀·r)/c₁, and r/a = (1/a − c₁·r)/c₀ where a is nowhere 0. With
  /// a = e⁻ˣ it is the law that makes s(1 − s) and e⁻ˣ/(1 + e⁻ˣ)² one form.
  private func logisticLaw(_ product: IndexProduct) -> [IndexProduct]? {
    for (i, factor) in product.factors.enumerated() {
      guard let inner = reciprocalOf[factor.atom], let law = affineAtom(inner) else { continue }
      let access = law.order.map { factor.access[$0] }
      let divisor = isCancellable(law.atom) ? reciprocalOf[law.atom] : nil
      for (j, other) in product.factors.enumerated() where other.access == access {
        if other.atom == law.atom, let inverse = law.slope.reciprocal {
          use(.logisticProduct)
          return [
            removing([i, j], from: product, times: inverse),
            removing([j], from: product, times: -(law.constant * inverse)),
          ]
        }
        if other.atom == divisor, let inverse = law.constant.reciprocal {
          use(.logisticProduct)
          return [
            removing([i], from: product, times: inverse),
            removing([j], from: product, times: -(law.slope * inverse)),
          ]
        }
      }
    }
    return nil
  }

  /// For an atom that is a form c₀ + c₁·a entry by entry: its parts, and which axes of it `a` has.
  private func affineAtom(
    _ atom: Int
  ) -> (constant: Coefficient, slope: Coefficient, atom: Int, order: [Int])? {
    guard case .form(let form, _) = atoms[atom], form.count == 2 else { return nil }
    let terms = form.sorted
    guard let constant = terms.first(where: { $0.factors.isEmpty && $0.isEntrywise(facts: facts) }),
      let other = terms.first(where: { $0.factors.count == 1 && $0.windows.isEmpty }),
      other.isPlainPointwise
    else { return nil }
    let outputs = other.output.compactMap(\.asIndex)
    let order = other.factors[0].access.compactMap { coordinate in
      coordinate.asIndex.flatMap { outputs.firstIndex(of: $0) }
    }
    guard order.count == other.factors[0].access.count else { return nil }
    return (constant.coefficient, other.coefficient, other.factors[0].atom, order)
  }
}
