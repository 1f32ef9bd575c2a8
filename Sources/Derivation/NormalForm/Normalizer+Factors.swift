import TensorExpressions

/// Cholesky factors. One that occurs is assumed to exist: its matrix is positive definite.
extension Normalizer {
  /// The factor as an atom, which is lower triangular and has an inverse.
  func factor(of form: NormalForm, shape: [Size]) -> NormalForm {
    let atom = number(.cholesky(form, shape))
    structures[atom] = [.lower, .nonsingular]
    hasLowerSymbols = true
    use(.factorRead)
    return single(atom, shape: shape)
  }

  /// L·Lᵀ = X and L⁻ᵀ·L⁻¹ = X⁻¹ for the factor L of X.
  func factorLaw(_ product: IndexProduct) throws(Limit) -> [IndexProduct]? {
    guard hasLowerSymbols else { return nil }
    let product = withoutLowerWindows(product)
    for (i, factor) in product.factors.enumerated() {
      guard let (matrix, axis) = try matrixOfFactor(factor) else { continue }
      for j in product.factors.indices.dropFirst(i + 1)
      where product.factors[j].atom == factor.atom {
        guard
          let result = product.joining(
            i, axis: axis, with: j, axis: axis, to: matrix.sorted.map(withoutLowerWindows),
            facts: facts)
        else { continue }
        use(.factorTimesTranspose)
        return result
      }
    }
    return nil
  }

  /// What two of a factor, or of its inverse, make together where they are summed over one axis of each.
  private func matrixOfFactor(
    _ factor: IndexProduct.Factor
  ) throws(Limit) -> (matrix: NormalForm, axis: Int)? {
    if case .cholesky(let matrix, _) = atoms[factor.atom] { return (matrix, 1) }
    guard case .inverse(let inner, _) = atoms[factor.atom], let atom = wholeAtom(inner),
      case .cholesky(let matrix, let shape) = atoms[atom]
    else { return nil }
    return (try inverse(matrix, shape: shape), 0)
  }
}
