import Judging

/// What an exact run, or several, showed of one tensor.
public struct ExactJudgement: Sendable {
  /// What can be said of a tensor.
  public enum Verdict: String, CaseIterable, Hashable, Sendable {
    /// The code computes the gradient, at these sizes and on the cells that occurred.
    case identical
    /// Some entry differs.
    case wrong
    /// Nothing can be said in a finite field.
    case undecided
  }

  /// An entry that differs, by the numbers beside the residues.
  struct Entry: Sendable {
    let place: [Int]
    let exact: Double
    let computed: Double
  }

  /// The tensor's name in the kernel's file.
  public let name: String
  let extents: [Int]
  /// What is said of it.
  public internal(set) var verdict: Verdict
  /// The base-2 logarithm of a bound of the probability that a difference was not seen.
  var falseAcceptBits: Double
  var differing = 0
  var first: Entry?
  var pattern: String?
  var cause: String?
  var reason: String?

  var count: Int { extents.reduce(1, *) }

  init(
    name: String, extents: [Int], verdict: Verdict, falseAcceptBits: Double = 0,
    reason: String? = nil
  ) {
    self.name = name
    self.extents = extents
    self.verdict = verdict
    self.falseAcceptBits = falseAcceptBits
    self.reason = reason
  }

  /// What is known after another run: what one run refuses is refused, and independent draws multiply their bounds.
  func joined(with other: ExactJudgement) -> ExactJudgement {
    let severity: (Verdict) -> Int = {
      switch $0 {
      case .identical: 0
      case .undecided: 1
      case .wrong: 2
      }
    }
    if verdict == .identical, other.verdict == .identical {
      var both = self
      both.falseAcceptBits += other.falseAcceptBits
      return both
    }
    return severity(other.verdict) > severity(verdict) ? other : self
  }

  fileprivate var withoutBits: ExactJudgement {
    var result = self
    result.falseAcceptBits = 0
    return result
  }

  var outcome: Outcome {
    switch verdict {
    case .identical: .holds
    case .wrong: .claimIsWrong
    case .undecided: .undecided
    }
  }
}

/// What exact runs of one kernel showed.
public struct ExactReport: Sendable {
  /// The files of the results, one for each run.
  let fileNames: [String]
  let sizes: [(name: String, extent: Int)]
  let tensors: [ExactJudgement]
  /// How the masks fell, a line for each and each run.
  let cells: [String]

  /// How likely a tensor that is called identical may differ all the same, at most, as a power of 2.
  static let wantedBits = 60.0

  /// The runs of one kernel together; a tensor is judged by the runs that have it.
  public init(_ runs: [(file: String, tensors: [ExactJudgement], point: ExactPoint)]) {
    fileNames = runs.map(\.file)
    var joined: [ExactJudgement] = []
    var seeds: Set<UInt64> = []
    // A run at the same point says nothing more.
    let independent = runs.flatMap { run in
      let isNew = seeds.insert(run.point.field.seed).inserted
      return run.tensors.map { isNew ? $0 : $0.withoutBits }
    }
    for tensor in independent {
      if let place = joined.firstIndex(where: { $0.name == tensor.name }) {
        joined[place] = joined[place].joined(with: tensor)
      } else {
        joined.append(tensor)
      }
    }
    tensors = joined
    let first = runs.first?.point
    sizes = (first?.layer.program.sizes ?? []).compactMap { size in
      first?.sizes[size.name].map { (size.name, $0) }
    }
    var cells: [String] = []
    for run in runs {
      for words in run.point.cellWords where !cells.contains(words) { cells.append(words) }
    }
    self.cells = cells
  }

  /// How the command ends.
  public var outcome: Outcome { tensors.map(\.outcome).max() ?? .holds }
}
