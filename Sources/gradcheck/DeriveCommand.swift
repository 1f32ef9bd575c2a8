import ArgumentParser
import GradientChecking

/// `gradcheck derive FILE…`
struct DeriveCommand: GradcheckTask {
  static let configuration = CommandConfiguration(commandName: "derive", abstract: "…")

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Outcome {
    .holds
  }
}
