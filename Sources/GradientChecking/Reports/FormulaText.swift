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

  /// A backward pass as statements, in the order in which they can be computed.
  ///
  /// Parts of the forward pass that the lines refer to come first. A line whose formula needs parts with names of
  /// their own follows them; such a name is used once, so that all statements together are a program.
  func statements(of pass: BackwardPass) -> (shared: [Derived], lines: [Derived]) {
    // A part of one formula may not be called like a line further down.
    var notation = TextNotation(usedNames: usedNames.union(pass.lines.map(\.name)))
    func derived(_ name: String, _ value: TensorExpression, isPart: Bool = false) -> Derived {
      var statements = notation.lines(name: name, expression: value.unnamed).map(Statement.init)
      // Unlike a gradient, a part has no shape until it is declared.
      if isPart, let last = statements.last, last.isIndexStatement {
        statements.insert(Statement("\(name): \(shapeText(value.shape))"), at: statements.count - 1)
      }
      notation.usedNames.formUnion(statements.compactMap(\.definedName))
      return Derived(name: name, shape: value.shape, statements: statements)
    }
    let shared = pass.implicitValues.map { derived($0.name ?? "", $0) }
    return (shared, pass.lines.map { derived($0.name, $0.cotangent, isPart: $0.primal == nil) })
  }

  /// A derived value: its parts, then its own statement.
  struct Derived: Hashable {
    let name: String
    let shape: [Size]
    let statements: [Statement]
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

    /// The name that the statement defines or declares.
    var definedName: String? {
      if let name { return name }
      let head = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      return text[head.endIndex...].hasPrefix(": ") ? String(head) : nil
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
