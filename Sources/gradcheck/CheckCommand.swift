import ArgumentParser
import Diagnostics
import GradientChecking

/// `gradcheck FILE…`: derive, judge, report.
struct CheckCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Derive the backward pass, judge every claim, report (the default).")

  @OptionGroup var input: InputOptions
  @OptionGroup var derivation: DerivationOptions
  @OptionGroup var draws: DrawOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Outcome {
    let options = CheckOptions(
      seed: draws.seed, sizes: input.overrides, targets: derivation.names)
    let loaded = try LoadedInput(input, options: options)
    let text = TextReport(style: output.style(for: .output))
    var reports: [FileReport] = []
    for (number, item) in loaded.items.enumerated() {
      let report: FileReport
      switch item {
      case .failed(let failed): report = failed
      case .program(let program, let diagnostics):
        report = FileCheck(options).report(on: program, diagnostics: diagnostics)
      }
      reports.append(report)
      if output.format == .text {
        Console.output.write((number > 0 ? "\n" : "") + text.render(report))
      }
    }
    if output.format == .json { output.write(JSONReport.json(reports)) }
    return reports.map(\.outcome).max() ?? .holds
  }
}
