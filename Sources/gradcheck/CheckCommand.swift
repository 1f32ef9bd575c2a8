import ArgumentParser
import Diagnostics
import Explaining
import Judging
import Reporting

/// `gradcheck FILE…`: derive, judge, report.
struct CheckCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Derive the backward pass, judge every claim, report (the default).")

  @OptionGroup var input: InputOptions
  @OptionGroup var derivation: DerivationOptions
  @OptionGroup var draws: DrawOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "The point at which claims are checked, as for eval; what it leaves out is drawn.",
      valueName: "point.json"),
    completion: .file(extensions: ["json"]))
  var at: String?

  @Option(
    name: .customLong("notation"),
    help: "A notation in which `--format json` gives lines as well; the option may be repeated.")
  var notations: [PassNotation] = []

  func validate() throws {
    guard notations.isEmpty || output.format == .json else {
      throw ValidationError("--notation needs --format json; `derive --notation` prints text.")
    }
  }

  func perform() throws -> Outcome {
    var options = limits.limiting(
      CheckOptions(seed: draws.seed, sizes: input.overrides, targets: derivation.names))
    if let at {
      switch PointReading.point(at: at) {
      case .success(let read): options.givenValues = read.point.values
      case .failure(let failure): return fail(failure.report)
      }
    }
    let loaded = try LoadedInput(input, options: options)
    let text = TextReport(style: output.style(for: .output))
    var reports: [FileReport] = []
    for (number, item) in loaded.items.enumerated() {
      let report: FileReport
      switch item {
      case .failed(let failed): report = failed
      case .program(let program, let diagnostics):
        let progress = WorkProgress(program.source.name)
        report = FileCheck(options, progress: progress.update).report(
          on: program, diagnostics: diagnostics)
        progress.finish()
      }
      reports.append(report)
      if output.format == .text {
        Console.output.write((number > 0 ? "\n" : "") + text.render(report))
      }
    }
    if output.format == .json { output.write(JSONReport.json(reports, notations: notations)) }
    return reports.map(\.outcome).max() ?? .holds
  }

  private func fail(_ report: FileReport) -> Outcome {
    switch output.format {
    case .text:
      Console.error.write(TextReport(style: output.style(for: .error)).render(report))
    case .json: output.write(JSONReport.json([report]))
    }
    return report.outcome
  }
}
