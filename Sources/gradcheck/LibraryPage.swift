import Diagnostics
import ExpressionLanguage
import Layers
import Reporting

/// A function of the language for people: its signature, what it means, and its examples with their backward passes.
struct LibraryPage {
  let text: String

  /// Nil where no function has the name.
  init?(of name: String, style: Style) {
    if let function = FunctionCatalogue.standard.function(name) {
      text = Self.page(of: function, style)
    } else if let function = Prelude.functions[name] {
      text = Self.page(of: function, style)
    } else {
      return nil
    }
  }

  private static func page(of function: CatalogueFunction, _ style: Style) -> String {
    var text = style.apply(.headline, to: function.signature) + "\n"
    if !function.aliases.isEmpty { text += "also \(function.aliases.joined(separator: ", "))\n" }
    let meaning = FunctionMeaning(of: function).lines
    if !meaning.isEmpty { text += "\n" + meaning.map { "  \($0)\n" }.joined() }
    return text + examples(function.name, function.samples)
  }

  /// The same for a function that the language defines in itself.
  private static func page(of function: Prelude.Function, _ style: Style) -> String {
    let meaning = function.source.split(separator: "\n").map { "  \($0)\n" }.joined()
    return style.apply(.headline, to: function.signature) + "\n\n" + meaning
      + examples(function.definition.name.name, function.samples)
  }

  private static func examples(_ name: String, _ samples: [String]) -> String {
    var text = ""
    for sample in samples {
      text += "\n" + sample.split(separator: "\n").map { "  \($0)\n" }.joined()
      var diagnostics = DiagnosticList(source: SourceText(name: name, text: sample))
      guard let program = FileCheck().program(of: diagnostics.source, into: &diagnostics),
        let pass = DerivedPass(program, targets: [], diagnostics: diagnostics).text()
      else { continue }
      text += "\n" + pass.split(separator: "\n").map { "    \($0)\n" }.joined()
    }
    return text
  }
}
