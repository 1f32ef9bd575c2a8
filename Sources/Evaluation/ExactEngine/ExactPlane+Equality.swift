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
    return (0..<count).first { differs(from: other, at: $0, shiftedBy: 0) }
  }

  /// Whether this element, times `2^shift`, is another one than the other tensor's.
  ///
  /// ```
  /// m·2^e / d = m'·2^e' / d'   where   m·2^(e - e')·d' = m'·d
  /// ```
  func differs(from other: ExactPlane, at position: Int, shiftedBy extra: Int) -> Bool {
    let (a, b) = (mantissa(at: position), other.mantissa(at: position))
    if a.magnitude.isZero || b.magnitude.isZero { return a.magnitude != b.magnitude }
    guard a.isNegative == b.isNegative else { return true }
    let left = a.magnitude * other.scale.denominator, right = b.magnitude * scale.denominator
    // Equal numbers have equal leading bits, so that no shift is longer than the numbers are.
    let shift = scale.exponent + extra - other.scale.exponent
    guard left.bitWidth + shift == right.bitWidth else { return true }
    return left.shiftedLeft(by: max(shift, 0)) != right.shiftedLeft(by: max(-shift, 0))
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
