import Diagnostics
import Layers

/// Calls of functions that the language defines in itself.
extension Elaboration {
  /// The value of a prelude's function; what is wrong with its arguments is said of the call.
  mutating func callPrelude(
    _ function: FunctionDefinition, of module: Framework?, _ name: Identifier,
    _ positional: [Value], _ keywords: [(name: String, value: Value)], _ range: SourceRange
  ) -> Value? {
    let parameters = function.parameters.map {
      FunctionDefinition.Parameter(
        $0.name, defaultValue: $0.defaultValue?.relocated(to: range))
    }
    let placed = FunctionDefinition(
      function.name, parameters, function.body.relocated(to: range))
    let names = Set(parameters.map(\.name.name))
    let spelled = keywords.map { keyword in
      let synonym = Parameter.synonyms[keyword.name]
      return names.contains(keyword.name) || !names.contains(synonym ?? "")
        ? keyword : (synonym ?? keyword.name, keyword.value)
    }
    let before = problems.count
    let value = putIn(
      Scope.Function(
        definition: placed, order: Scope.Function.preludeOrder, module: module), positional,
      spelled, name, range)
    // A change inside of the definition is none that the file's author could make.
    for position in problems.indices.dropFirst(before) { problems[position].repairs = [] }
    return value
  }
}
