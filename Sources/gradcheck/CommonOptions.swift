import ArgumentParser
import Diagnostics
import Reporting

/// Which files are read, and at which sizes.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Files in the expression language, or folders of them; `-` is standard input.",
      valueName: "file"),
    completion: .file(extensions: ["expr"]))
  var files: [String] = []

  @Option(
    name: .customShort("e"),
    help: ArgumentHelp(
      "Statements to read instead of a file; `;` separates them, and the option may be repeated.",
      valueName: "expr"))
  var statements: [String] = []

  @Option(
    help: ArgumentHelp(
      "Tensors that the statements of -e use, such as 'A: [m, n], x: [n]'; names in shapes are sizes.",
      valueName: "declarations"))
  var vars: String?

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
    if vars != nil, statements.isEmpty {
      throw ValidationError("'--vars' declares tensors for statements that '-e' gives.")
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

/// How results are written, and where.
struct OutputOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, concise, json, html, sarif, junit, github
  }
  enum Color: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  @Option(help: "How the result is written.")
  var format = Format.text

  @Option(
    help: ArgumentHelp(
      "Whether text is coloured; `auto` does so on a terminal, or where FORCE_COLOR is set, unless NO_COLOR is."
    ))
  var color = Color.auto

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp(
      "A file for the result, which is written whole or not at all; `-` is standard output.",
      valueName: "file"),
    completion: .file())
  var path: String?

  /// The style of the result's text, or of what is said beside it.
  func style(for console: Console) -> Style {
    switch color {
    case .always: return .coloured
    case .never: return .plain
    case .auto:
      if environmentVariable("NO_COLOR") != nil { return .plain }
      if let forced = environmentVariable("FORCE_COLOR") {
        return forced == "0" ? .plain : .coloured
      }
      if console == .output, isFile { return .plain }
      return console.isTerminal && environmentVariable("TERM") != "dumb" ? .coloured : .plain
    }
  }

  /// The columns that text may take: those of the terminal, if it is one.
  func width(for console: Console) -> Int {
    guard !(console == .output && isFile), let columns = console.columns else {
      return TextReport.defaultWidth
    }
    return min(max(columns, 40), 160)
  }

  private var isFile: Bool { path != nil && path != "-" }
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
