import Diagnostics
import ExpressionLanguage

/// A text elaborated as a file, without other files beside it.
func elaborate(
  _ text: String, name: String = "layer.expr", sizes: [String: Int] = [:],
  files: [String: String] = [:]
) -> (program: Program, diagnostics: DiagnosticList) {
  let source = SourceText(name: name, text: text)
  var diagnostics = DiagnosticList(source: source)
  let file = SyntaxFile.parse(source, into: &diagnostics)
  let program = Elaborator.elaborate(
    file, sizes: sizes,
    loading: { path in
      guard let text = files[path] else { throw MissingFile() }
      return text
    }, into: &diagnostics)
  return (program, diagnostics)
}

private struct MissingFile: Error {}
