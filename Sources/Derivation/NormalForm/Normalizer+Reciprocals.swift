import TensorExpressions

extension Normalizer {
  /// 1/form. Of one product entry by entry it is the product of the factors' reciprocals.
  func reciprocal(of form: NormalForm, shape: [Size]) -> NormalForm {
    if let value = constant(form), let inverse = value.reciprocal {
      return constantForm(inverse, shape: shape)
    }
    let terms = form.sorted
    if terms.count == 1, terms[0].isEntrywise(facts: facts),
      let inverse = terms[0].coefficient.reciprocal
    {
      use(.reciprocalOfProduct)
      var product = terms[0]
      product.coefficient = inverse
      for i in product.factors.indices {
        let factor = product.factors[i]
        product.factors[i] = .init(
          atom: reciprocalAtom(factor.atom), shape: factor.shape, access: factor.access)
      }
      var result = NormalForm()
      insert(product, into: &result)
      return result
    }
    // The first term's coefficient is taken out, so that 1/(2 + 2x) and 1/(1 + x) share an atom.
    guard let lead = terms.first?.coefficient, let inverse = lead.reciprocal else {
      return atomForm([form], shape: shape) { .function("reciprocal", $0, $1) }.form
    }
    var monic = NormalForm()
    monic.add(form, scaledBy: inverse)
    if !lead.isOne { use(.reciprocalOfMultiple) }
    if let turned = reflected(monic, shape: shape) {
      use(.reciprocalReflected)
      var result = NormalForm()
      result.add(turned, scaledBy: inverse)
      return result
    }
    let (inner, atom) = atomForm([monic], shape: shape) { .form($0[0], $1) }
    if isPositive(monic) || isComplementOfUnit(monic) { positiveAtoms.insert(atom) }
    var result = NormalForm()
    for var product in inner.sorted {
      product.coefficient = inverse
      product.factors[0] = .init(
        atom: reciprocalAtom(atom), shape: product.factors[0].shape,
        access: product.factors[0].access)
      insert(product, into: &result)
    }
    return result
  }

  /// 1/(c₀ + c₁/E) = (1 − c₁/(c₁ + c₀·E))/c₀, for an E that is nowhere 0: so σ(u) and 1 − σ(−u) are one form.
  private func reflected(_ form: NormalForm, shape: [Size]) -> NormalForm? {
    let terms = form.sorted
    guard terms.count == 2,
      let constant = terms.first(where: { $0.factors.isEmpty && $0.isEntrywise(facts: facts) }),
      var other = terms.first(where: { $0.factors.count == 1 && $0.isEntrywise(facts: facts) }),
      case .reciprocal(let denominator) = atoms[other.factors[0].atom], isCancellable(denominator),
      let inverse = constant.coefficient.reciprocal
    else { return nil }
    let slope = other.coefficient
    other.coefficient = constant.coefficient
    other.factors[0] = .init(
      atom: denominator, shape: other.factors[0].shape, access: other.factors[0].access)
    var turned = constantForm(slope, shape: shape)
    insert(other, into: &turned)
    var result = constantForm(inverse, shape: shape)
    result.add(reciprocal(of: turned, shape: shape), scaledBy: -(slope * inverse))
    return result
  }

  /// The atom of 1/a.
  func reciprocalAtom(_ atom: Int) -> Int {
    if let known = reciprocalOf[atom] { return known }
    let result = number(.reciprocal(atom))
    reciprocalOf[atom] = result
    reciprocalOf[result] = atom
    if positiveAtoms.contains(atom) { positiveAtoms.insert(result) }
    return result
  }

  /// Whether every term is proved to be nonnegative and one of them positive, entry by entry.
  func isPositive(_ form: NormalForm) -> Bool {
    let terms = form.sorted
    return terms.contains { isPositive($0, strictly: true) }
      && terms.allSatisfy { isPositive($0, strictly: false) }
  }

  private func isPositive(_ product: IndexProduct, strictly: Bool) -> Bool {
    guard product.coefficient.hasPositiveTerms else { return false }
    if strictly, !product.reachesEveryEntry(facts: facts) { return false }
    var unpaired: Set<IndexProduct.Factor> = []
    for factor in product.factors where !positiveAtoms.contains(factor.atom) {
      if strictly { return false }
      if isNonnegative(factor.atom) { continue }
      if unpaired.remove(factor) == nil { unpaired.insert(factor) }
    }
    return unpaired.isEmpty
  }
}
