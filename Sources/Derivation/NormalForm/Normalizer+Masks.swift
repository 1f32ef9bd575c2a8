import Scalars
import TensorExpressions

/// Steps and signs.
extension Normalizer {
  /// step(c·x) = step(x) for c > 0, and step(x·m) = step(x) for the mask m = step(x).
  func step(of form: NormalForm, shape: [Size]) throws(Limit) -> NormalForm {
    try chargeStep()
    if let value = constant(form)?.asRational {
      use(.stepOfNumber)
      return constantForm(value.signum() > 0 ? .one : .zero, shape: shape)
    }
    if isPositive(form) || isComplementOfUnit(form) {
      use(.stepOfPositive)
      return constantForm(.one, shape: shape)
    }
    var negative = NormalForm()
    negative.add(form, scaledBy: .minusOne)
    if isNowhereAboveZero(form) || isComplementOfUnit(negative) {
      use(.stepOfNonpositive)
      return NormalForm()
    }
    let terms = form.sorted
    if isNowhereZero(form), (terms.first?.coefficient.leadingSign ?? 1) < 0 {
      // step(−x) = 1 − step(x) where x is not 0.
      use(.stepOfNegated)
      var result = constantForm(.one, shape: shape)
      result.add(try step(of: negative, shape: shape), scaledBy: .minusOne)
      return result
    }
    var scaled = form
    if let value = terms.first?.coefficient.asRational, !value.magnitude.isOne {
      use(.stepOfMultiple)
      scaled = NormalForm()
      scaled.add(form, scaledBy: Coefficient(value.magnitude.reciprocal))
    }
    if let inner = withoutOwnMask(scaled) {
      use(.stepOfMasked)
      return try step(of: inner, shape: shape)
    }
    let (result, atom) = atomForm([scaled], shape: shape) { .function("step", $0, $1) }
    maskAtoms.insert(atom)
    return result
  }

  /// u, when the form is u·step(u) entry by entry.
  private func withoutOwnMask(_ form: NormalForm) -> NormalForm? {
    guard let product = form.sorted.first, product.hasPlainOutput, product.sumsNothing else {
      return nil
    }
    for factor in product.factors {
      guard case .function("step", let arguments, _) = atoms[factor.atom] else { continue }
      var argument = NormalForm()
      add(arguments[0], readAs: factor, of: product, scaledBy: .one, to: &argument)
      var masked = NormalForm()
      for term in argument.sorted {
        var next = term
        guard next.hasPlainOutput else { return nil }
        next.factors.append(factor)
        insert(next, into: &masked)
      }
      if masked == form { return argument }
    }
    return nil
  }

  /// step(a)·step(−a) = 0, and a·step(−a) = a − a·step(a), so that |a|² = a² and a·sign(a)² = a.
  func signLaw(_ product: IndexProduct) throws(Limit) -> [IndexProduct]? {
    for (i, mask) in product.factors.enumerated() {
      guard let opposite = try opposite(of: mask) else { continue }
      if let j = product.factors.firstIndex(of: opposite), j != i {
        use(.oppositeSteps)
        return []
      }
      guard let (own, scale) = argumentFactor(of: mask), (-scale).hasPositiveTerms,
        product.factors.contains(own)
      else { continue }
      use(.oppositeSteps)
      var rest = product
      rest.factors.remove(at: i)
      rest.windows += zip(mask.access, mask.shape).map {
        IndexProduct.Window(coordinate: $0, extent: $1)
      }
      var masked = rest
      masked.factors.append(opposite)
      return [rest, masked.scaled(by: .minusOne)]
    }
    return nil
  }

  /// The factor step(a), where a factor is step(−a) and −a begins with a minus sign.
  private func opposite(of mask: IndexProduct.Factor) throws(Limit) -> IndexProduct.Factor? {
    guard case .function("step", let arguments, let shape) = atoms[mask.atom],
      let lead = arguments[0].sorted.first, lead.coefficient.leadingSign < 0
    else { return nil }
    var negative = NormalForm()
    negative.add(arguments[0], scaledBy: .minusOne)
    let (form, atom) = atomForm([negative], shape: shape) { .function("step", $0, $1) }
    maskAtoms.insert(atom)
    guard let factor = form.sorted.first?.factors.first, factor.access.count == shape.count else {
      return nil
    }
    // The atom's axes are those of the shape in some order; none has the extent 1.
    let access = factor.access.compactMap { $0.asIndex.map { mask.access[$0] } }
    guard access.count == shape.count else { return nil }
    return .init(atom: atom, shape: factor.shape, access: access)
  }

  /// For a mask step(c·a) of one factor entry by entry: the factor a, read where the mask is, and c.
  func argumentFactor(
    of mask: IndexProduct.Factor
  ) -> (factor: IndexProduct.Factor, scale: Coefficient)? {
    guard case .function("step", let arguments, _) = atoms[mask.atom], arguments[0].count == 1,
      let inner = arguments[0].sorted.first, inner.factors.count == 1, inner.isPlainPointwise,
      inner.windows.isEmpty
    else { return nil }
    let outputs = inner.output.compactMap(\.asIndex)
    let factor = inner.factors[0]
    let access = factor.access.compactMap { coordinate in
      coordinate.asIndex.flatMap { outputs.firstIndex(of: $0) }.map { mask.access[$0] }
    }
    guard access.count == factor.access.count else { return nil }
    return (.init(atom: factor.atom, shape: factor.shape, access: access), inner.coefficient)
  }
}
