import Diagnostics
import Explaining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a command line that cannot be meant as it stands was likely meant to be.
struct CommandLineHint {
  let message: String
  let suggestion: String

  /// The hint on a command line; nil where nothing is known to be wrong.
  static func on(_ arguments: [String]) -> CommandLineHint? {
    for option in arguments.prefix(while: { $0 != "--" }) {
      guard let spelled = options[option] else { continue }
      return CommandLineHint(message: "there is no option `\(option)`", suggestion: spelled)
    }
    let commands = GradcheckCommand.configuration.subcommands.compactMap {
      $0.configuration.commandName
    }
    guard let first = arguments.first, !commands.contains(first), isWord(first),
      access(first, F_OK) != 0,
      let closest = SpellingSuggestion.closest(to: first, among: commands)
    else { return nil }
    return CommandLineHint(
      message: "there is no command and no file `\(first)`",
      suggestion: (["gradcheck", closest] + arguments.dropFirst()).joined(separator: " "))
  }

  private static func isWord(_ text: String) -> Bool {
    text.allSatisfy { $0.isLetter || $0.isNumber }
  }

  /// Values that are given as options of their own.
  private static let options: [String: String] = {
    let notations = PassNotation.allCases.map { ("--\($0.rawValue)", "--notation \($0.rawValue)") }
    let rows = notations + [("--json", "--format json")]
    return Dictionary(uniqueKeysWithValues: rows)
  }()
}
