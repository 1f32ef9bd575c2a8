import Scalars
import TensorExpressions

extension Simplifier {
  /// Rule *collect*: terms that are equal up to their coefficients merge; then common factors come out.
  func collected(
    _ terms: [TensorExpression], shape: [Size], space: ExpressionSpace
  ) -> TensorExpression {
    step(orElse: space.sum(terms, shape: shape)) {
      self.gathered(terms, shape: shape, space: space)
    }
  }

  private func gathered(
    _ terms: [TensorExpression], shape: [Size], space: ExpressionSpace
  ) -> TensorExpression {
    if leavesAxesOut,
      let sum = withoutConstantAxes(
        terms, { collected($0, shape: $0.first?.shape ?? [], space: space) })
    {
      return sum
    }
    return multipliesOut
      ? shortest(terms, shape: shape, space: space) : merged(terms, shape: shape, space: space)
  }

  func merged(
    _ terms: [TensorExpression], shape: [Size], space: ExpressionSpace
  ) -> TensorExpression {
    var order: [ProductKey] = []
    var merged: [ProductKey: (coefficient: Coefficient, product: IndexProduct)] = [:]
    for product in withEqualSigns(flattened(terms).map(asProduct)) {
      let key = product.canonicalized(isSymmetric: isSymmetric, facts: facts).key
      if let known = merged[key] {
        merged[key] = (known.coefficient + product.coefficient, known.product)
      } else {
        order.append(key)
        merged[key] = (product.coefficient, product)
      }
    }
    var products: [IndexProduct] = []
    for key in order {
      guard let (coefficient, product) = merged[key], !coefficient.isZero else { continue }
      var scaled = product
      scaled.coefficient = coefficient
      products.append(scaled)
    }
    return factored(products, shape: shape, space: space)
  }

  func flattened(_ terms: [TensorExpression]) -> [TensorExpression] {
    terms.flatMap { term in
      if let inner = term.asTerms { return inner }
      // c·(a + b) and (a + b)ᵀ among other terms stand as their parts, so that equal ones are found.
      if case .contraction(let c) = term.kind, c.operands.count == 1, c.isReordering,
        case .sum(let inner) = c.operands[0].value.kind
      {
        return inner.map {
          fused(c.replacingOperand(0, with: $0), shape: term.shape, space: term.space)
        }
      }
      return [term]
    }
  }

  /// The products with every inner sum written as an earlier one where it is that one's negative: b − a as −(a − b).
  private func withEqualSigns(_ products: [IndexProduct]) -> [IndexProduct] {
    var seen: Set<TensorExpression> = []
    var result = products
    for i in products.indices {
      for (position, factor) in products[i].factors.enumerated() {
        let value = expression(factor.atom)
        guard let terms = value.asTerms, !seen.contains(value) else { continue }
        // Equal expressions are one object, so the earlier sum is found without a search.
        let known = value.space.sum(terms.map { -$0 }, shape: value.shape)
        guard seen.contains(known) else {
          seen.insert(value)
          continue
        }
        result[i].factors[position] = self.factor(known, factor)
        result[i].coefficient = result[i].coefficient * .minusOne
      }
    }
    return result
  }

  /// A term as a product; what is not a contraction is one factor, read as it is.
  func asProduct(_ term: TensorExpression) -> IndexProduct {
    if case .contraction(let c) = term.kind {
      var product = self.product(c, shape: term.shape)
      _ = product.simplifyWindows(facts: facts)
      return product
    }
    let access = term.shape.indices.map(Affine.index)
    var product = self.product(
      Contraction(indices: term.shape, output: access, operands: [.init(term, access)]),
      shape: term.shape)
    _ = product.simplifyWindows(facts: facts)
    return product
  }

