import Diagnostics
import Explaining
import Judging

/// What a run has to say about one file.
public struct FileReport: Sendable {
  /// The text of the file.
  public let source: SourceText
  /// What is wrong with the text, and what is worth knowing about it.
  public internal(set) var diagnostics: [Diagnostic]
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

  /// A report without the lines of the passes.
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

  /// The report as one that counts it as an error that nothing is claimed.
  public var requiringClaims: FileReport {
    guard let check, check.claims.isEmpty, internalError == nil,
      !diagnostics.contains(where: { $0.severity == .error })
    else { return self }
    var report = self
    report.diagnostics.append(
      Diagnostic(
        code: .noClaims, "the file claims nothing", notes: ["`--require-claims` asks for a claim"],
        help: passes?.claimExample.map { "a line that holds: `\($0)`" }))
    return report
  }

  /// The most serious of what was found; assumptions count as undecided where the report is strict.
  public var outcome: Outcome {
    if internalError != nil { return .internalError }
    if diagnostics.contains(where: { $0.severity == .error }) { return .fileIsWrong }
    guard let check else { return .fileIsWrong }
    let isAssumed = isStrict && !check.claims.isEmpty && !check.assumptions.isEmpty
    return isAssumed ? max(check.outcome, .undecided) : check.outcome
  }
}

extension DiagnosticCode {
  /// A file without a claim, where one is asked for.
  public static let noClaims: DiagnosticCode = "no-claims"
}

extension PrintedPasses {
  /// The first derived line that is one statement, as a claim.
  fileprivate var claimExample: String? {
    backward.lazy.compactMap { $0.statements.count == 1 ? $0.statements.first?.text : nil }.first
      .map { "check " + $0 }
  }
}
