import Scalars

/// Large products on the exact engine.
extension ContractionEvaluation {
  /// Σ of products of two factors on the exact engine.
  ///
  /// - Returns: nil for arithmetics that the engine does not know, and for numbers without a common
  ///   denominator of reasonable size.
  /// - Throws: ``EvaluationError/overMemory(needed:limit:)`` beyond the memory that may be used; slower ways would take
  ///   more time than was charged.
  func engineProduct(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>, _ b: Tensor<A.Element>
  ) throws(EvaluationError) -> Tensor<A.Element>? {
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
    } catch {
      switch error {
      case .certificateFailed(let kernel):
        preconditionFailure("a product of the kernel `\(kernel)` failed its random check")
      case .memory(let needed, _):
        throw .overMemory(needed: needed.saturatingPlus(budget.inUse), limit: budget.limit)
      default: return nil
      }
    }
    return try engineDualProduct(contraction, a, b)
  }

  /// The same for dual numbers over those arithmetics.
  private func engineDualProduct(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>, _ b: Tensor<A.Element>
  ) throws(EvaluationError) -> Tensor<A.Element>? {
    if let dual = arithmetic as? DualArithmetic<RationalArithmetic> {
      return try dualProduct(dual.base, contraction, a, b)
    }
    if let dual = arithmetic as? DualArithmetic<PrimeFieldArithmetic> {
      return try dualProduct(dual.base, contraction, a, b)
    }
    return nil
  }

  /// The product rule, where the products are the engine's.
  ///
  /// ```
  /// Σ ȧ·b + a·ḃ  =  Σₜ Σ uₜ·vₜ      with u = (ȧ, a) and v = (b, ḃ)
  /// ```
  private func dualProduct<Base: ScalarArithmetic>(
    _ base: Base, _ contraction: ConcreteContraction, _ a: Tensor<A.Element>,
    _ b: Tensor<A.Element>
  ) throws(EvaluationError) -> Tensor<A.Element>? {
    guard let a = a as? Tensor<Dual<Base.Element>>, let b = b as? Tensor<Dual<Base.Element>> else {
      return nil
    }
    let plain = ContractionEvaluation<Base>(arithmetic: base, budget: budget)
    guard
      let value = try plain.engineProduct(contraction, a.map { $0.primal }, b.map { $0.primal }),
      let tangent = try plain.engineProduct(
        contraction.doubled, Self.stacked(a, { $0.tangent }, { $0.primal }),
        Self.stacked(b, { $0.primal }, { $0.tangent }))
    else { return nil }
    var elements: [Dual<Base.Element>] = []
    elements.reserveCapacity(value.count)
    for i in value.elements.indices {
      elements.append(Dual(primal: value.elements[i], tangent: tangent.elements[i]))
    }
    return Tensor(extents: value.extents, elements: elements) as? Tensor<A.Element>
  }

  /// Two planes of a tensor, one after the other along a new first axis.
  private static func stacked<Element, Plane>(
    _ tensor: Tensor<Element>, _ first: (Element) -> Plane, _ second: (Element) -> Plane
  ) -> Tensor<Plane> {
    var elements: [Plane] = []
    elements.reserveCapacity(2 * tensor.count)
    for element in tensor.elements { elements.append(first(element)) }
    for element in tensor.elements { elements.append(second(element)) }
    return Tensor(extents: [2] + tensor.extents, elements: elements)
  }
}

extension ConcreteContraction {
  /// The contraction of operands with a new first axis of extent 2, over which it sums as well.
  fileprivate var doubled: ConcreteContraction {
    func widened(_ coordinate: Coordinate) -> Coordinate {
      Coordinate(
        constant: coordinate.constant, coefficients: coordinate.coefficients + [0],
        extent: coordinate.extent)
    }
    let choice = Coordinate(coefficients: extents.map { _ in 0 } + [1], extent: 2)
    return ConcreteContraction(
      extents: extents + [2], output: output.map(widened),
      operands: operands.map { [choice] + $0.map(widened) }, guards: guards.map(widened))
  }
}
