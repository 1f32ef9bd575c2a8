import ArgumentParser
import Diagnostics
import GradientChecking

/// `gradcheck FILE…`: derive, judge, report.
struct CheckCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Derive the backward pass, judge every claim, report (default)."
  )

  @OptionGroup var input: InputOptions
  @OptionGroup var derivation: DerivationOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The seed of the values that are drawn.")
  var seed: UInt64 = 17

  func perform() throws -> Outcome {
    .holds
  }
}
