import Derivation
import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// The forward and the backward pass of a program as statements of the expression language.
///
/// Together they are complete: every name that a line uses is declared in the file or defined by a line before it. Where the
/// backward pass needs parts of the forward pass that their author left unnamed, the forward pass is printed with names for
/// them.
package struct PrintedPasses {
  package let forward: [PrintedLine]
  package let backward: [PrintedLine]
  /// The values that the program defines by derivatives, as the formulas that they are.
  package let derivatives: [PrintedLine]
  /// Whether the forward pass has lines that are not its author's.
  package let namesParts: Bool

  package init(program: Program, backward pass: BackwardPass?) {
    var text = FormulaText(program: program, backward: pass)
    let authored = program.values.filter { !$0.isBackward }
    let introduced = Set(pass?.implicitValues ?? [])
    namesParts = !introduced.isEmpty
    if let pass, namesParts {
      let authors = Dictionary(authored.map { ($0.name, $0) }) { first, _ in first }
      forward = pass.forward.map { value in
        let author = introduced.contains(value) ? nil : authors[value.name ?? ""]
        let line = author.map { PrintedLine(authored: $0, in: program.source) }
        if let line, !value.refers(to: introduced) { return line }
        return PrintedLine(value, &text, declares: true, authored: line?.statements)
      }
    } else {
      forward = authored.map { PrintedLine(authored: $0, in: program.source) }
    }
    self.backward = (pass?.lines ?? []).map { line in
      PrintedLine(line.cotangent, &text, declares: line.primal == nil)
    }
    derivatives = Self.derivatives(of: program, beside: pass).map {
      PrintedLine($0, &text, declares: true)
    }
  }
}

extension PrintedPasses {
  /// The lines of the values that the program defines by derivatives.
  static func derivatives(
    of program: Program, beside pass: BackwardPass?
  ) -> [TensorExpression] {
    let values = program.derivativeValues
    if values.isEmpty { return [] }
    let taken = program.formulaNames
    return DerivativeLines(
      of: values, names: taken,
      avoiding: FormulaText.names(of: program, backward: pass), facts: program.facts
    ).lines
  }
}

/// A line of a pass: a value under its name, as one statement or as several.
package struct PrintedLine {
  package let value: TensorExpression
  package let name: String
  package let shape: [Size]
  package let statements: [FormulaText.Statement]
  /// The line in its author's words, where it has an author.
  package let authored: [FormulaText.Statement]?

  /// A derived line.
  package init(
    _ value: TensorExpression, _ text: inout FormulaText, declares: Bool,
    authored: [FormulaText.Statement]? = nil
  ) {
    self.authored = authored
    self.value = value
    name = value.name ?? ""
    shape = value.shape
    statements = text.statements(name: name, value.definition, declares: declares)
  }

  /// A line as its author wrote it, on one line.
  package init(authored value: Program.NamedValue, in source: SourceText) {
    self.value = value.value
    name = value.name
    shape = value.value.shape
    let definition = AuthoredDefinition(statement: source[value.range], name: value.name)
    statements = [
      FormulaText.Statement(
        definition.isIndexStatement ? definition.text : "\(value.name) = \(definition.text)")
    ]
    authored = statements
  }
}

extension TensorExpression {
  /// What a named value is defined as, which may be a name again.
  package var definition: TensorExpression {
    if case .named(_, let value) = kind { value } else { self }
  }

  /// Whether the definition of a named value holds one of some names.
  fileprivate func refers(to names: Set<TensorExpression>) -> Bool {
    var seen: Set<TensorExpression> = []
    var stack = [definition]
    while let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      if names.contains(node) { return true }
      if node.name == nil { stack += node.operands }
    }
    return false
  }
}
