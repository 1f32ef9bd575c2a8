import Evaluation
import Scalars
import TensorFiles

/// What was found of one tensor that a kernel computed.
public struct TensorJudgement: Sendable {
  /// What the entries of a tensor come to together.
  public enum Verdict: String, CaseIterable, Hashable, Sendable {
    /// Every entry is the correctly rounded exact value.
    case exact
    /// Every entry lies within the derived bound.
    case within
    /// Some entry lies beyond the bound, or is not finite where the exact value is.
    case wrong
    /// The bound is wider than the value.
    case undecided
  }

  /// The lines along which the bound was derived.
  public enum Lines: String, CaseIterable, Hashable, Sendable {
    /// What `gradcheck derive` prints.
    case derived
    /// The forward pass differentiated line by line.
    case framework
    /// The claims of the file that are proved.
    case author
    /// The derived ones, bounded by norms as transforms are.
    case norms
  }

  /// One entry, in the numbers of a report.
  public struct Entry: Sendable {
    /// The coordinates of the entry.
    public let place: [Int]
    /// The exact value, rounded to a `Double`.
    public let exact: Double
    /// The number that the kernel computed.
    public let computed: Double
    /// |computed − exact| over what is allowed.
    public let ratio: Double
    /// |computed − exact| in steps of the format.
    public let steps: Double
  }

  /// The name of the tensor in the file.
  public let name: String
  /// The extents of its axes.
  public let extents: [Int]
  /// The format that the tensor is stored in.
  public let storage: BinaryFormat
  /// The format that its sums were formed in, as the kernel declares it.
  public let accumulation: BinaryFormat
  /// What the entries come to together.
  public private(set) var verdict: Verdict
  /// The lines whose bound the verdict is by.
  public let lines: Lines
  /// In how many bits the worst entry agrees, relative to the largest; nil where all agree.
  public let bits: Double?
  /// The entry that is farthest off, relative to what is allowed; nil for a tensor without entries.
  public private(set) var worst: Entry?
  /// How many entries lie beyond the bound.
  public private(set) var beyond: Int
  /// The number of entries.
  public let count: Int
  /// The median and the worst of bound/|largest exact|: what change of an entry would be seen.
  public let resolution: Resolution?
  /// Where the entries beyond the bound lie.
  public var pattern: String?
  /// What explains them.
  public var cause: String?
  /// Why nothing is said, for an undecided tensor.
  public var reason: String?

  /// How small a change of an entry would be seen: what is allowed, over the magnitude of the exact
  /// value.
  public struct Resolution: Hashable, Sendable {
    /// The median over all entries that are not zero.
    public let median: Double
    /// The largest one, of the entry that is judged most loosely.
    public let worst: Double
    /// The entry that has the worst one.
    public let entry: [Int]
  }

  /// The same tensor with nothing said of it, for a reason.
  func undecided(because reason: String) -> TensorJudgement {
    var result = self
    result.verdict = .undecided
    result.beyond = 0
    result.worst = nil
    result.pattern = nil
    result.reason = reason
    return result
  }
}

/// Computed numbers beside exact ones, entry by entry.
struct ComparedTensor {
  let exact: Tensor<RoundedNumber>
  let computed: [Double]
  let storage: BinaryFormat

  var comparisons: [EntryComparison] {
    zip(exact.elements, computed).map {
      EntryComparison(exact: $0, computed: $1, storage: storage)
    }
  }

  /// The places of the entries beyond the bound.
  var beyond: [Int] {
    exact.elements.indices.filter {
      EntryComparison(exact: exact.elements[$0], computed: computed[$0], storage: storage).isBeyond
    }
  }

  var isWithin: Bool {
    zip(exact.elements, computed).allSatisfy {
      !EntryComparison(exact: $0, computed: $1, storage: storage).isBeyond
    }
  }

  /// The largest exact value.
  var largest: Double { exact.elements.reduce(0) { max($0, $1.value.high.magnitude) } }

  func judgement(
    name: String, accumulation: BinaryFormat, lines: TensorJudgement.Lines
  ) -> TensorJudgement {
    let comparisons = comparisons
    let ratios = comparisons.map(\.ratio)
    let beyond = ratios.count { !($0 <= 1) }
    let largest = largest
    let verdict: TensorJudgement.Verdict
    if beyond > 0 {
      verdict = .wrong
    } else if comparisons.allSatisfy(\.isRoundedExactly) {
      verdict = .exact
    } else if largest > 0, comparisons.allSatisfy(\.wouldPassAsZero) {
      verdict = .undecided
    } else {
      verdict = .within
    }
    let worstPlace = ratios.indices.max { Self.isLess(ratios[$0], ratios[$1]) }
    let off = comparisons.reduce(0) {
      max($0, $1.computed.isFinite ? $1.difference.high : .infinity)
    }
    return TensorJudgement(
      name: name, extents: exact.extents, storage: storage, accumulation: accumulation,
      verdict: verdict, lines: lines,
      bits: off > 0 && largest > 0 && verdict != .exact ? Self.bits(off / largest) : nil,
      worst: worstPlace.map { entry(comparisons[$0], at: $0) }, beyond: beyond,
      count: comparisons.count, resolution: resolution(comparisons))
  }

  /// −log₂ of a relative difference, and 0 for what is farther off than the value itself.
  private static func bits(_ relative: Double) -> Double {
    guard relative.isFinite else { return 0 }
    let exponent = Double(relative.exponent)
    return max(0, -(exponent + (relative.significand - 1)))
  }

  private static func isLess(_ a: Double, _ b: Double) -> Bool { a < b }

  private func entry(_ comparison: EntryComparison, at place: Int) -> TensorJudgement.Entry {
    TensorJudgement.Entry(
      place: TensorShape.entry(at: place, in: exact.extents), exact: comparison.exact.value.high,
      computed: comparison.computed, ratio: comparison.ratio, steps: comparison.steps)
  }

  private func resolution(_ comparisons: [EntryComparison]) -> TensorJudgement.Resolution? {
    let shares = comparisons.enumerated().compactMap { place, comparison in
      let size = comparison.exact.value.high.magnitude
      return size > 0 ? (share: comparison.allowed / size, place: place) : nil
    }.sorted { $0.share < $1.share }
    guard let worst = shares.last else { return nil }
    return TensorJudgement.Resolution(
      median: shares[shares.count / 2].share, worst: worst.share,
      entry: TensorShape.entry(at: worst.place, in: exact.extents))
  }
}
