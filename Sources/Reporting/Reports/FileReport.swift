import Diagnostics
import Explaining
import Judging

/// What a run has to say about one file.
public struct FileReport: Sendable {
  public let source: SourceText
  /// What is wrong with the text, and what is worth knowing about it.
  public let diagnostics: [Diagnostic]
  /// What was found; nil when the text could not be understood.
  public let check: CheckReport?
  /// How this program was caught in an error of its own.
  public let internalError: String?
  /// How long it took to find out; nil where nothing was checked.
  public let seconds: Double?
  /// The lines of the passes as they are printed.
  let passes: PrintedPasses?
  /// Whether what claims assume counts as not holding.
  public var isStrict = false

  public init(
    source: SourceText, diagnostics: [Diagnostic], check: CheckReport?,
    internalError: String? = nil, seconds: Double? = nil
  ) {
    self.init(
      source: source, diagnostics: diagnostics, check: check, internalError: internalError,
      seconds: seconds, passes: nil)
  }

  init(
    source: SourceText, diagnostics: [Diagnostic], check: CheckReport?, internalError: String?,
    seconds: Double?, passes: PrintedPasses?
  ) {
    self.passes = passes
    self.source = source
    self.diagnostics = diagnostics
    self.check = check
    self.internalError = internalError
    self.seconds = seconds
  }

  public var outcome: Outcome {
    if internalError != nil { return .internalError }
    if diagnostics.contains(where: { $0.severity == .error }) { return .fileIsWrong }
    guard let check else { return .fileIsWrong }
    let isAssumed = isStrict && !check.claims.isEmpty && !check.assumptions.isEmpty
    return isAssumed ? max(check.outcome, .undecided) : check.outcome
  }
}
