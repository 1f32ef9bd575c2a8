import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

/// A program's derived formulas as text of the expression language.
struct FormulaText {
  private let usedNames: Set<String>

  init(program: Program) {
    var names = Set(program.sizes.map(\.name))
    for name in program.declarations.compactMap(\.symbol.name) + program.values.map(\.name) {
      names.insert(name)
      names.insert("d" + name)
    }
    usedNames = names
  }

  /// Each line of a backward pass as statements: parts that need names of their own, then the line itself.
  ///
  /// A part's name is used for no other part, so that all statements together are a program.
  func statements(of lines: [BackwardPass.Line]) -> [[Statement]] {
    var notation = TextNotation(usedNames: usedNames)
    return lines.map { line in
      let statements = notation.lines(name: line.name, expression: line.formula)
        .map(Statement.init)
      notation.usedNames.formUnion(statements.compactMap(\.name))
      return statements
    }
  }

  /// One printed statement.
  struct Statement: Hashable {
    /// The whole statement.
    let text: String
    /// The name before ` = `; nil for an index statement or a declaration.
    let name: String?
    /// The right side of a definition; the whole text of anything else.
    let formula: String

    init(_ text: String) {
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

    var isIndexStatement: Bool { name == nil && text.contains(" += ") }
  }
}

extension TensorExpression {
  /// The formula in the expression language, for sentences.
  var formulaText: String {
    name ?? TextNotation().text(self) ?? Self.unprintable
  }

  /// What stands for a formula that takes more than one statement to write.
  static let unprintable = "the expression"
}
