import Diagnostics
import ExpressionLanguage
import Judging
import Reporting
import TensorFiles

extension InputOptions {
  /// The texts that the command line names, in order; a file that cannot be read gives its report.
  func sources() -> [Result<SourceText, UnreadableFile>] {
    var sources: [Result<SourceText, UnreadableFile>] = []
    if !statements.isEmpty {
      var text = statements.map(Self.onLines).joined(separator: "\n")
      if let vars { text = DeclaredTensors(text: vars).lines + DeclaredTensors.named(text) }
      sources.append(.success(SourceText(name: "-e", text: text + "\n")))
    }
    let further = furtherStatements.map { "\n" + Self.onLines($0) }.joined()
    return sources + files.flatMap { Self.sources(at: $0, further: further) }
  }

  /// The text of a file, or those of all files in a folder.
  private static func sources(
    at path: String, further: String
  ) -> [Result<SourceText, UnreadableFile>] {
    guard path != "-", FolderReading.isFolder(path) else { return [source(path, further: further)] }
    do throws(FileReadingError) {
      let files = try FolderReading.files(in: path)
      if files.isEmpty { throw .emptyFolder }
      return files.map { source($0, further: further) }
    } catch {
      return [.failure(UnreadableFile(name: path, reason: error))]
    }
  }

  private static func source(
    _ path: String, further: String
  ) -> Result<SourceText, UnreadableFile> {
    let name = path == "-" ? "<stdin>" : path
    do throws(FileReadingError) {
      let bytes = try FileReading.bytes(ofFile: path, limit: SyntaxFile.sizeLimit)
      return .success(SourceText(name: name, bytes: bytes + Array(further.utf8)))
    } catch {
      return .failure(UnreadableFile(name: name, reason: error))
    }
  }

  /// Statements of one argument on lines of their own: `;` separates them outside brackets and strings.
  static func onLines(_ argument: String) -> String {
    var depth = 0
    var quote: Character?
    return String(
      argument.map { character in
        if let open = quote {
          if character == open { quote = nil }
          return character
        }
        switch character {
        case "\"", "'": quote = character
        case "(", "[": depth += 1
        case ")", "]": depth -= 1
        case ";" where depth == 0: return "\n"
        default: break
        }
        return character
      })
  }

  /// Numbers for sizes, by name; the last of several for one name counts.
  var overrides: [String: Int] {
    Dictionary(dims.map { ($0.name, $0.extent) }) { _, last in last }
  }
}

/// A file that could not be read.
struct UnreadableFile: Error {
  let name: String
  let reason: FileReadingError

  var report: FileReport {
    FileReport(
      source: SourceText(name: name, text: ""),
      diagnostics: [Diagnostic(code: "unreadable-file", reason.sentence)], check: nil)
  }
}

/// Programs of a command line, in order; what could not be understood gives its report.
struct LoadedInput {
  enum Item {
    case program(Program, DiagnosticList)
    case failed(FileReport)
  }

  let items: [Item]

  /// - Throws: ``UsageError`` for a size or a name that no file has.
  init(_ input: InputOptions, options: CheckOptions) throws(UsageError) {
    items = input.sources().map { source in
      switch source {
      case .failure(let unreadable): return .failed(unreadable.report)
      case .success(let source):
        let check = Self.fileCheck(options, of: source)
        var diagnostics = DiagnosticList(source: source)
        if let program = check.program(of: source, into: &diagnostics) {
          return .program(program, diagnostics)
        }
        return .failed(
          FileReport(source: source, diagnostics: diagnostics.inSourceOrder, check: nil))
      }
    }
    try confirm(input.dims.map(\.name), what: "size", option: "--dim") { program in
      program.sizes.map(\.name)
    }
    try confirm(options.targets, what: "value", option: "--wrt") { program in
      program.declarations.compactMap { $0.symbol.name } + program.values.map(\.name)
    }
  }

  private func confirm(
    _ names: [String], what: String, option: String, known: (Program) -> [String]
  ) throws(UsageError) {
    let all = items.flatMap { item -> [String] in
      if case .program(let program, _) = item { known(program) } else { [] }
    }
    // Where no file was understood, its diagnostics say enough.
    guard !all.isEmpty || items.contains(where: \.isProgram) else { return }
    for name in names where !all.contains(name) {
      let nearest = SpellingSuggestion.closest(to: name, among: all)
      let help = nearest.map { "; did you mean `\($0)`?" } ?? ""
      throw UsageError(message: "\(option): no file has a \(what) `\(name)`\(help)")
    }
  }

  /// A check that finds the files of `check from` beside the source that names them.
  private static func fileCheck(_ options: CheckOptions, of source: SourceText) -> FileCheck {
    FileCheck(options, loading: NeighbourFiles(of: source).text(of:))
  }
}

/// The files beside a source, which a `check from` names.
struct NeighbourFiles: Sendable {
  private let folder: String

  init(of source: SourceText) {
    folder = source.name.lastIndex(of: "/").map { String(source.name[...$0]) } ?? ""
  }

  /// Where a file is, by its path from the source's folder or from the root.
  func path(of name: String) -> String { name.hasPrefix("/") ? name : folder + name }

  /// A file's text. One of tensors holds no claims as text: `ClaimedTensors` judges it.
  func text(of name: String) throws -> String {
    let path = path(of: name)
    if ClaimedTensors.isFile(name) {
      _ = try FileReading.bytes(ofRegularFile: path, limit: TensorFile.sizeLimit)
      return "{}"
    }
    let bytes = try FileReading.bytes(ofRegularFile: path, limit: SyntaxFile.sizeLimit)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension LoadedInput.Item {
  var isProgram: Bool { if case .program = self { true } else { false } }
}
