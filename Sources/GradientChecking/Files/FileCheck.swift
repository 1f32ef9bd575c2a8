import Diagnostics
import ExpressionLanguage

/// From a source text to its report: read, understand, derive, judge.
public struct FileCheck: Sendable {
  public let options: CheckOptions
  /// The text of a file that a `check from` names, relative to the source that names it.
  public let loading: @Sendable (String) throws -> String

  public init(
    _ options: CheckOptions = CheckOptions(),
    loading: @escaping @Sendable (String) throws -> String = { throw MissingFile(name: $0) }
  ) {
    self.options = options
    self.loading = loading
  }

  /// A file that was asked for where no file can be read.
  public struct MissingFile: Error, Hashable {
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
    var diagnostics = diagnostics
    var check: CheckReport?
    var internalError: String?
    do throws(CheckFailure) {
      check = try Checker(options).check(program)
    } catch {
      diagnostics.append(contentsOf: error.diagnostics)
      internalError = error.internalError
    }
    return FileReport(
      source: program.source, diagnostics: diagnostics.inSourceOrder, check: check,
      internalError: internalError)
  }
}

extension CheckFailure {
  /// How this program was caught in an error of its own.
  public var internalError: String? {
    if case .internalError(let detail) = self { detail } else { nil }
  }

  /// What is wrong with the user's file; nothing for an error of this program.
  public var diagnostics: [Diagnostic] {
    switch self {
    case .derivation(.notDifferentiable(let function, let operand)):
      [
        Diagnostic(
          code: "not-differentiable",
          "`\(function)` has no derivative by its operand \(operand + 1)")
      ]
    case .sizes(let reason): [Diagnostic(code: "no-sizes", reason)]
    case .internalError: []
    }
  }
}
