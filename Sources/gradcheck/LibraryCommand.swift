import ArgumentParser
import Diagnostics
import ExpressionLanguage
import Judging
import Layers
import Reporting

/// `gradcheck library [NAME]`: the functions of the language.
struct LibraryCommand: GradcheckTask {
  static let configuration = CommandConfiguration(
    commandName: "library",
    abstract: "List the functions of the language, or show one with examples.")

  @ArgumentParser.Argument(help: "A function; all are listed otherwise.")
  var name: String?

  @Flag(help: "Print the examples alone, each as a file below its name.")
  var samples = false

  @OptionGroup var output: OutputOptions

  static let formats = [OutputOptions.Format.text]

  func perform(_ result: inout ResultWriter) throws -> Outcome {
    let catalogue = FunctionCatalogue.standard
    guard let name else {
      if samples {
        try result.write(catalogue.functions.map(Self.files).joined())
        return .holds
      }
      try result.write(Self.list(catalogue, style: output.style(for: .output)))
      return .holds
    }
    guard let page = LibraryPage(of: name, style: output.style(for: .output)) else {
      let nearest = SpellingSuggestion.closest(
        to: name, among: catalogue.names + Prelude.functions.keys.sorted())
      let help = nearest.map { "; did you mean `\($0)`?" } ?? ""
      throw UsageError(message: "no function is called `\(name)`\(help)")
    }
    if samples, let function = catalogue.function(name) {
      try result.write(Self.files(of: function))
    } else {
      try result.write(page.text)
    }
    return .holds
  }

  /// The examples of a function as files: a comment with a name, then the statements.
  private static func files(of function: CatalogueFunction) -> String {
    let stem = function.name.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" }
    return function.samples.enumerated().map { number, sample in
      "# file: \(String(stem))-\(number + 1).expr\n\(sample)\n"
    }.joined()
  }

  private static func list(_ catalogue: FunctionCatalogue, style: Style) -> String {
    var text = ""
    for family in CatalogueFunction.Family.allCases {
      let functions = catalogue.functions.filter { $0.family == family && !$0.isProperty }
      if functions.isEmpty { continue }
      text += (text.isEmpty ? "" : "\n") + style.apply(.headline, to: family.rawValue) + "\n"
      for function in functions {
        text += "  \(function.signature)\n"
      }
    }
    text += "\n" + style.apply(.headline, to: "defined in the language") + "\n"
    for (_, function) in Prelude.functions.sorted(by: { $0.key < $1.key }) {
      text += "  \(function.signature)\n"
    }
    return text
  }
}
