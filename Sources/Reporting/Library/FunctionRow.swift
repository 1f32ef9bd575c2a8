import Derivation
import Layers
import Notation
import TensorExpressions

/// A function of the elementwise table in words of the language: its definition, its derivatives, its kinks.
struct FunctionRow {
  let lines: [String]

  /// Nil where the function is no row of the table.
  init?(of function: CatalogueFunction) {
    guard function.family == .elementwise, let row = Elementwise.named(function.name) else {
      return nil
    }
    let space = ExpressionSpace()
    let names = function.parameters.map(\.name)
    guard names.count == row.arity else { return nil }
    let operands = names.map { space.input($0, []) }
    let result = space.elementwise(row, operands)
    let y = space.named(Self.resultName(besides: names), result)
    let simplifier = Simplifier(facts: SizeFacts())
    let notation = TextNotation()
    func text(_ expression: TensorExpression) -> String? {
      notation.text(simplifier.simplified(expression))
    }
    let call = "\(function.name)(\(names.joined(separator: ", ")))"
    var lines: [String] = []
    if let definition = row.definition, let text = text(definition(operands)) {
      lines.append("\(call) = \(text)")
    } else {
      lines.append("\(call)   a function that every arithmetic computes by itself")
    }
    for (name, derivative) in zip(names, row.derivatives(operands, y)) {
      let slope = derivative.map { $0.isZero ? "0" : text($0) ?? "a longer formula" }
      lines.append("slope by \(name): \(slope ?? "there is none")")
    }
    if let result = y.name, lines.contains(where: { Self.mentions(result, $0) }) {
      lines.append("with \(result) = \(call)")
    }
    let kinks = row.kinks(operands).compactMap(text)
    if !kinks.isEmpty {
      lines.append("kink where \(kinks.map { "\($0) = 0" }.joined(separator: " or "))")
    }
    self.lines = lines
  }

  /// A name for the result that no parameter has.
  private static func resultName(besides names: [String]) -> String {
    names.contains("y") ? "z" : "y"
  }

  private static func mentions(_ name: String, _ line: String) -> Bool {
    line.hasPrefix("slope")
      && line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.dropFirst(3).contains {
        $0 == name
      }
  }
}
