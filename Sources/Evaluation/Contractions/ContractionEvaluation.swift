import Scalars

/// Contractions of concrete tensors over one arithmetic.
struct ContractionEvaluation<A: ScalarArithmetic> {
  let arithmetic: A
  /// What intermediate results may take.
  var budget: MemoryBudget

  /// coefficient · Σ of products of the operands' entries.
  ///
  /// - Throws: ``EvaluationError/tooLarge(extents:bytes:inUse:limit:)``,
  ///   ``EvaluationError/tooMuchWork(points:limit:)``, ``EvaluationError/scalarConstant(_:_:)``.
  func contract(
    _ contraction: ConcreteContraction, coefficient: Rational, operands: [Tensor<A.Element>]
  ) throws(EvaluationError) -> Tensor<A.Element> {
    var budget = budget
    let elementBytes = arithmetic.elementBytes
    let order = ContractionOrder(
      contraction, largestIntermediate: max(budget.limit - budget.inUse, 0) / elementBytes)
    let factor = coefficient * order.multiplicity
    var values: [Tensor<A.Element>?] = operands
    for (position, step) in order.steps.enumerated() {
      let points = step.contraction.pointBound
      if points > ConcreteContraction.largestPointCount, EvaluationLimits.current.meter == nil {
        throw .tooMuchWork(points: points, limit: ConcreteContraction.largestPointCount)
      }
      try EvaluationLimits.charge(step.contraction.work(in: arithmetic))
      let bytes = try budget.bytes(of: step.contraction.outputExtents, arithmetic)
      budget.take(bytes)
      var inputs: [Tensor<A.Element>] = []
      for input in step.inputs {
        if let value = values[input] { inputs.append(value) }
        // Each value is used once; an intermediate one is not kept longer.
        values[input] = nil
      }
      let isLast = position == order.steps.count - 1
      if isLast, inputs.isEmpty { return try pattern(step.contraction, factor) }
      let result = try product(step.contraction, inputs)
      for (input, value) in zip(step.inputs, inputs) where input >= operands.count {
        budget.giveBack(value.count * elementBytes)
      }
      if isLast { return try scaled(result, by: factor) }
      values.append(result)
    }
    preconditionFailure("a contraction has at least one step")
  }

  /// The same number at every point.
  private func pattern(
    _ contraction: ConcreteContraction, _ value: Rational
  ) throws(EvaluationError) -> Tensor<A.Element> {
    let number = try arithmetic.number(value)
    return filling(contraction) { addPoints(LoopNest(contraction), arithmetic, number, $0) }
  }

  /// Σ of products of one or more factors.
  private func product(
    _ contraction: ConcreteContraction, _ factors: [Tensor<A.Element>]
  ) throws(EvaluationError) -> Tensor<A.Element> {
    switch factors.count {
    case 1: try sum(contraction, factors[0])
    case 2: try contractPair(contraction, factors[0], factors[1])
    default: longProduct(contraction, factors)
    }
  }

  private func sum(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>
  ) throws(EvaluationError) -> Tensor<A.Element> {
    // Sums of rationals are products with a scalar 1, for which there are fast ways.
    if let a = a as? Tensor<Rational>, !contraction.reachesOutputOnce {
      var product = contraction
      product.operands.append([])
      let result = WordContraction.product(product, a, Tensor(scalar: 1))
      if let result = result as? Tensor<A.Element> { return result }
    }
    try chargeGrowth(contraction, [a])
    return a.elements.withUnsafeBufferPointer { a in
      guard let a = a.baseAddress else { return zeros(contraction) }
      return filling(contraction) { addEntries(LoopNest(contraction), arithmetic, a, $0) }
    }
  }

