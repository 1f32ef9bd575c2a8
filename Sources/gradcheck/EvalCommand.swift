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

  func perform() throws -> Outcome {
    let options = limits.limiting(
      CheckOptions(seed: draws.seed, sizes: input.overrides, targets: derivation.names))
    let loaded = try LoadedInput(input, options: options)
    guard let item = loaded.items.first else { return .holds }
    switch item {
    case .failed(let report): return fail(report)
    case .program(let program, let diagnostics):
      switch EvaluationLimits(for: program, options).value({
        PointCommandEvaluation(options: options, digits: digits).evaluate(program, at: at)
      }) {
      case .success(let report):
        if !diagnostics.isEmpty {
          Console.error.write(diagnostics.rendered(style: output.style(for: .error)))
        }
        switch output.format {
        case .text: Console.output.write(report.text(style: output.style(for: .output)))
        case .json: output.write(report.json)
        }
        return .holds
      case .failure(let failure): return fail(failure.report)
      }
    }
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
