import Diagnostics
import ExpressionLanguage
import Layers
import Notation
import TensorExpressions

/// A function that is one relation of indices, as the statements that its first sample stands for.
struct FunctionRelation {
  let lines: [String]

  /// Nil where the sample is no relation that statements say.
  init?(of function: CatalogueFunction) {
    guard let sample = function.samples.first else { return nil }
    let source = SourceText(name: function.name, text: sample)
    var diagnostics = DiagnosticList(source: source)
    let file = SyntaxFile.parse(source, into: &diagnostics)
    let program = Elaborator.elaborate(file, loading: { _ in "" }, into: &diagnostics)
    guard !diagnostics.hasErrors, let value = program.values.last
    else { return nil }
    let statements = IndexNotation().lines(name: value.name, expression: value.value.unnamed)
    guard statements.count <= 4,
      statements.allSatisfy({ !$0.contains("(") || $0.contains(" in range(") })
    else { return nil }
    lines = ["the example below as a relation of indices:"] + statements
  }
}
