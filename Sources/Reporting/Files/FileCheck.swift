import Diagnostics
import Evaluation
import Explaining
import ExpressionLanguage
import Judging

/// From a source text to its report: read, understand, derive, judge.
public struct FileCheck: Sendable {
  /// How claims are judged.
  public let options: CheckOptions
  /// The text of a file that a `check from` names, relative to the source that names it.
  public let loading: @Sendable (String) throws -> String

  /// Told while values are compared how many multiply-adds were done.
  public let progress: (@Sendable (Int) -> Void)?

  public init(
    _ options: CheckOptions = CheckOptions(),
    loading: @escaping @Sendable (String) throws -> String = { throw MissingFile(name: $0) },
    progress: (@Sendable (Int) -> Void)? = nil
  ) {
    self.options = options
    self.loading = loading
    self.progress = progress
  }

  /// A file that was asked for where no file can be read.
  public struct MissingFile: Error, Hashable {
    /// The name of the file that was asked for.
    public let name: String

    public init(name: String) { self.name = name }
  }

  /// What the text means; nil when it has an error.
  public func program(of source: SourceText, into diagnostics: inout DiagnosticList) -> Program? {
    let file = SyntaxFile.parse(source, into: &diagnostics)
    if diagnostics.hasErrors { return nil }
    let program = Elaborator.elaborate(
      file, sizes: options.sizes, loading: loading, into: &diagnostics)
    return diagnostics.hasErrors ? nil : program
  }

  /// Everything found about a text.
  public func report(on source: SourceText) -> FileReport {
    var diagnostics = DiagnosticList(source: source)
    guard let program = program(of: source, into: &diagnostics) else {
      return FileReport(source: source, diagnostics: diagnostics.inSourceOrder, check: nil)
    }
    return report(on: program, diagnostics: diagnostics)
  }

  /// Everything found about a program that was understood.
  public func report(on program: Program, diagnostics: DiagnosticList) -> FileReport {
    let start = ContinuousClock.now
    var diagnostics = diagnostics
    var check: CheckReport?
    var internalError: String?
    var passes: PrintedPasses?
    let limits = EvaluationLimits(for: program, options, progress: progress)
    do throws(CheckFailure) {
      let report = try limits.scope { () throws(CheckFailure) in
        try Checker.explaining(options).check(program)
      }.get()
      passes = try PrintedPasses(program: program, backward: report.backward).readable
      check = report
      if let refusal = Self.refusal(report, limits.meter) { diagnostics.append(refusal) }
    } catch {
      diagnostics.append(contentsOf: error.diagnostics)
      internalError = error.internalError
    }
    return FileReport(
      source: program.source, diagnostics: diagnostics.inSourceOrder, check: check,
      internalError: internalError, seconds: (ContinuousClock.now - start) / .seconds(1),
      passes: passes)
  }

  /// Why claims were left undecided, where that is for the limits.
  private static func refusal(_ report: CheckReport, _ meter: WorkMeter?) -> Diagnostic? {
    if let refusal = report.refusal { return refusal }
    let undecided = report.claims.first { claim in
      if case .undecided = claim.verdict { true } else { false }
    }
    return undecided.flatMap { claim in meter?.refusal?.refusal(at: claim.range) }
  }
}
