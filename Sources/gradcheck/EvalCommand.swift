import ArgumentParser
import GradientChecking

/// `gradcheck eval FILE…`
struct EvalCommand: GradcheckTask {
  static let configuration = CommandConfiguration(commandName: "eval", abstract: "…")

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Outcome {
    .holds
  }
}
