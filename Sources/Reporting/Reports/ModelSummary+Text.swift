import Diagnostics
import Explaining
import ExpressionLanguage
import TensorExpressions

extension ModelSummary {
  /// The table of values, at most `width` columns wide: definitions are cut, then left out, to fit.
  public func text(style: Style = .plain, width: Int = TextReport.defaultWidth) -> String {
    var text = style.apply(.headline, to: program.source.name)
    let named = program.sizes.compactMap { size in sizes[size.name].map { "\(size.name)=\($0)" } }
    if !named.isEmpty { text += "   " + named.joined(separator: " ") }
    text += "\n\n"
    for (number, row) in fitted(to: width - 2).enumerated() {
      text += "  " + (number == 0 ? style.apply(.headline, to: row) : row) + "\n"
    }
    text += WindowSummary(self).text(style: style)
    let conditions = program.shapeConditions.map { $0.condition.description }.removingRepetitions()
    if !conditions.isEmpty { text += "\n  assumes: " + conditions.joined(separator: "; ") + "\n" }
    return text
  }

  private func fitted(to width: Int) -> [String] {
    let full = table(definitionWidth: rows.map { terminalWidth(of: $0.definition) }.max() ?? 0)
    let excess = full.width - width
    if excess <= 0 { return full.lines }
    let longest = rows.map { terminalWidth(of: $0.definition) }.max() ?? 0
    let room = longest - excess
    return table(definitionWidth: room >= 12 ? room : nil).lines
  }

  /// The table with its definitions cut to a width; without them for nil.
  private func table(definitionWidth: Int?) -> (lines: [String], width: Int) {
    let shows = rows.map(cells) + [totals]
    let showsExtents = shows.contains { !$0.extents.isEmpty }
    var columns: [(title: String, isNumber: Bool, cells: [String])] = [
      ("value", false, shows.map(\.name))
    ]
    if let definitionWidth {
      columns.append(
        ("definition", false, shows.map { Self.cut($0.definition, to: definitionWidth) }))
    }
    columns.append(("shape", false, shows.map(\.shape)))
    if showsExtents { columns.append(("extents", false, shows.map(\.extents))) }
    columns.append(("parameters", true, shows.map(\.parameters)))
    columns.append(("multiply-adds", true, shows.map(\.multiplyAdds)))
    let widths = columns.map { column in
      ([column.title] + column.cells).map { terminalWidth(of: $0) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      zip(cells, zip(columns, widths)).map { cell, column in
        column.0.isNumber ? cell.rightAligned(to: column.1) : cell.padded(to: column.1)
      }.joined(separator: "  ").trimmingTrailingSpaces()
    }
    let lines =
      [line(columns.map(\.title))]
      + shows.indices.map { row in
        line(columns.map { $0.cells[row] })
      }
    return (lines, widths.reduce(0, +) + 2 * (widths.count - 1))
  }

  private struct Cells {
    var name = ""
    var definition = ""
    var shape = ""
    var extents = ""
    var parameters = ""
    var multiplyAdds = ""
  }

  private func cells(of row: Row) -> Cells {
    var cells = Cells(name: row.name, definition: row.definition, shape: shapeText(row.shape))
    let numbers = row.shape.map(number)
    if row.shape.contains(where: { !$0.isConstant }), numbers.allSatisfy({ $0 != nil }) {
      cells.extents = numbers.compactMap { $0.map(String.init) }.joined(separator: "×")
    }
    cells.parameters = count(row.parameters)
    cells.multiplyAdds = count(row.multiplyAdds)
    return cells
  }

  private var totals: Cells {
    var cells = Cells(name: "total")
    cells.parameters = count(parameters)
    cells.multiplyAdds = count(multiplyAdds)
    return cells
  }

  /// A count as a number where it is one, in terms of sizes where it is not; empty for none.
  private func count(_ size: Size) -> String {
    if size.isZero { return "" }
    return number(size).map(groupedDigits) ?? size.description
  }

  private static func cut(_ text: String, to width: Int) -> String {
    guard terminalWidth(of: text) > width else { return text }
    var kept = text
    while !kept.isEmpty, terminalWidth(of: kept) > width - 1 { kept.removeLast() }
    return kept + "…"
  }
}

extension ModelSummary {
  /// The table as `--format json` prints it.
  public var json: JSONValue {
    var object = JSONObject()
    object["file"] = .string(program.source.name)
    object["dims"] = JSONReport.sizes(
      program.sizes.compactMap { size in sizes[size.name].map { (size.name, $0) } })
    object["values"] = .array(
      rows.map { row in
        var object: JSONObject = [
          "name": .string(row.name), "definition": .string(row.definition),
          "shape": .array(row.shape.map { .string($0.description) }),
        ]
        let extents = row.shape.compactMap(number)
        if extents.count == row.shape.count {
          object["extents"] = .array(extents.map(JSONValue.integer))
        }
        object["parameters"] = json(of: row.parameters)
        object["multiplyAdds"] = json(of: row.multiplyAdds)
        return .object(object)
      })
    object["parameters"] = json(of: parameters)
    object["multiplyAdds"] = json(of: multiplyAdds)
    object["windows"] = WindowSummary(self).json
    return .object(object)
  }

  private func json(of count: Size) -> JSONValue {
    number(count).map(JSONValue.integer) ?? .string(count.description)
  }
}
