import ArgumentParser
import Diagnostics
import Evaluation
import Judging
import Reporting

/// `gradcheck eval FILE --at POINT.json`: exact values.
struct EvalCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Print the output and every gradient at a point, exactly.",
    discussion: """
      A point is a JSON object from names to nested lists of integers, decimals or "p/q"; it may \
      stand under the key "at". What it leaves out is drawn.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var derivation: DerivationOptions
  @OptionGroup var draws: DrawOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp("The file with the point; `-` is standard input.", valueName: "point.json"),
    completion: .file(extensions: ["json"]))
  var at: String?

  @Option(help: "The significant digits of values that are not rational.")
  var digits = 30

  func validate() throws {
    if !(1...100_000).contains(digits) {
      throw ValidationError("--digits is between 1 and 100000.")
    }
    if input.files.count + (input.statements.isEmpty ? 0 : 1) > 1 {
      throw ValidationError("One file is evaluated at a time.")
    }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let options = limits.limiting(
      CheckOptions(seed: draws.seed, sizes: input.overrides, targets: derivation.names))
    let loaded = try LoadedInput(input, options: options)
    guard let item = loaded.items.first else { return .holds }
    switch item {
    case .failed(let report): return try fail(report, &result)
    case .program(let program, let diagnostics):
      switch EvaluationLimits(for: program, options).value({
        PointCommandEvaluation(options: options, digits: digits).evaluate(program, at: at)
      }) {
      case .success(let report):
        if !diagnostics.isEmpty {
          Console.error.say(diagnostics.rendered(style: output.style(for: .error)))
        }
        if !report.drawn.isEmpty {
          let names = report.drawn.map { "`\($0.name)`" }.joined(separator: ", ")
          Console.error.say(
            "note: drawn, since no point gives them: \(names) (seed \(report.seed))\n")
        }
        if output.format == .json {
          try result.write(report.json)
        } else {
          try result.write(report.text(style: output.style(for: .output)))
        }
        return .holds
      case .failure(let failure): return try fail(failure.report, &result)
      }
    }
  }

  private func fail(
    _ report: FileReport, _ result: inout ResultWriter
  ) throws(OutputError) -> Outcome {
    if output.format == .json {
      try result.write(JSONReport.json([report]))
    } else {
      let text = TextReport(
        style: output.style(for: .error), width: output.width(for: .error))
      Console.error.say(text.render(report))
    }
    return report.outcome
  }
}
