import TensorExpressions
import Testing

/// Coordinates in their canonical form.
@Suite struct AffineTests {
  private let n = Size("N")

  @Test func addsTermsOfOneIndex() {
    let sum = Affine(
      constant: 1,
      terms: [
        .init(index: 3, coefficient: n), .init(index: 0, coefficient: 2),
        .init(index: 3, coefficient: -n + 1), .init(index: 1, coefficient: 0),
      ])
    #expect(sum.terms.map(\.index) == [0, 3])
    #expect(sum.coefficient(of: 0) == 2)
    #expect(sum.coefficient(of: 3) == 1)
    #expect(!sum.mentions(1))
  }

  @Test func dropsIndicesThatCancel() {
    let zero = Affine.index(70) * n - Affine.index(70) * n
    #expect(zero == .constant(.zero))
    #expect(zero.isConstant)
  }

  @Test func oneIndexIsTheSameHoweverItIsMade() {
    for index in [0, 63, 64, 100] {
      let made = Affine(terms: [.init(index: index, coefficient: 1)])
      #expect(Affine.index(index) == made)
      #expect(Affine.index(index).hashValue == made.hashValue)
      #expect(made.asIndex == index)
    }
  }

  @Test func replacesOneIndex() {
    // 2·v₀ + N·v₁ + 3 with v₁ = v₀ − v₂ + 5.
    let coordinate = Affine.index(0) * 2 + Affine.index(1) * n + 3
    let replaced = coordinate.substituting(1, by: Affine.index(0) - Affine.index(2) + 5)
    let expected = Affine(
      constant: n * 5 + 3,
      terms: [.init(index: 0, coefficient: n + 2), .init(index: 2, coefficient: -n)])
    #expect(replaced == expected)
    #expect(coordinate.substituting(7, by: .index(0)) == coordinate)
  }

  @Test func renumbersIntoOrder() {
    let coordinate = Affine.index(0) * 2 + Affine.index(1) * n
    let expected = Affine(
      terms: [.init(index: 4, coefficient: n), .init(index: 9, coefficient: 2)])
    #expect(coordinate.renumbered { $0 == 0 ? 9 : 4 } == expected)
  }
}
