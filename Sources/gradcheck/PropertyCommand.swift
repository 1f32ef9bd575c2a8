import ArgumentParser
import Diagnostics
import ExpressionLanguage
import Judging
import PropertyTesting
import Reporting

/// `gradcheck property FILE`: check again and again, at other sizes and values.
struct PropertyCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "property",
    abstract: "Check a file at many sizes and values; shrink what fails.",
    discussion: """
      Sizes are drawn from the ranges that `dims` declares, from 1 to 6 where it leaves them free. \
      --shard I/N runs the I-th of N disjoint parts; --merge puts the JSON reports of the parts together.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var draws: DrawOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "How many runs there are in all parts together.")
  var runs = 100

  @Option(help: ArgumentHelp("The part that is run, such as 2/5.", valueName: "i/n"))
  var shard = Shard.whole

  @Flag(help: "Merge reports: the files are what --format json printed for the parts.")
  var merge = false

  func validate() throws {
    if !(1...1_000_000_000).contains(runs) {
      throw ValidationError("--runs is between 1 and 1000000000.")
    }
    if !input.dims.isEmpty {
      throw ValidationError("--dim has no meaning here: sizes are drawn. Fix them in the file.")
    }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    if merge { return try mergeReports(&result) }
    var outcome = Outcome.holds
    var reports: [JSONValue] = []
    var failed: [FileReport] = []
    for (number, source) in input.sources().enumerated() {
      if number > 0, output.format == .text { try result.write("\n") }
      switch run(source) {
      case .success(let report):
        outcome = max(outcome, report.outcome)
        reports.append(report.json)
        if output.format == .text {
          try result.write(report.text(style: output.style(for: .output)))
        }
      case .failure(let failure):
        outcome = max(outcome, failure.report.outcome)
        failed.append(failure.report)
        if output.format == .text {
          try result.write(
            TextReport(style: output.style(for: .output)).render(failure.report))
        }
      }
    }
    if output.format == .json { try write(reports, failed, &result) }
    return outcome
  }

  /// A single report is an object of its own, which `--merge` reads.
  private func write(
    _ reports: [JSONValue], _ failed: [FileReport], _ result: inout ResultWriter
  ) throws(OutputError) {
    if reports.count == 1, failed.isEmpty { return try result.write(reports[0]) }
    var object = JSONReport.head
    object["reports"] = .array(reports)
    object["diagnostics"] = JSONReport.json(failed)["diagnostics"]
    try result.write(.object(object))
  }

  private struct Failure: Error {
    let report: FileReport
  }

  private func run(
    _ source: Result<SourceText, UnreadableFile>
  ) -> Result<PropertyReport, Failure> {
    switch source {
    case .failure(let unreadable): return .failure(Failure(report: unreadable.report))
    case .success(let text):
      var progress = ProgressLine(text.name)
      defer { progress.finish() }
      do throws(PropertyFailure) {
        var options = PropertyRun.Options(runs: runs, seed: draws.seed, shard: shard)
        options.workLimit = limits.budget?.count
        options.memoryLimit = limits.memory?.bytes
        let run = try PropertyRun(
          text, options: options, loading: NeighbourFiles(of: text).text(of:))
        return .success(try run.report { progress.update(done: $0, of: $1) })
      } catch {
        return .failure(Failure(report: error.report(on: text)))
      }
    }
  }

  private func mergeReports(_ result: inout ResultWriter) throws -> Outcome {
    var parts: [PropertyReport] = []
    for source in input.sources() {
      do {
        parts.append(try PropertyReport(json: JSONValue.parse(source.get())))
      } catch let error as UnreadableFile {
        throw UsageError(message: "\(error.name): \(error.reason.sentence)")
      } catch {
        throw UsageError(message: "--merge reads what --format json prints: \(error)")
      }
    }
    let merged: PropertyReport
    do throws(PropertyMergeError) {
      merged = try PropertyReport.merging(parts)
    } catch {
      throw UsageError(message: error.sentence)
    }
    if output.format == .json {
      try result.write(merged.json)
    } else {
      try result.write(merged.text(style: output.style(for: .output)))
    }
    return merged.outcome
  }
}

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
  /// The part as it is written on the command line, `I/N`.
  public var defaultValueDescription: String { description }
}

extension PropertyFailure {
  /// What is wrong with a file that has no property runs.
  fileprivate func report(on source: SourceText) -> FileReport {
    switch self {
    case .file(let list):
      FileReport(source: source, diagnostics: list.inSourceOrder, check: nil)
    case .noSizes:
      FileReport(source: source, diagnostics: [PointError.noSizes.diagnostic], check: nil)
    case .check(let error):
      FileReport(
        source: source, diagnostics: error.diagnostics, check: nil,
        internalError: error.internalError)
    }
  }
}

extension PropertyMergeError {
  fileprivate var sentence: String {
    switch self {
    case .nothing: "there is nothing to merge"
    case .different(let first, let second):
      "reports of different runs cannot be merged: \(first), and \(second)"
    case .overlapping(let first, let second): "the parts \(first) and \(second) share runs"
    }
  }
}
