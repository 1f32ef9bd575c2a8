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
    var notation = TextNotation(usedNames: usedNames)
    func derived(_ name: String, _ value: TensorExpression) -> Derived {
      let statements = notation.lines(name: name, expression: value.unnamed).map(Statement.init)
      notation.usedNames.formUnion(statements.compactMap(\.name))
      return Derived(name: name, shape: value.shape, statements: statements)
    }
    let shared = pass.implicitValues.map { derived($0.name ?? "", $0) }
    return (shared, pass.lines.map { derived($0.name, $0.cotangent) })
  }

  /// The values that the program defines by derivatives, as the formulas that they are.
  ///
  /// - Parameter pass: a backward pass whose names stay its own.
  func derivatives(of program: Program, beside pass: BackwardPass?) -> [Derived] {
    let values = program.derivativeValues
    if values.isEmpty { return [] }
    let taken = usedNames.union(pass?.lines.map(\.name) ?? [])
    let lines = DerivativeLines(
      of: values, names: program.formulaNames, avoiding: taken, facts: program.facts
    ).lines
    var notation = TextNotation(usedNames: taken)
    return lines.map { line in
      let name = line.name ?? ""
      let statements = notation.lines(name: name, expression: line.unnamed).map(Statement.init)
      notation.usedNames.formUnion(statements.compactMap(\.name))
      return Derived(
        name: name, shape: line.shape, statements: statements,
        isAuthored: values.contains { $0.name == name })
    }
  }

  /// A derived value: its parts, then its own statement.
  struct Derived: Hashable {
    let name: String
    let shape: [Size]
    let statements: [Statement]
    /// Whether the name is the author's and not one for a part of a formula.
    var isAuthored = false
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
