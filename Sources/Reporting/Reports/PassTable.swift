import Diagnostics
import Explaining
import Judging
import TensorExpressions

/// The forward and the backward pass side by side, or one below the other where they are too wide.
struct PassTable {
  let forward: [PassLine]
  let backward: [PassLine]

  private static let indent = 2
  private static let gap = 7

  /// - Parameter passes: the report's lines as they are printed, where they are made already.
  init(report: CheckReport, passes: PrintedPasses? = nil) {
    let passes =
      passes
      ?? PrintedPasses(program: report.program, backward: report.backward, readsBack: false)
    forward = Self.rows(of: passes.forward, with: passes.derivatives)
    backward = passes.backward.flatMap(Self.rows)
  }

  /// The statements of a line, in its author's words where it has an author, its shape beside the last.
  private static func rows(of line: PrintedLine) -> [PassLine] {
    let statements = line.authored ?? line.statements
    return statements.enumerated().map { number, statement in
      PassLine(statement, shape: number == statements.count - 1 ? line.shape : nil)
    }
  }

  /// The forward pass, each value that is a derivative followed by its short form, `= X.T @ X`; the parts
  /// that the short form needs stand before the value.
  private static func rows(
    of lines: [PrintedLine], with derivatives: [PrintedLine]
  ) -> [PassLine] {
    let names = Set(lines.map(\.name))
    var shortForms: [String: (parts: [PassLine], lines: [PassLine])] = [:]
    var parts: [PassLine] = []
    for line in derivatives {
      if names.contains(line.name) {
        let helpers = line.statements.dropLast().filter { $0.definedName != line.name }
        shortForms[line.name] = (
          parts + helpers.map { PassLine($0, shape: nil) },
          line.statements.suffix(1).map(PassLine.init(shortForm:))
        )
        parts = []
      } else {
        parts += rows(of: line)
      }
    }
    return lines.flatMap { line in
      let short = shortForms[line.name]
      return (short?.parts ?? []) + rows(of: line) + (short?.lines ?? [])
    } + parts
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
    let trimmed = line.trimmingTrailingSpaces()
    return trimmed.isEmpty ? "" : String(repeating: " ", count: indent) + trimmed
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

  /// A derived line; a part of one has no shape of its own.
  init(_ statement: FormulaText.Statement, shape: [Size]?) {
    name = statement.name
    formula = statement.formula
    self.shape = shape.map { shapeText($0) } ?? ""
  }

  /// One more form of the line above.
  init(shortForm statement: FormulaText.Statement) {
    name = statement.name == nil ? nil : ""
    formula = statement.formula
    shape = ""
  }

  /// The text in `width` columns, continued below its formula.
  func rows(_ nameWidth: Int, width: Int) -> [String] {
    if name == nil {
      // A line of a block keeps its margin.
      let margin = String(formula.prefix { $0 == " " })
      return TextWrapping.lines(
        of: String(formula.dropFirst(margin.count)), width: width - margin.count, hanging: 4
      ).map { margin + $0 }
    }
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
