import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

/// Formulas as statements of the expression language; a name that one line needs for a part of it is used for nothing
/// else.
package struct FormulaText {
  private var notation: TextNotation

  /// - Parameter backward: a derived pass, whose names no part may take.
  package init(program: Program, backward: BackwardPass?) {
    notation = TextNotation(usedNames: Self.names(of: program, backward: backward))
  }

  /// The names of a program and of its derived pass.
  package static func names(of program: Program, backward: BackwardPass?) -> Set<String> {
    var names = Set(program.sizes.map(\.name))
    for name in program.declarations.compactMap(\.symbol.name) + program.values.map(\.name) {
      names.insert(name)
      names.insert("d" + name)
    }
    names.formUnion(backward?.lines.map(\.name) ?? [])
    names.formUnion(backward?.implicitValues.compactMap(\.name) ?? [])
    return names
  }

  /// The statements that define `name`: parts that need names of their own, then the line itself.
  ///
  /// - Parameter declares: whether an index statement follows a declaration of the name's shape, which it needs
  ///   everywhere but in a claim.
  package mutating func statements(
    name: String, _ formula: TensorExpression, declares: Bool
  ) -> [Statement] {
    var statements = notation.nextLines(name: name, expression: formula).map(Statement.init)
    notation.usedNames.formUnion(statements.compactMap(\.definedName))
    if declares, let line = statements.last, line.isIndexStatement {
      statements.insert(Statement("\(name): \(shapeText(formula.shape))"), at: statements.count - 1)
    }
    return statements
  }

  /// One printed statement.
  package struct Statement: Hashable {
    /// The whole statement.
    package let text: String
    /// The name before ` = `; nil for an index statement or a declaration.
    package let name: String?
    /// The right side of a definition; the whole text of anything else.
    package let formula: String

    package init(_ text: String) {
      self.text = text
      let head = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      let rest = text[head.endIndex...]
      if !head.isEmpty, rest.hasPrefix(" = ") {
        name = String(head)
        formula = String(rest.dropFirst(3))
      } else {
        name = nil
        formula = text
      }
    }

    /// The name that the statement defines or declares.
    package var definedName: String? {
      if let name { return name }
      let head = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      return text[head.endIndex...].hasPrefix(": ") ? String(head) : nil
    }

    package var isIndexStatement: Bool { name == nil && text.contains(" += ") }
  }
}
