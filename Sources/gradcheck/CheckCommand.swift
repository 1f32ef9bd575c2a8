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

  @Flag(help: "Count what claims assume, such as a size that is divided, as not holding.")
  var strict = false

  @Flag(
    help:
      "Count claims that are right but for rounded literals as right, however few digits those have."
  )
  var allowRounded = false

  static let formats = OutputOptions.Format.allCases

  func validate() throws {
    guard notations.isEmpty || output.format == .json else {
      throw ValidationError("--notation needs --format json; `derive --notation` prints text.")
    }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    var options = limits.limiting(
      CheckOptions(seed: draws.seed, sizes: input.overrides, targets: derivation.names))
    options.allowsRounded = allowRounded
    if let at {
      switch PointReading.point(at: at) {
      case .success(let read): options.givenValues = read.point.values
      case .failure(let failure):
        try write([failure.report], to: &result)
        return failure.report.outcome
      }
    }
    let loaded = try LoadedInput(input, options: options)
    var reports: [FileReport] = []
    for (number, item) in loaded.items.enumerated() {
      let report = self.report(on: item, options)
      reports.append(report)
      // People see each file's report as soon as there is one.
      if output.format == .text {
        if number > 0 { try result.write("\n") }
        try write([report], to: &result)
      }
    }
    if output.format != .text { try write(reports, to: &result) }
    return reports.map(\.outcome).max() ?? .holds
  }

  private func report(on item: LoadedInput.Item, _ options: CheckOptions) -> FileReport {
    switch item {
    case .failed(let failed): return failed
    case .program(let program, let diagnostics):
      let progress = WorkProgress(program.source.name)
      defer { progress.finish() }
      var report = FileCheck(options, progress: progress.update).report(
        on: program, diagnostics: diagnostics)
      report.isStrict = strict
      return report
    }
  }

  private func write(_ reports: [FileReport], to result: inout ResultWriter) throws(OutputError) {
    let style = output.style(for: .output)
    switch output.format {
    case .text:
      let text = TextReport(style: style, width: output.width(for: .output))
      for report in reports { try result.write(text.render(report)) }
    case .concise: try result.write(ConciseReport.text(reports, style: style))
    case .json: try result.write(JSONReport.json(reports, notations: notations))
    case .sarif: try result.write(SARIFReport.json(reports))
    case .junit: try result.write(JUnitReport.text(reports, timestamp: Clock.timestamp))
    case .github: try result.write(GitHubReport.text(reports))
    }
  }
}
