import ArgumentParser
import Diagnostics
import ExpressionLanguage
import Judging
import Layers
import Reporting

/// What `gradcheck help WORD` is about, where the word is no command.
enum HelpTopic {
  /// The arguments with `help WORD` in the form of the command that answers it; others as they are.
  static func command(for arguments: [String]) -> [String] {
    guard arguments.count >= 2, arguments[0] == "help", !arguments[1].hasPrefix("-") else {
      return arguments
    }
    let commands = GradcheckCommand.configuration.subcommands.compactMap {
      $0.configuration.commandName
    }
    if commands.contains(arguments[1]) || arguments[1] == "help" { return arguments }
    return [HelpTopicCommand.name] + arguments.dropFirst()
  }
}

/// `gradcheck help flip`: the page of a diagnostic or a rule, or a function of the language.
struct HelpTopicCommand: GradcheckTask {
  static let name = "help-topic"
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Show what a word means.", shouldDisplay: false)

  @ArgumentParser.Argument(help: "A diagnostic, a rule or a function.")
  var word: String

  @OptionGroup var output: OutputOptions

  static let formats = [OutputOptions.Format.text]

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let catalogue = FunctionCatalogue.standard
    let page = HelpPage.named(word)
    let style = output.style(for: .output)
    let function = LibraryPage(of: word, style: style)
    if let page {
      try result.write(page.readable(style: style, width: output.width(for: .output)))
    }
    if let function { try result.write((page == nil ? "" : "\n") + function.text) }
    if page != nil || function != nil { return .holds }
    let known =
      catalogue.names + Prelude.functions.keys.sorted() + HelpPage.all.map(\.name)
      + GradcheckCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    let nearest = SpellingSuggestion.closest(to: word, among: known)
    let help = nearest.map { "; did you mean `\($0)`?" } ?? ""
    throw UsageError(
      message: "no command, function, diagnostic or rule is called `\(word)`\(help)")
  }
}
