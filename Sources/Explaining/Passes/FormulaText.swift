import Derivation
import ExpressionLanguage
import Notation
import TensorExpressions

/// Formulas as statements of the expression language; a name that one line needs for a part of it is used for nothing
/// else.
package struct FormulaText {
  /// How a line is written where that reads back as what it stands for; else the other form is.
  package enum Form: Hashable, Sendable {
    /// `dx = dy @ W.T`, and an index statement where there is no such formula.
    case formula
    /// A sum of index statements, `dx[b,i] += dy[b,o] * W[i,o]`.
    case statements

    fileprivate var other: Form { self == .formula ? .statements : .formula }
  }

  private let form: Form
  private var notation: TextNotation
  private var reader: ReadBack?
  /// The names of gradients, whose shapes are known.
  private let gradients: Set<String>
  /// The names of lines that do not say what they stand for, in any form: an error of this program.
  package private(set) var unreadable: [String] = []
  /// The names of lines that were not read back, or not decided.
  package private(set) var notCompared: [String] = []

  /// - Parameters:
  ///   - backward: a derived pass, whose names no part may take.
  ///   - form: how lines are written.
  ///   - readsBack: whether each line is read back and held against what it stands for.
  package init(
    program: Program, backward: BackwardPass?, as form: Form = .formula, readsBack: Bool = true
  ) {
    self.form = form
    notation = TextNotation(usedNames: Self.names(of: program, backward: backward))
    let primals =
      program.declarations.map(\.symbol) + program.values.map(\.value)
      + (backward?.implicitValues ?? [])
    gradients = Set(primals.compactMap(\.name).map { "d" + $0 })
    reader = readsBack ? ReadBack(program: program) : nil
  }

  /// The names of a program and of its derived pass.
  package static func names(of program: Program, backward: BackwardPass?) -> Set<String> {
    var names = Set(program.sizes.map(\.name))
    let values = program.values + program.numbers
    for name in program.declarations.compactMap(\.symbol.name) + values.map(\.name) {
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
    var statements = statements(name, formula, as: form)
    var found = finding(statements, name: name, formula)
    if found == .different {
      statements = self.statements(name, formula, as: form.other)
      found = finding(statements, name: name, formula)
    }
    note(name, found)
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

  /// Whether a statement declares the shape of a gradient, which is known without.
  func declaresGradient(_ statement: Statement) -> Bool {
    guard statement.name == nil, let name = statement.definedName else { return false }
    return gradients.contains(name)
  }

  /// What some statements turn out to say of a value under its name.
  mutating func finding(
    _ statements: [Statement], name: String, _ formula: TensorExpression
  ) -> ReadBack.Finding {
    reader?.finding(statements, name: name, formula: formula) ?? .equal
  }

  /// Takes note of lines that are not known to say what they stand for.
  mutating func note(_ name: String, _ finding: ReadBack.Finding) {
    switch finding {
    case .equal: break
    case .notCompared: notCompared.append(name)
    case .different: unreadable.append(name)
    }
  }

  private mutating func statements(
    _ name: String, _ formula: TensorExpression, as form: Form
  ) -> [Statement] {
    let lines =
      switch form {
      case .formula: notation.nextLines(name: name, expression: formula)
      case .statements:
        IndexNotation(usedNames: notation.usedNames).lines(name: name, expression: formula)
      }
    return lines.map(Statement.init)
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
      let head = text.leadingWord
      let rest = text.dropFirst(head.count)
      if !head.isEmpty, rest.hasPrefix(" = ") {
        name = head
        formula = String(rest.dropFirst(3))
      } else {
        name = nil
        formula = text
      }
    }

    /// The name that the statement defines or declares.
    package var definedName: String? {
      if let name { return name }
      let head = text.leadingWord
      return text.dropFirst(head.count).hasPrefix(": ") ? head : nil
    }

    package var isIndexStatement: Bool { name == nil && text.contains(" += ") }

    /// Whether it is an index statement that adds to a name.
    func adds(to target: String) -> Bool {
      isIndexStatement && (text.hasPrefix(target + "[") || text.hasPrefix(target + " += "))
    }
  }
}
