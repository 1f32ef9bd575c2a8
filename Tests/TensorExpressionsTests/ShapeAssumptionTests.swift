import Testing

@testable import TensorExpressions

@Suite struct ShapeAssumptionTests {
  let space = ExpressionSpace()

  @Test func namesNeverBroadcastAgainstEachOther() {
    let x = space.input("x", ["B", "H"])
    let b = space.input("b", ["O"])
    #expect(throws: ShapeError.broadcast(lhs: x.shape, rhs: b.shape, axisFromEnd: 0)) {
      try x.plus(b, assuming: ShapeAssumptions())
    }
  }

  @Test func broadcastsUnderADivisibilityCondition() throws {
    let half = Size("C").flooredDivision(by: 2)
    let x = space.input("x", [half * 2])
    let y = space.input("y", ["C"])
    #expect(throws: ShapeError.self) { try x.plus(y) }
    let assumptions = ShapeAssumptions()
    _ = try x.times(y, assuming: assumptions)
    #expect(assumptions.conditions.map(\.description) == ["C is even"])
    // The same condition is kept once.
    _ = try y.plus(x, assuming: assumptions)
    #expect(assumptions.conditions.count == 1)
  }

  @Test func assumesOnlyWhatIsNeitherProvedNorRefuted() {
    let assumptions = ShapeAssumptions()
    #expect(assumptions.isAtLeast("n", 1))
    #expect(assumptions.isAtLeast(Size("n") + 3, 4))
    #expect(!assumptions.isAtLeast(-Size("n"), 0))
    #expect(assumptions.conditions.isEmpty)
    #expect(assumptions.isAtLeast(Size("n") - 2, 0))
    #expect(assumptions.conditions == [.atLeast(Size("n") - 2, 0)])
    // What was assumed is known from then on.
    #expect(assumptions.isAtLeast(Size("n") - 1, 1))
    #expect(assumptions.conditions.count == 1)
    #expect(!ShapeAssumptions.none.isAtLeast(Size("n") - 2, 0))
    #expect(ShapeAssumptions.none.conditions.isEmpty)
  }

  @Test func quotientsAreExactOrConditional() {
    let assumptions = ShapeAssumptions()
    #expect(assumptions.quotient(Size("C") * 6, by: 3) == Size("C") * 2)
    #expect(assumptions.quotient(Size("C") * Size("H"), by: "H") == "C")
    #expect(assumptions.conditions.isEmpty)
    #expect(assumptions.quotient("C", by: "H") == nil)
    #expect(assumptions.quotient(7, by: 2) == nil)
    #expect(assumptions.quotient(Size("C") * 2 + 1, by: 2) == nil)
    #expect(assumptions.conditions.isEmpty)
    #expect(
      assumptions.quotient("C", by: 3) == Size("C").flooredDivision(by: 3))
    #expect(assumptions.conditions.map(\.description) == ["3 divides C"])
    #expect(assumptions.quotient("C", by: 0) == nil)
  }
}

@Suite struct SizeFactsTests {
  @Test func floorsKeepTheLeastWholeValue() {
    let facts = SizeFacts()
    let half = (Size("L") + 1).flooredDivision(by: 2)
    #expect(facts.isPositive(half))
    #expect(facts.isNonnegative(half * 2 - Size("L")))
    #expect(!facts.isPositive(Size("L").flooredDivision(by: 2)))
    #expect(!facts.isNonnegative(half - 2))
    #expect(SizeFacts(lowerBounds: ["L": 3]).isNonnegative(half - 2))
    #expect(facts.isPositive((Size("L") * Size("K") + 3).flooredDivision(by: 4)))
  }

  /// Every name is at least 1, a primed one, which is an excess, at least 0, and another bound is what is given.
  @Test func coefficientsShowALeastValue() {
    let (a, b) = (Size("A"), Size("B"))
    let facts = SizeFacts(positives: [a - b])
    #expect(facts.isNonnegative(a * b + b - 2))
    // A is at least 2 here, as it is above B.
    #expect(facts.isNonnegative(a * b + b - 3))
    #expect(!facts.isNonnegative(a * b + b - 4))
    #expect(facts.isNonnegative(a - b - 1))
    #expect(facts.isNonnegative(a * 2 - b * 2 - 2))
    #expect(!facts.isNonnegative(a - b - 2))
    #expect(!facts.isNonnegative(b - a))
    #expect(!SizeFacts().isNonnegative(Size("'A") - 1))
    #expect(!SizeFacts(lowerBounds: ["A": 0]).isNonnegative(a - 1))
    #expect(!SizeFacts(lowerBounds: ["A": -3]).isNonnegative(a * a - 1))
    // The sum of the coefficients leaves the range, and the size is no less so.
    #expect(facts.isNonnegative(Size(Int.max) * a + Size(Int.max) * b + Size(Int.max)))
  }
}
