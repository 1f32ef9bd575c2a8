import TensorExpressions
import Testing
import ToolkitTestSupport

/// A set of numbers against the standard library's, inside and outside of the word that holds the small ones.
@Suite struct NumberSetTests {
  private static let range = -3...70

  private func draw(seed: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    return (0..<12).map { _ in Int.random(in: Self.range, using: &generator) }
  }

  @Test func holdsWhatWasInserted() {
    withEvery("seed", in: 0..<64) { seed in
      let numbers = draw(seed: seed)
      var set = NumberSet()
      var expected: Set<Int> = []
      for number in numbers {
        #expect(set.insert(number) == expected.insert(number).inserted, Trace.comment)
      }
      #expect(set.count == expected.count, Trace.comment)
      #expect(set.sorted() == expected.sorted(), Trace.comment)
      for number in Self.range {
        #expect(set.contains(number) == expected.contains(number), Trace.comment)
      }
    }
  }

  @Test func comparesAsSets() {
    withEvery("seed", in: 0..<64) { seed in
      let a = draw(seed: seed)
      let b = draw(seed: seed + 1000)
      let part = Array(a.prefix(4))
      #expect(NumberSet(part).isSubset(of: NumberSet(a)), Trace.comment)
      for (x, y) in [(a, b), (b, a), (a, part), (part, b)] {
        let (s, t) = (NumberSet(x), NumberSet(y))
        #expect(s.isSubset(of: t) == Set(x).isSubset(of: y), Trace.comment)
        #expect(s.isDisjoint(with: t) == Set(x).isDisjoint(with: y), Trace.comment)
        #expect((s == t) == (Set(x) == Set(y)), Trace.comment)
        var union = s
        union.formUnion(y)
        #expect(union == NumberSet(x + y), Trace.comment)
      }
    }
  }

  @Test func theEmptySetIsEmpty() {
    #expect(NumberSet().isEmpty)
    #expect(!NumberSet([64]).isEmpty)
    #expect(!NumberSet([0]).isEmpty)
  }
}
