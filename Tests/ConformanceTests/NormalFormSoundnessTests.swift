import Derivation
import Foundation
import Scalars
import TensorExpressions
import Testing
import ToolkitTestSupport

/// How many random cases a property runs: a few by default, `GRADCHECK_CASES` of them where that is set.
func caseCount(_ usual: Int) -> Int {
  ProcessInfo.processInfo.environment["GRADCHECK_CASES"].flatMap(Int.init) ?? usual
}

/// The seeds of a property, from `GRADCHECK_FIRST_SEED` or 0 on.
func seeds(_ usual: Int) -> Range<Int> {
  let first = ProcessInfo.processInfo.environment["GRADCHECK_FIRST_SEED"].flatMap(Int.init) ?? 0
  return first..<first + caseCount(usual)
}

/// Normal forms never prove two expressions equal that differ.
///
/// A failure names the seed, and prints both expressions after the tape has been cut as far as it still fails.
@Suite struct NormalFormSoundnessTests {
  /// Expressions that differ in one decision of their construction: often equal, mostly not.
  @Test(arguments: [RandomExpression.Family.polynomial, .everything])
  func neverProvesWhatDiffers(family: RandomExpression.Family) {
    var counts = Counts()
    withEvery("seed", in: seeds(family == .polynomial ? 500 : 700)) { seed in
      var generator = ToolkitTestSupport.SeededGenerator(seed: seed)
      let space = ExpressionSpace()
      let tape = DecisionTape(count: 60, using: &generator)
      let (first, used) = RandomExpression.build(tape, in: space, family)
      for _ in 0..<6 {
        let other = used.mutated(using: &generator)
        let (second, _) = RandomExpression.build(other, in: space, family)
        guard second !== first, second.shape == first.shape else { continue }
        counts.pairs += 1
        let isProved = Self.isProved(first, second)
        if isProved { counts.proved += 1 }
        let answer = NumericOracle.compare(first, second, seed: UInt64(seed))
        if answer == .agree { counts.equal += 1 }
        if answer == .agree, !isProved { counts.unproved += 1 }
        if isProved, case .differ(let where_) = answer {
          let report = Self.shrunk(used, other, family, seed: seed)
          Issue.record("\(Trace.comment)\n\(report)\n\(where_)")
        }
      }
    }
    print("\(family): \(counts)")
    #expect(counts.proved > 0, "a checker that never proves anything is never wrong")
  }

  /// Orders of operands, terms and indices, and the direction of an index, make no difference to a proof.
  @Test func provesWhatIsOnlyWrittenDifferently() {
    var counts = Counts()
    withEvery("seed", in: seeds(300)) { seed in
      var generator = ToolkitTestSupport.SeededGenerator(seed: seed)
      let tape = DecisionTape(count: 60, using: &generator)
      let (first, _) = RandomExpression.build(tape, in: ExpressionSpace(), .polynomial)
      var rewriting = ReindexedVariant(seed: seed)
      let second = rewriting.variant(of: first)
      guard second !== first else { return }
      counts.pairs += 1
      if Self.isProved(first, second) {
        counts.proved += 1
      } else {
        counts.unproved += 1
        if ProcessInfo.processInfo.environment["GRADCHECK_SHOW"] != nil {
          print("unproved \(seed)\n\(first.listing)\n---\n\(second.listing)\n")
        }
      }
      let answer = NumericOracle.compare(first, second, seed: UInt64(seed))
      if case .differ(let where_) = answer {
        Issue.record("the variant is not one: \(first.listing)\n\(second.listing)\n\(where_)")
      }
    }
    print("variants: \(counts)")
    #expect(counts.unproved * 20 <= counts.pairs, "\(counts)")
  }

  struct Counts: CustomStringConvertible {
    var pairs = 0
    var proved = 0
    var equal = 0
    var unproved = 0
    var description: String {
      "\(pairs) pairs, \(proved) proved, \(equal) equal by numbers, \(unproved) equal but unproved"
    }
  }

  static func isProved(_ a: TensorExpression, _ b: TensorExpression) -> Bool {
    Normalizer(facts: Simplifier.facts(of: [a, b])).provesEqual(a, b)
  }

  /// The smallest tapes found that are still proved equal and differ.
  static func shrunk(
    _ first: DecisionTape, _ second: DecisionTape, _ family: RandomExpression.Family, seed: Int
  ) -> String {
    func fails(_ a: DecisionTape, _ b: DecisionTape) -> (TensorExpression, TensorExpression)? {
      let space = ExpressionSpace()
      let x = RandomExpression.build(a, in: space, family).expression
      let y = RandomExpression.build(b, in: space, family).expression
      guard x.shape == y.shape, isProved(x, y),
        case .differ = NumericOracle.compare(x, y, seed: UInt64(seed))
      else { return nil }
      return (x, y)
    }
    var (a, b) = (first.rewound, second.rewound)
    var isSmaller = true
    while isSmaller {
      isSmaller = false
      for (x, y) in zip(a.shrunk, b.shrunk) where fails(x, y) != nil {
        (a, b) = (x, y)
        isSmaller = true
        break
      }
    }
    guard let (x, y) = fails(a, b) else { return "" }
    return "proved equal, and different:\n\(x.listing)\n--- and\n\(y.listing)\n"
  }
}
