import Layers

/// What a function of the expression language means, in the language itself where that can say it.
///
/// A layer is shown by its definition, an elementwise function by its row of the table, and what is one relation of
/// indices by index statements.
public struct FunctionMeaning: Sendable {
  /// Lines to be read; none where the example has to speak for itself.
  public let lines: [String]

  /// What a function of the catalogue means: its definition, else its row of the table, else its
  /// index statements.
  public init(of function: CatalogueFunction) {
    if let definition = LibraryDefinition.named(function.name) {
      let scope = definition.scope.map { ["# \($0)"] } ?? []
      lines = scope + definition.source.split(separator: "\n").map(String.init)
    } else if let row = FunctionRow(of: function) {
      lines = row.lines
    } else {
      lines = FunctionRelation(of: function)?.lines ?? []
    }
  }
}