  /// Rule *factor*: a·b + a·c = a·(b + c), for factors read at the output's own indices, and likewise for a
  /// coefficient that all terms share.
  private func factored(
    _ products: [IndexProduct], shape: [Size], space: ExpressionSpace
  ) -> TensorExpression {
    func plain(_ terms: [IndexProduct]) -> TensorExpression {
      space.sum(terms.compactMap { expression($0, space: space) }, shape: shape)
    }
    guard products.count >= 2 else { return plain(products) }
    let aligned = products.map(\.withPlainOutput)
    guard !aligned.contains(where: { $0 == nil }) else { return plain(products) }
    var terms = aligned.compactMap { $0 }
    var common: [IndexProduct.Factor] = []
    while let factor = terms[0].outerFactors.first(where: { factor in
      terms.allSatisfy { $0.outerFactors.contains(factor) }
    }) {
      common.append(factor)
      for i in terms.indices {
        if let position = terms[i].factors.firstIndex(of: factor) {
          terms[i].factors.remove(at: position)
        }
      }
    }
    var lead = terms[0].coefficient
    let isShared =
      !lead.isOne
      && terms.allSatisfy { $0.coefficient == lead || $0.coefficient == -lead }
    // −c·(a − b) is written c·(b − a).
    if lead.leadingSign < 0, lead != .minusOne, terms.contains(where: { $0.coefficient == -lead }) {
      lead = -lead
    }
    guard !common.isEmpty || (isShared && lead != .minusOne) else {
      return selected(terms, shape: shape, space: space) ?? plain(products)
    }
    let outside = isShared ? lead : .one
    if isShared, let inverse = lead.reciprocal {
      for i in terms.indices { terms[i].coefficient = terms[i].coefficient * inverse }
    }
    // Without its common factors a term may have lost what bounded an index: the output's extents do that.
    let parts = terms.compactMap { expression($0, space: space) }
    guard parts.count == terms.count else { return plain(products) }
    let inner = collected(parts, shape: shape, space: space)
    let access = shape.indices.map(Affine.index)
    let operands = common.map { Contraction.Operand(expression($0.atom), $0.access) }
    return space.contraction(
      Contraction(
        coefficient: outside, indices: shape, output: access,
        operands: operands + [.init(inner, access)]),
      shape: shape)
  }
}

extension Contraction {
  /// Whether the only operand's axes are the output's in some order, each read in full.
  fileprivate var isReordering: Bool {
    isPointwise && operands[0].access.count == output.count
      && Set(operands[0].access) == Set(output)
      && zip(operands[0].access, operands[0].value.shape).allSatisfy { coordinate, extent in
        coordinate.asIndex.map { indices[$0] == extent } ?? false
      }
  }
}

extension IndexProduct {
  /// The product with the output's coordinates as the indices 0, 1, …, in order, axes of extent 1 included; nil when
  /// they are not plain.
  var withPlainOutput: IndexProduct? {
    var number: [Int: Int] = [:]
    for (axis, (coordinate, extent)) in zip(output, outputShape).enumerated() {
      if let index = coordinate.asIndex {
        guard number.updateValue(axis, forKey: index) == nil else { return nil }
      } else if !(extent.isOne && coordinate.isConstant && coordinate.constant.isZero) {
        return nil
      }
    }
    var next = output.count
    for index in usedIndices.sorted() where number[index] == nil {
      number[index] = next
      next += 1
    }
    func renumbered(_ affine: Affine) -> Affine { affine.renumbered { number[$0] ?? $0 } }
    var result = self
    result.output = output.indices.map(Affine.index)
    for i in factors.indices { result.factors[i].access = factors[i].access.map(renumbered) }
    for i in windows.indices { result.windows[i].coordinate = renumbered(windows[i].coordinate) }
    result.indexCount = next
    return result
  }

  /// The factors that depend on the output's indices alone, each read entirely inside its tensor.
  var outerFactors: [Factor] {
    factors.filter { factor in
      zip(factor.access, factor.shape).allSatisfy { coordinate, extent in
        if coordinate.isConstant { return coordinate.constant.isZero }
        guard let index = coordinate.asIndex, index < outputShape.count else { return false }
        return outputShape[index] == extent
      }
    }
  }
}
