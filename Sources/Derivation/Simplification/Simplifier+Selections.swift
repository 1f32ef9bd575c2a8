import TensorExpressions

/// Masks that choose between two values.
extension Simplifier {
  /// Rule *where*: m·a + (1 − m)·b = where(m, a, b) for a mask m, which is what `where` means.
  func selected(
    _ terms: [IndexProduct], shape: [Size], space: ExpressionSpace
  ) -> TensorExpression? {
    guard terms.count == 2 else { return nil }
    for (chosen, other) in [(terms[0], terms[1]), (terms[1], terms[0])] {
      for mask in chosen.outerFactors {
        let value = expression(mask.atom)
        guard mask.access == shape.indices.map(Affine.index), value.indicator === value,
          let position = chosen.factors.firstIndex(of: mask),
          let complement = other.outerFactors.first(where: {
            $0.access == mask.access && expression($0.atom).isComplement(of: value)
          }), let place = other.factors.firstIndex(of: complement)
        else { continue }
        var (a, b) = (chosen, other)
        a.factors.remove(at: position)
        b.factors.remove(at: place)
        guard let first = expression(a, space: space), let second = expression(b, space: space),
          !first.isZero, !second.isZero
        else { continue }
        let (yes, no) = (simplified(first), simplified(second))
        // The term that stands first is the one that is chosen.
        return chosen.factors == terms[0].factors
          ? space.elementwise(.selectionRow, [value, yes, no])
          : space.elementwise(.selectionRow, [expression(complement.atom), no, yes])
      }
    }
    return nil
  }
}

extension TensorExpression {
  /// Whether the value is 1 − m.
  fileprivate func isComplement(of mask: TensorExpression) -> Bool {
    complemented === mask
  }
}
