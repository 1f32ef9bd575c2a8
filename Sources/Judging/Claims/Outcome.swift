/// What a run comes to, least serious first; the raw value is the exit status.
///
/// Several files come to the most serious of their outcomes.
public enum Outcome: Int32, CaseIterable, Hashable, Sendable, Comparable {
  /// Every claim holds.
  case holds = 0
  /// A claim could not be decided, or stands on a kink.
  case undecided = 3
  /// A claim is wrong, or inherits the error of one that is.
  case claimIsWrong = 1
  /// A file could not be read or understood.
  case fileIsWrong = 2
  /// The derived gradients and their witnesses disagree: an error of this program.
  case internalError = 70

  private var seriousness: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  public static func < (a: Outcome, b: Outcome) -> Bool { a.seriousness < b.seriousness }
}

extension CheckReport {
  /// The most serious outcome of a claim; an error of this program where a witness disagrees.
  public var outcome: Outcome {
    if case .disagreement = selfCheck?.duals { return .internalError }
    return claims.map(\.verdict.outcome).max() ?? .holds
  }
}

extension Verdict {
  /// What a claim with this verdict comes to; one with rounded literals holds only where those are
  /// accepted.
  public var outcome: Outcome {
    switch self {
    case .proved, .identical, .enclosed, .equalAtPoint, .exact: .holds
    case .rounded(let evidence): evidence.isAccepted ? .holds : .claimIsWrong
    case .wrong, .inherited: .claimIsWrong
    case .kink, .undecided: .undecided
    }
  }
}
