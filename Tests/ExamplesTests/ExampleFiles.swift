import Diagnostics
import ExpressionLanguage
import Reporting
import Testing
import ToolkitTestSupport

/// The files of `Examples/` and `Examples/traps/`, by their names without the ending.
enum ExampleFiles {
  static let all = files(in: "../../Examples")
  static let traps = files(in: "../../Examples/traps")

  private static func files(in folder: String) -> [String: SourceText] {
    let files = (try? fixtures(in: folder, withExtension: "expr")) ?? []
    return Dictionary(
      files.map { file in
        let name = String(file.name.dropLast(".expr".count))
        return (name, SourceText(name: file.name, text: file.text))
      }
    ) { first, _ in first }
  }

  static func source(_ name: String) throws -> SourceText {
    try #require(all[name], "there is no Examples/\(name).expr")
  }

  /// What the file means, and a failed expectation where it has an error.
  static func program(_ name: String) throws -> Program {
    var diagnostics = DiagnosticList(source: try source(name))
    let program = FileCheck().program(of: diagnostics.source, into: &diagnostics)
    return try #require(program, "\(diagnostics.rendered())")
  }
}
