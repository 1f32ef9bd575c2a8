import Scalars

/// Large products on the exact engine.
extension ContractionEvaluation {
  /// Σ of products of two factors on the exact engine.
  ///
  /// - Returns: nil for arithmetics that the engine does not know, and for numbers without a common
  ///   denominator of reasonable size or a result beyond the memory that may be used.
  func engineProduct(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>, _ b: Tensor<A.Element>
  ) -> Tensor<A.Element>? {
    var options = ExactOptions()
    options.memoryLimit = budget.limit - budget.inUse
    do {
      if let a = a as? Tensor<Rational>, let b = b as? Tensor<Rational> {
        return try ExactEngine.contract(contraction, a, b, options: options) as? Tensor<A.Element>
      }
      if let field = arithmetic as? PrimeFieldArithmetic, let a = a as? Tensor<UInt64>,
        let b = b as? Tensor<UInt64>
      {
        return try ExactEngine.contract(
          contraction, modulo: field.modulus, a, b, options: options) as? Tensor<A.Element>
      }
      if let tower = arithmetic as? PrimeTowerArithmetic, let a = a as? Tensor<PrimeTowerElement>,
        let b = b as? Tensor<PrimeTowerElement>
      {
        return try ExactEngine.contract(contraction, in: tower, a, b, options: options)
          as? Tensor<A.Element>
      }
    } catch {
      if case .certificateFailed(let kernel) = error {
        preconditionFailure("a product of the kernel `\(kernel)` failed its random check")
      }
      return nil
    }
    return engineDualProduct(contraction, a, b)
  }

  /// The same for dual numbers over those arithmetics.
  private func engineDualProduct(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>, _ b: Tensor<A.Element>
  ) -> Tensor<A.Element>? {
    if let dual = arithmetic as? DualArithmetic<RationalArithmetic> {
      return dualProduct(dual.base, contraction, a, b)
    }
    if let dual = arithmetic as? DualArithmetic<PrimeFieldArithmetic> {
      return dualProduct(dual.base, contraction, a, b)
    }
    if let dual = arithmetic as? DualArithmetic<PrimeTowerArithmetic> {
      return dualProduct(dual.base, contraction, a, b)
    }
    return nil
  }

  /// The product rule, plane by plane, where the planes' products are the engine's.
  private func dualProduct<Base: ScalarArithmetic>(
    _ base: Base, _ contraction: ConcreteContraction, _ a: Tensor<A.Element>,
    _ b: Tensor<A.Element>
  ) -> Tensor<A.Element>? {
    guard let a = a as? Tensor<Dual<Base.Element>>, let b = b as? Tensor<Dual<Base.Element>> else {
      return nil
    }
    let plain = ContractionEvaluation<Base>(arithmetic: base, budget: budget)
    let (x, y) = (a.map(\.primal), b.map(\.primal))
    guard let value = plain.engineProduct(contraction, x, y),
      let left = plain.engineProduct(contraction, a.map(\.tangent), y),
      let right = plain.engineProduct(contraction, x, b.map(\.tangent))
    else { return nil }
    var elements: [Dual<Base.Element>] = []
    elements.reserveCapacity(value.count)
    for i in value.elements.indices {
      elements.append(
        Dual(
          primal: value.elements[i],
          tangent: base.add(left.elements[i], right.elements[i])))
    }
    return Tensor(extents: value.extents, elements: elements) as? Tensor<A.Element>
  }
}
