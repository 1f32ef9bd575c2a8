import Diagnostics
import ExpressionLanguage
import Judging
import KernelJudging
import Reporting

/// What is wrong with a file that a kernel's command was given.
struct KernelFailure: Error {
  let reports: FileReport

  init(_ source: SourceText, _ diagnostics: [Diagnostic]) {
    reports = FileReport(source: source, diagnostics: diagnostics, check: nil)
  }

  init(_ report: FileReport) { reports = report }

  /// Says what is wrong, and gives the exit status.
  func report(
    to result: inout ResultWriter, _ output: OutputOptions
  ) throws(OutputError) -> Outcome {
    if output.format == .json {
      try result.write(JSONReport.json([reports]))
    } else {
      Console.error.say(TextReport(style: output.style(for: .error)).render(reports))
    }
    return reports.outcome
  }
}

/// The one layer that a kernel's command is about.
struct KernelInput {
  let layer: KernelLayer

  static func load(
    _ input: InputOptions, options: CheckOptions
  ) throws(UsageError) -> Result<KernelInput, KernelFailure> {
    let loaded = try LoadedInput(input, options: options)
    guard let item = loaded.items.first else { throw UsageError(message: "no file is named") }
    return layer(of: item)
  }

  /// The layer of a file, where files of other kinds stand beside it on the command line.
  static func load(
    path: String, dims: [SizeOverride], options: CheckOptions
  ) throws(UsageError) -> Result<KernelInput, KernelFailure> {
    var input = InputOptions()
    input.files = [path]
    input.dims = dims
    input.statements = []
    input.furtherStatements = []
    return try load(input, options: options)
  }

  static func layer(of item: LoadedInput.Item) -> Result<KernelInput, KernelFailure> {
    switch item {
    case .failed(let report): return .failure(KernelFailure(report))
    case .program(let program, _):
      do throws(CheckFailure) {
        return .success(KernelInput(layer: try KernelLayer(program)))
      } catch {
        return .failure(
          KernelFailure(
            FileReport(
              source: program.source, diagnostics: error.diagnostics, check: nil,
              internalError: error.internalError)))
      }
    }
  }
}
