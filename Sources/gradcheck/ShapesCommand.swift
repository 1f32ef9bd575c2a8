import ArgumentParser
import GradientChecking

/// `gradcheck shapes FILE…`
struct ShapesCommand: GradcheckTask {
  static let configuration = CommandConfiguration(commandName: "shapes", abstract: "…")

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Outcome {
    .holds
  }
}