  /// Σ of products of two factors: the one place that larger machinery can take over.
  ///
  /// The contraction has exactly two operands, with the factors' extents; no point outside any extent
  /// contributes.
  ///
  /// - Throws: ``EvaluationError/overMemory(needed:limit:)``.
  func contractPair(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>, _ b: Tensor<A.Element>
  ) throws(EvaluationError) -> Tensor<A.Element> {
    if contraction.engineWork(in: arithmetic) != nil,
      let result = try engineProduct(contraction, a, b)
    {
      return result
    }
    if let a = a as? Tensor<Rational>, let b = b as? Tensor<Rational>,
      let result = WordContraction.product(contraction, a, b) as? Tensor<A.Element>
    {
      return result
    }
    if let a = a as? Tensor<Double>, let b = b as? Tensor<Double>,
      let result = DoubleContraction.product(contraction, a, b) as? Tensor<A.Element>
    {
      return result
    }
    if let a = a as? Tensor<Dual<Rational>>, let b = b as? Tensor<Dual<Rational>>,
      let result = try dualProduct(contraction, a, b) as? Tensor<A.Element>
    {
      return result
    }
    try chargeGrowth(contraction, [a, b])
    return entrywiseProduct(contraction, a, b)
  }

  /// The product rule, plane by plane: every plane is a contraction of rationals.
  private func dualProduct(
    _ contraction: ConcreteContraction, _ a: Tensor<Dual<Rational>>, _ b: Tensor<Dual<Rational>>
  ) throws(EvaluationError) -> Tensor<Dual<Rational>> {
    let plain = ContractionEvaluation<RationalArithmetic>(
      arithmetic: RationalArithmetic(), budget: budget)
    let (x, xTangent) = (a.map(\.primal), a.map(\.tangent))
    let (y, yTangent) = (b.map(\.primal), b.map(\.tangent))
    let value = try plain.contractPair(contraction, x, y)
    var tangent = try plain.contractPair(contraction, xTangent, y)
    addEntries(
      of: try plain.contractPair(contraction, x, yTangent), to: &tangent, RationalArithmetic())
    return Tensor(
      extents: value.extents,
      elements: zip(value.elements, tangent.elements).map { Dual(primal: $0, tangent: $1) })
  }

  private func entrywiseProduct(
    _ contraction: ConcreteContraction, _ a: Tensor<A.Element>, _ b: Tensor<A.Element>
  ) -> Tensor<A.Element> {
    a.elements.withUnsafeBufferPointer { a in
      b.elements.withUnsafeBufferPointer { b in
        guard let a = a.baseAddress, let b = b.baseAddress else { return zeros(contraction) }
        return filling(contraction) { addProducts(LoopNest(contraction), arithmetic, a, b, $0) }
      }
    }
  }

  private func longProduct(
    _ contraction: ConcreteContraction, _ factors: [Tensor<A.Element>]
  ) -> Tensor<A.Element> {
    // The arrays stay alive to the end of the call, which is what keeps their storage where it is.
    var pointers: [UnsafePointer<A.Element>] = []
    func collect(_ position: Int) -> Tensor<A.Element> {
      if position == factors.count {
        return filling(contraction) {
          addLongProducts(LoopNest(contraction), arithmetic, pointers, $0)
        }
      }
      return factors[position].elements.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return zeros(contraction) }
        pointers.append(start)
        return collect(position + 1)
      }
    }
    return collect(0)
  }

  private func zeros(_ contraction: ConcreteContraction) -> Tensor<A.Element> {
    Tensor(extents: contraction.outputExtents, repeating: arithmetic.zero)
  }

  private func filling(
    _ contraction: ConcreteContraction, _ fill: (UnsafeMutablePointer<A.Element>) -> Void
  ) -> Tensor<A.Element> {
    var result = zeros(contraction)
    result.elements.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { fill(start) }
    }
    return result
  }

  func scaled(
    _ tensor: Tensor<A.Element>, by factor: Rational
  ) throws(EvaluationError) -> Tensor<A.Element> {
    if factor.isOne { return tensor }
    if factor == -1 { return tensor.map { arithmetic.negate($0) } }
    let number = try arithmetic.number(factor)
    return tensor.map { arithmetic.multiply(number, $0) }
  }
}
