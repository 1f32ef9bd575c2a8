/// Comparison of exact tensors without making numbers of their elements.
extension ExactPlane {
  /// The first position, in row-major order, at which two tensors differ; nil where they are equal.
  ///
  /// Planes under one scale are compared limb by limb. Scales that differ only in the exponent are
  /// compared by shifting, and others by cross-multiplication, one element after another.
  ///
  /// - Throws: ``ExactEngineError/shape(_:expected:found:)`` for different shapes.
  public func firstDifference(from other: ExactPlane) throws(ExactEngineError) -> Int? {
    guard shape == other.shape else {
      throw .shape(.right, expected: shape, found: other.shape)
    }
    if scale == other.scale {
      return firstLimbDifference(from: other)
    }
    // mantissa · 2^e / d = mantissa' · 2^e' / d'  where  mantissa · 2^(e - e') · d' = mantissa' · d.
    let shift = scale.exponent - other.scale.exponent
    let mine = other.scale.denominator.shiftedLeft(by: max(shift, 0))
    let theirs = scale.denominator.shiftedLeft(by: max(-shift, 0))
    for i in 0..<count {
      let (a, b) = (mantissa(at: i), other.mantissa(at: i))
      if a.magnitude.isZero && b.magnitude.isZero { continue }
      if a.isNegative != b.isNegative || a.magnitude * mine != b.magnitude * theirs { return i }
    }
    return nil
  }

  /// Whether two tensors have the same shape and the same elements.
  public func equals(_ other: ExactPlane) -> Bool {
    guard shape == other.shape else { return false }
    if scale == other.scale && limbCount == other.limbCount { return limbs == other.limbs }
    return (try? firstDifference(from: other)) == .some(nil)
  }

  private func firstLimbDifference(from other: ExactPlane) -> Int? {
    let count = count
    var first = count
    for j in 0..<max(limbCount, other.limbCount) {
      // A missing limb repeats the sign of the last one.
      let (mine, theirs) = (min(j, limbCount - 1), min(j, other.limbCount - 1))
      for i in 0..<first {
        let a = limbs[mine * count + i], b = other.limbs[theirs * count + i]
        if (mine == j ? a : a >> 63) != (theirs == j ? b : b >> 63) {
          first = i
          break
        }
      }
    }
    return first < count ? first : nil
  }
}
