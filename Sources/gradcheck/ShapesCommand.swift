import ArgumentParser
import Diagnostics
import Explaining
import Judging
import Reporting

/// `gradcheck shapes FILE…`: a table like a model summary.
struct ShapesCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "shapes",
    abstract: "Print each value's shape, parameters and multiply-adds.")

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let options = CheckOptions(sizes: input.overrides)
    let loaded = try LoadedInput(input, options: options)
    var outcome = Outcome.holds
    var summaries: [JSONValue] = []
    var failures: [FileReport] = []
    for (number, item) in loaded.items.enumerated() {
      switch item {
      case .failed(let report):
        outcome = max(outcome, report.outcome)
        failures.append(report)
        if output.format == .text {
          Console.error.say(
            TextReport(
              style: output.style(for: .error), width: output.width(for: .error)
            ).render(report))
        }
      case .program(let program, let diagnostics):
        let summary = ModelSummary(program, overrides: options.sizes)
        summaries.append(summary.json)
        failures.append(
          FileReport(source: program.source, diagnostics: diagnostics.inSourceOrder, check: nil))
        guard output.format == .text else { continue }
        Console.error.say(diagnostics.rendered(style: output.style(for: .error)))
        let text = summary.text(
          style: output.style(for: .output), width: output.width(for: .output))
        try result.write((number > 0 ? "\n" : "") + text)
      }
    }
    if output.format == .json {
      var object = JSONReport.head
      object["files"] = .array(summaries)
      object["diagnostics"] = JSONReport.json(failures)["diagnostics"]
      try result.write(.object(object))
    }
    return outcome
  }
}
