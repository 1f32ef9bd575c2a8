import ExpressionLanguage
import Judging

/// What came out of the runs of one file, or of some parts of them.
public struct PropertyReport: Hashable, Sendable {
  /// The name of the file.
  public let file: String
  /// What every draw of every run follows from.
  public let seed: UInt64
  /// The runs of all parts together.
  public let runs: Int
  /// The parts that this report holds.
  public internal(set) var shards: [Shard]
  /// The runs that were done.
  public internal(set) var done = 0
  /// For each claim, by the line that it stands on, how often each verdict was given.
  public internal(set) var claims: [Claim] = []
  /// How often the derived gradients agreed with dual numbers: `exact`, `enclosed` or `unknown`.
  public internal(set) var selfChecks: [String: Int] = [:]
  /// The smallest and the largest of each size that were drawn.
  public internal(set) var sizes: [Extremes] = []
  /// The wrong claims, in the order of their runs; the first ``failureLimit`` of them.
  public internal(set) var failures: [Failure] = []

  /// So many failures are kept; the others are counted.
  public static let failureLimit = 50

  /// One claim, and how it fared in all runs.
  public struct Claim: Hashable, Sendable {
    /// What the claim is about: `dX`, or `assert`.
    public let name: String
    /// The line in the file, from 1.
    public let line: Int
    /// How often each verdict was given, by its word.
    public internal(set) var verdicts: [String: Int] = [:]
  }

  /// What was drawn for one size.
  public struct Extremes: Hashable, Sendable {
    /// The size's name.
    public let name: String
    /// The smallest number that was drawn.
    public internal(set) var smallest: Int
    /// The largest number that was drawn.
    public internal(set) var largest: Int
  }

  /// One run in which a claim was found wrong.
  public struct Failure: Hashable, Sendable {
    /// The number of the run, from 0.
    public let run: Int
    /// What the claim is about.
    public let claim: String
    /// The line of the claim, from 1.
    public let line: Int
    /// The numbers of the sizes in this run.
    public let sizes: [String: Int]
    /// The slip that explains the difference; nil when none was found.
    public let cause: String?
    /// The smallest case; found once for each claim.
    public let counterexample: Counterexample?
  }

  init(file: String, seed: UInt64, runs: Int, shards: [Shard]) {
    self.file = file
    self.seed = seed
    self.runs = runs
    self.shards = shards
  }

  /// What the runs come to.
  public var outcome: Outcome {
    let words = Set(claims.flatMap { $0.verdicts.keys })
    if words.contains("wrong") || words.contains("inherited") { return .claimIsWrong }
    return words.contains("kink") || words.contains("undecided") ? .undecided : .holds
  }

  /// The command that repeats one run and no other.
  public func command(repeating run: Int) -> String {
    "gradcheck property \(file) --runs \(max(runs, run + 1)) --seed \(seed)"
      + " --shard \(Shard(only: run, of: runs))"
  }
}

// MARK: - Counting

extension PropertyReport {
  mutating func sawSize(_ name: String, _ value: Int?) {
    guard let value else { return }
    if let position = sizes.firstIndex(where: { $0.name == name }) {
      sizes[position].smallest = min(sizes[position].smallest, value)
      sizes[position].largest = max(sizes[position].largest, value)
    } else {
      sizes.append(Extremes(name: name, smallest: value, largest: value))
    }
  }

  /// Adds one run's verdicts.
  mutating func count(_ report: CheckReport) {
    done += 1
    for claim in report.claims { count(claim.name, claim.line, claim.verdict.word, 1) }
    if let selfCheck = report.selfCheck { selfChecks[selfCheck.duals.word, default: 0] += 1 }
  }

  mutating func count(_ name: String, _ line: Int, _ verdict: String, _ times: Int) {
    if !claims.contains(where: { $0.line == line && $0.name == name }) {
      claims.append(Claim(name: name, line: line))
      claims.sort { ($0.line, $0.name) < ($1.line, $1.name) }
    }
    for position in claims.indices where claims[position].line == line {
      if claims[position].name == name { claims[position].verdicts[verdict, default: 0] += times }
    }
  }

  /// Whether no failure of the claim is known.
  func isNew(_ claim: ClaimReport) -> Bool {
    !failures.contains { $0.line == claim.line && $0.claim == claim.name }
  }

  mutating func add(_ failure: Failure) {
    if failures.count < Self.failureLimit { failures.append(failure) }
  }
}

extension SelfCheck.Agreement {
  /// The word in counts.
  var word: String {
    switch self {
    case .exact: "exact"
    case .enclosed: "enclosed"
    case .unknown: "unknown"
    case .disagreement: "disagreement"
    }
  }
}
