import TensorExpressions

extension Normalizer {
  /// The form of an inverse. (A·B)⁻¹ = B⁻¹·A⁻¹, and (Xᵀ)⁻¹ = (X⁻¹)ᵀ, for square factors.
  func inverse(_ form: NormalForm, of x: TensorExpression) throws(Limit) -> NormalForm {
    atomForm([form], shape: x.shape) { .inverse($0[0], $1) }.form
  }

  /// The form of a determinant: det(Xᵀ) = det X.
  func determinant(_ form: NormalForm, of x: TensorExpression) throws(Limit) -> NormalForm {
    let inner = atomForm([form], shape: x.shape) { .inverse($0[0], $1) }
    guard case .inverse(let canonical, let extents) = atoms[inner.atom] else { return NormalForm() }
    return single(number(.determinant(canonical, extents)), shape: [])
  }
}
