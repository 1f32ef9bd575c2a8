import ArgumentParser
import Diagnostics

/// Which files are read, and at which sizes.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Files in the expression language; `-` is standard input.", valueName: "file"),
    completion: .file(extensions: ["expr"]))
  var files: [String] = []

  @Option(
    name: .customShort("e"),
    help: ArgumentHelp(
      "Statements to read instead of a file; `;` separates them, and the option may be repeated.",
      valueName: "expr"))
  var statements: [String] = []

  @Option(
    name: .customLong("also"),
    help: ArgumentHelp(
      "Statements to read after every file, such as 'H = hessian(L, x)'.", valueName: "expr"))
  var furtherStatements: [String] = []

  @Option(
    name: .customLong("dim"),
    help: ArgumentHelp(
      "The number that a size has in numeric checks, such as B=4.", valueName: "name=n"))
  var dims: [SizeOverride] = []

  func validate() throws {
    if files.isEmpty, statements.isEmpty {
      throw ValidationError("Missing expected argument '<file> ...' or option '-e <expr>'.")
    }
    if files.count(where: { $0 == "-" }) > 1 {
      throw ValidationError("Standard input can be read once.")
    }
  }
}

/// Which derivatives are wanted, and the seed of the draws.
struct DerivationOptions: ParsableArguments {
  @Option(
    name: .customLong("wrt"), parsing: .singleValue,
    help: ArgumentHelp(
      "Derive by these values only; names separated by commas. All inputs and parameters otherwise.",
      valueName: "names"))
  var targets: [String] = []

  /// The names, in the order given.
  var names: [String] {
    targets.flatMap { $0.split(separator: ",").map { String($0.filter { $0 != " " }) } }
      .filter { !$0.isEmpty }
  }
}

/// From what values are drawn.
struct DrawOptions: ParsableArguments {
  @Option(help: "The seed of the values that are drawn.")
  var seed: UInt64 = 17
}

/// How results are written.
struct OutputOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }
  enum Color: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Option(help: "How the result is written.")
  var format = Format.text

  @Option(help: "Whether text is coloured; `auto` does so on a terminal unless NO_COLOR is set.")
  var color = Color.auto

  /// Writes a value to standard output as JSON text.
  func write(_ value: JSONValue) {
    Console.output.write(value.text(.indented) + "\n")
  }

  /// The style of what is written to a place.
  func style(for console: Console) -> Style {
    switch color {
    case .always: return .coloured
    case .never: return .plain
    case .auto:
      let wanted = environmentVariable("NO_COLOR") == nil && environmentVariable("TERM") != "dumb"
      return console.isTerminal && wanted ? .coloured : .plain
    }
  }
}

/// `B=4`: a size's number.
struct SizeOverride: ExpressibleByArgument, Hashable, Sendable {
  let name: String
  let extent: Int

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let extent = Int(parts[1]), extent >= 1 else {
      return nil
    }
    name = String(parts[0])
    self.extent = extent
  }

  var defaultValueDescription: String { "\(name)=\(extent)" }
}
