import ArgumentParser
import Diagnostics
import Explaining
import ExpressionLanguage
import Judging
import Reporting

/// `gradcheck derive FILE…`: the backward pass alone.
struct DeriveCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "derive", abstract: "Print the derived backward pass.",
    discussion: "The lines are statements of the expression language; shapes follow as comments.")

  @OptionGroup var input: InputOptions
  @OptionGroup var derivation: DerivationOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Explain every line: where it comes from, its rule, and why its shapes fit.")
  var explain = false

  @Flag(help: "Give each gradient as one formula of the forward pass.")
  var expand = false

  @Option(help: "In which notation the lines are written.")
  var notation = PassNotation.text

  func validate() throws {
    guard [explain, expand, notation != .text].count(where: { $0 }) < 2 else {
      throw ValidationError("Options '--explain', '--expand' and '--notation' exclude each other.")
    }
  }

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let options = CheckOptions(sizes: input.overrides, targets: derivation.names)
    let loaded = try LoadedInput(input, options: options)
    var derived: [DerivedPass] = []
    for item in loaded.items {
      switch item {
      case .failed(let report): derived.append(DerivedPass(report))
      case .program(let program, let diagnostics):
        derived.append(
          DerivedPass(program, targets: options.targets, diagnostics: diagnostics))
      }
    }
    var written = Outcome.holds
    if output.format == .json {
      try result.write(
        DerivedPass.json(
          derived, notations: [notation], explains: explain,
          expanding: expand ? derivation.names : nil))
    } else {
      written = try write(derived, to: &result)
    }
    return max(written, derived.map(\.outcome).max() ?? .holds)
  }

  private func write(
    _ derived: [DerivedPass], to result: inout ResultWriter
  ) throws(OutputError) -> Outcome {
    var outcome = Outcome.holds
    for (number, pass) in derived.enumerated() {
      var pass = pass
      let text = text(of: &pass)
      outcome = max(outcome, pass.outcome)
      if !pass.diagnostics.isEmpty {
        Console.error.say(pass.diagnostics.rendered(style: output.style(for: .error)))
      }
      if let internalError = pass.internalError {
        Console.error.say("internal error: \(internalError) (\(pass.diagnostics.source.name))\n")
      }
      if let text {
        let title = derived.count > 1 ? "# \(pass.diagnostics.source.name)\n" : ""
        try result.write((number > 0 ? "\n" : "") + title + text)
      }
    }
    return outcome
  }

  private func text(of pass: inout DerivedPass) -> String? {
    let style = output.style(for: .output)
    guard explain || expand || notation != .text else { return pass.text(style: style) }
    guard let program = pass.program, let backward = pass.backward else { return nil }
    if explain {
      return Explanation(program, backward).text(
        style: style, width: output.width(for: .output))
    }
    if expand {
      return ClosedPass(program, backward, targets: derivation.names).text(style: style)
    }
    return pass.text(in: notation, targets: derivation.names, numbers: input.overrides)
  }
}

extension PassNotation: ExpressibleByArgument {}
