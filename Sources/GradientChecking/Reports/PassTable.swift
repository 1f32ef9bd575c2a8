import Diagnostics
import ExpressionLanguage
import TensorExpressions

/// The forward and the backward pass side by side, or one below the other where they are too wide.
struct PassTable {
  let forward: [PassLine]
  let backward: [PassLine]

  private static let indent = 2
  private static let gap = 7

  init(report: CheckReport) {
    let program = report.program
    let notation = FormulaText(program: program)
    let derivatives = notation.derivatives(of: program, beside: report.backward)
    let authored = program.values.filter { value in
      !value.isBackward || derivatives.contains { $0.name == value.name }
    }.flatMap { value in
      [PassLine(authored: value, in: program.source)]
        + Self.shortForm(of: value.name, in: derivatives)
    }
    let derived = report.backward.map(notation.statements)
    forward = authored + (derived?.shared ?? []).flatMap(PassLine.lines)
    backward = (derived?.lines ?? []).flatMap(PassLine.lines)
  }

  /// What a derivative is, below its definition: `= X.T @ X`, after the parts that the formula needs.
  private static func shortForm(
    of name: String, in derivatives: [FormulaText.Derived]
  ) -> [PassLine] {
    guard let end = derivatives.firstIndex(where: { $0.name == name }) else { return [] }
    let parts = derivatives[..<end].reversed().prefix { !$0.isAuthored }.reversed()
    return parts.flatMap(PassLine.lines)
      + PassLine.lines(of: derivatives[end]).map { $0.name == name ? $0.withoutName : $0 }
  }

  func lines(width: Int, style: Style) -> [String] {
    let left = Column(title: "forward", lines: forward)
    let right = Column(title: "backward", lines: backward)
    if forward.isEmpty || backward.isEmpty
      || Self.indent + left.width + Self.gap + right.width > width
    {
      let room = width - Self.indent
      return [left, right].filter { !$0.lines.isEmpty }
        .flatMap { $0.cells(room: room, style: style) + [""] }.dropLast().map(Self.indented)
    }
    let leftCells = left.cells(room: left.width, style: style)
    let rightCells = right.cells(room: right.width, style: style)
    // A coloured cell is wider as text than on the terminal, so each is padded by its plain twin.
    let plain = left.cells(room: left.width, style: .plain)
    return (0..<max(leftCells.count, rightCells.count)).map { row in
      let leftCell = row < leftCells.count ? leftCells[row] : ""
      guard row < rightCells.count else { return Self.indented(leftCell) }
      let shown = row < plain.count ? terminalWidth(of: plain[row]) : 0
      let space = String(repeating: " ", count: left.width + Self.gap - shown)
      return Self.indented(leftCell + space + rightCells[row])
    }
  }

  private static func indented(_ line: String) -> String {
    line.isEmpty ? "" : String(repeating: " ", count: indent) + line
  }

  /// One pass: its lines with the names, the formulas and the shapes aligned.
  private struct Column {
    let title: String
    let lines: [PassLine]
    let nameWidth: Int
    let textWidth: Int
    let shapeWidth: Int

    init(title: String, lines: [PassLine]) {
      self.title = title
      self.lines = lines
      // One long name does not push the others' formulas away.
      let names = lines.compactMap { $0.name.map { terminalWidth(of: $0) } }
      nameWidth = names.filter { $0 <= 12 }.max() ?? 0
      textWidth = lines.map { [nameWidth] in terminalWidth(of: $0.text(nameWidth)) }.max() ?? 0
      shapeWidth = lines.map { terminalWidth(of: $0.shape) }.max() ?? 0
    }

    var width: Int { max(terminalWidth(of: title), textWidth + 2 + shapeWidth) }

    /// The title and the lines in `room` columns, the shapes at the right.
    func cells(room: Int, style: Style) -> [String] {
      let column = min(textWidth, max(room - 2 - shapeWidth, 0))
      return [style.apply(.headline, to: title)]
        + lines.flatMap { line -> [String] in
          var rows = line.rows(nameWidth, width: max(column, 20))
          if line.shape.isEmpty { return rows }
          let last = rows.removeLast()
          let shape = line.shape.rightAligned(to: shapeWidth)
          rows.append(last.padded(to: column) + "  " + style.apply(.gutter, to: shape))
          return rows
        }
    }
  }
}

/// A line of a pass: a name, its formula and its shape.
struct PassLine {
  /// Nil for an index statement, whose left side is more than a name.
  let name: String?
  let formula: String
  let shape: String

  /// A derived value; the parts before its own statement have no shape of their own.
  static func lines(of derived: FormulaText.Derived) -> [PassLine] {
    derived.statements.enumerated().map { number, statement in
      let isLast = number == derived.statements.count - 1
      return PassLine(statement, shape: isLast ? derived.shape : nil)
    }
  }

  private init(_ statement: FormulaText.Statement, shape: [Size]?) {
    name = statement.name
    formula = statement.formula
    self.shape = shape.map { shapeText($0) } ?? ""
  }

  private init(name: String?, formula: String, shape: String) {
    self.name = name
    self.formula = formula
    self.shape = shape
  }

  /// The line as one more form of the line above it.
  var withoutName: PassLine { PassLine(name: "", formula: formula, shape: "") }

  /// A line as its author wrote it, on one line.
  init(authored value: Program.NamedValue, in source: SourceText) {
    let definition = AuthoredDefinition(statement: source[value.range], name: value.name)
    name = definition.isIndexStatement ? nil : value.name
    formula = definition.text
    shape = shapeText(value.value.shape)
  }

  /// The text in `width` columns, continued below its formula.
  func rows(_ nameWidth: Int, width: Int) -> [String] {
    if name != "" {
      return TextWrapping.lines(of: text(nameWidth), width: width, hanging: nameWidth + 3)
    }
    let margin = String(repeating: " ", count: nameWidth + 1)
    return TextWrapping.lines(of: "= " + formula, width: width - nameWidth - 1, hanging: 2)
      .map { margin + $0 }
  }

  func text(_ nameWidth: Int) -> String {
    guard let name else { return formula }
    return name.padded(to: nameWidth) + " = " + formula
  }
}
