/// Why reports cannot be merged.
public enum PropertyMergeError: Error, Hashable, Sendable {
  /// There are no reports to merge.
  case nothing
  /// Reports of different files, seeds or numbers of runs.
  case different(String, String)
  /// Two parts that hold the same run.
  case overlapping(Shard, Shard)
}

extension PropertyReport {
  /// One report of the parts of one run: counts add up, and of each claim's smallest cases the one of the first run
  /// stays.
  ///
  /// Merging the parts `1/N` … `N/N` in any order gives the report of the whole run. Every part looks for a
  /// cause and the smallest case of its own first failure; the whole run does so once for each claim, and so
  /// only the first ones stay.
  public static func merging(
    _ reports: [PropertyReport]
  ) throws(PropertyMergeError) -> PropertyReport {
    guard let first = reports.first else { throw .nothing }
    var merged = PropertyReport(
      file: first.file, seed: first.seed, runs: first.runs, shards: [])
    for report in reports {
      guard report.file == merged.file, report.seed == merged.seed, report.runs == merged.runs
      else { throw .different(first.identity, report.identity) }
      for shard in report.shards {
        if let other = merged.shards.first(where: { $0.overlaps(shard, runs: report.runs) }) {
          throw .overlapping(other, shard)
        }
      }
      merged.shards += report.shards
      merged.add(report)
    }
    merged.shards.sort { ($0.count, $0.index) < ($1.count, $1.index) }
    merged.keepFirstCounterexamples()
    return merged
  }

  private var identity: String { "\(file), seed \(seed), \(runs) runs" }

  private mutating func add(_ other: PropertyReport) {
    done += other.done
    for claim in other.claims {
      for (verdict, times) in claim.verdicts { count(claim.name, claim.line, verdict, times) }
    }
    for (word, times) in other.selfChecks { selfChecks[word, default: 0] += times }
    for size in other.sizes {
      sawSize(size.name, size.smallest)
      sawSize(size.name, size.largest)
    }
    failures += other.failures
  }

  private mutating func keepFirstCounterexamples() {
    failures.sort { ($0.run, $0.line) < ($1.run, $1.line) }
    var seen: Set<String> = []
    failures = failures.prefix(Self.failureLimit).map { failure in
      guard failure.counterexample != nil else { return failure }
      if seen.insert("\(failure.line) \(failure.claim)").inserted { return failure }
      return Failure(
        run: failure.run, claim: failure.claim, line: failure.line, sizes: failure.sizes,
        cause: nil, counterexample: nil)
    }
  }
}
