import Diagnostics
import ExpressionLanguage
import Judging

/// One thing that stands against a file: a diagnostic, or a claim that does not hold. The formats of other programs
/// list these.
struct Finding {
  enum Level: String {
    case error, warning, note
  }

  /// A short name of its kind: `wrong/flip`, `undecided`, `file/unknown-name`.
  let rule: String
  let level: Level
  let title: String
  let message: String
  let source: SourceText
  /// Nil where it is about the whole file.
  let range: SourceRange?
  let fix: ClaimFix?

  /// Everything that stands against a file, in the order of the text.
  static func all(in report: FileReport) -> [Finding] {
    var findings = report.diagnostics.map { Finding($0, in: report.source) }
    if let check = report.check {
      findings += check.claims.filter { !$0.verdict.holds }.map { Finding($0, in: check.program) }
    }
    if let internalError = report.internalError {
      findings.append(
        Finding(
          rule: FileReport.internalErrorRule, level: .error, title: "internal error",
          message: internalError,
          source: report.source, range: nil, fix: nil))
    }
    let keyed = findings.enumerated().map { (start: $1.range?.start ?? -1, index: $0) }
    return keyed.sorted { ($0.start, $0.index) < ($1.start, $1.index) }.map { findings[$0.index] }
  }

  private init(
    rule: String, level: Level, title: String, message: String, source: SourceText,
    range: SourceRange?, fix: ClaimFix?
  ) {
    self.rule = rule
    self.level = level
    self.title = title
    self.message = message
    self.source = source
    self.range = range
    self.fix = fix
  }

  private init(_ diagnostic: Diagnostic, in source: SourceText) {
    rule = "file/\(diagnostic.code.name)"
    level =
      switch diagnostic.severity {
      case .error: .error
      case .warning: .warning
      case .note: .note
      }
    title = diagnostic.code.name
    message = diagnostic.message + (diagnostic.help.map { " (help: \($0))" } ?? "")
    self.source = source
    range = diagnostic.range
    fix = nil
  }

  init(_ claim: ClaimReport, in program: Program) {
    rule = claim.verdict.rule
    title = "\(claim.name) \(claim.verdict.word)"
    level = claim.verdict.outcome == .claimIsWrong ? .error : .warning
    message = claim.verdict.reason(in: program)
    source = program.source
    range = claim.claimedRange
    fix = ClaimFix(claim, in: program)
  }
}

extension Verdict {
  /// A short name of what was found: `wrong/flip`; a wrong claim that nothing explains is `wrong/unexplained`.
  var rule: String {
    guard case .wrong(let refutation) = self else {
      return word.split(separator: " ").joined(separator: "-")
    }
    let isShape = refutation.cause == nil && refutation.diagnostic != nil
    let cause = refutation.cause?.kind ?? (isShape ? .shape : nil)
    return "wrong/" + (cause?.code ?? "unexplained")
  }
}
