import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

/// Formulas as statements of the expression language; a name that one line needs for a part of it is used for nothing
/// else.
package struct FormulaText {
  private var notation: TextNotation
  private var reader: ReadBack?
  /// The names of lines that do not say what they stand for, in any form: an error of this program.
  package private(set) var unreadable: [String] = []
  /// The names of lines that were not read back, or not decided.
  package private(set) var notCompared: [String] = []

  /// - Parameters:
  ///   - backward: a derived pass, whose names no part may take.
  ///   - readsBack: whether each line is read back and held against what it stands for.
  package init(program: Program, backward: BackwardPass?, readsBack: Bool = true) {
    notation = TextNotation(usedNames: Self.names(of: program, backward: backward))
    reader = readsBack ? ReadBack(program: program) : nil
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
    switch reader?.finding(statements, name: name, formula: formula) {
    case .equal?, nil: break
    case .notCompared?: notCompared.append(name)
    case .different?: statements = indexStatements(name: name, formula)
    }
    take(namesIn: statements)
    guard declares, let line = statements.firstIndex(where: { $0.adds(to: name) }) else {
      return statements
    }
    statements.insert(Statement("\(name): \(shapeText(formula.shape))"), at: line)
    return statements
  }

  /// The names that are in use.
  var usedNames: Set<String> { notation.usedNames }

  /// Keeps what statements define from being the name of anything else.
  mutating func take(namesIn statements: [Statement]) {
    notation.usedNames.formUnion(statements.compactMap(\.definedName))
  }

  /// What the statements of a block turn out to say of one of its sequences.
  mutating func finding(
    _ statements: [Statement], name: String, _ sequence: TensorExpression
  ) -> ReadBack.Finding {
    reader?.finding(statements, name: name, formula: sequence) ?? .equal
  }

  /// Takes note of lines that are not known to say what they stand for.
  mutating func note(_ name: String, _ finding: ReadBack.Finding) {
    switch finding {
    case .equal: break
    case .notCompared: notCompared.append(name)
    case .different: unreadable.append(name)
    }
  }

  /// The statements of a formula whose usual text says something else.
  private mutating func indexStatements(
    name: String, _ formula: TensorExpression
  ) -> [Statement] {
    let statements = IndexNotation(usedNames: notation.usedNames)
      .lines(name: name, expression: formula).map(Statement.init)
    switch reader?.finding(statements, name: name, formula: formula) {
    case .equal?, nil: break
    case .notCompared?: notCompared.append(name)
    case .different?: unreadable.append(name)
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

    /// Whether it is an index statement that adds to a name.
    func adds(to target: String) -> Bool {
      isIndexStatement && (text.hasPrefix(target + "[") || text.hasPrefix(target + " += "))
    }
  }
}
