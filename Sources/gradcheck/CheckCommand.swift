import ArgumentParser
import Diagnostics
import Explaining
import Judging
import KernelJudging
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

  @Flag(help: "Count a file in which nothing is claimed as one with an error.")
  var requireClaims = false

  @Flag(
    name: .shortAndLong,
    help: "Print what does not hold, and nothing where everything does; the exit status says it.")
  var quiet = false

  @Flag(
    help: "Explain every derived line: where it comes from, its rule, and why its shapes fit.")
  var explain = false

  @Flag(
    inversion: .prefixedNo,
    help: "Search for the cause of a wrong claim, and for the change that repairs it.")
  var causes = true

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
    if quiet, output.format != .text, output.format != .concise {
      throw ValidationError("--quiet is of --format text and concise; other formats are whole.")
    }
    if explain, output.format != .text {
      throw ValidationError(
        "--explain is of --format text; `derive --explain --format json` has it as well.")
    }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    var options = limits.limiting(
      CheckOptions(seed: draws.seed, sizes: input.overrides, targets: derivation.names))
    options.allowsRounded = allowRounded
    options.searchesCauses = causes
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
    var outcomes: [Outcome] = []
    var computed: [KernelReport] = []
    for (number, item) in loaded.items.enumerated() {
      let report = self.report(on: item, options)
      reports.append(report)
      // People see each file's report as soon as there is one.
      if output.format == .text { try write([report], to: &result, isFirst: number == 0) }
      switch Result(catching: { () throws(KernelFailure) in
        try ClaimedTensors(item, options: options).judged()
      }) {
      case .success(let judged):
        if output.format == .text { try write(judged, of: item, to: &result) }
        computed += judged
      case .failure(let failure):
        outcomes.append(try failure.report(to: &result, output))
        if output.format == .json { return outcomes.max() ?? .fileIsWrong }
      }
    }
    if !computed.isEmpty, output.format != .text, output.format != .json {
      throw UsageError(
        message: "what a `check from` of tensors shows is told by --format text and json only")
    }
    if output.format != .text {
      try write(reports, computed, to: &result)
    } else if reports.count > 1, !(quiet && reports.allSatisfy { $0.outcome == .holds }) {
      try result.write("\n" + RunSummary(reports).sentence + "\n")
    }
    return (reports.map(\.outcome) + computed.map(\.outcome) + outcomes).max() ?? .holds
  }

  private func write(
    _ judged: [KernelReport], of item: LoadedInput.Item, to result: inout ResultWriter
  ) throws(OutputError) {
    guard case .program(let program, _) = item else { return }
    for report in judged {
      try result.write(
        "\n" + report.text(layer: program.source.name, style: output.style(for: .output)))
    }
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
      return requireClaims ? report.requiringClaims : report
    }
  }

  private func write(
    _ reports: [FileReport], _ computed: [KernelReport] = [], to result: inout ResultWriter,
    isFirst: Bool = true
  ) throws(OutputError) {
    let style = output.style(for: .output)
    switch output.format {
    case .text:
      var writer = TextReport(style: style, width: output.width(for: .output))
      writer.isQuiet = quiet
      writer.explains = explain
      let text = reports.map(writer.render).joined()
      if !text.isEmpty { try result.write((isFirst ? "" : "\n") + text) }
    case .concise:
      let isSilent = quiet && reports.allSatisfy { $0.outcome == .holds }
      if !isSilent { try result.write(ConciseReport.text(reports, style: style)) }
    case .html: try result.writeVerbatim(HTMLReport.text(reports))
    case .json:
      let json = JSONReport.json(reports, notations: notations)
      guard !computed.isEmpty, var object = json.objectValue else { return try result.write(json) }
      object["computed"] = KernelReport.json(computed)["files"]
      try result.write(.object(object))
    case .sarif: try result.write(SARIFReport.json(reports))
    case .junit: try result.write(JUnitReport.text(reports, timestamp: Clock.timestamp))
    case .github: try result.write(GitHubReport.text(reports))
    }
  }
}
