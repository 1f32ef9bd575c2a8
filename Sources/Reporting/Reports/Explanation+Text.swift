import Diagnostics
import Explaining

extension Explanation {
  /// The explanation as text of at most `width` columns, a word that is wider apart.
  public func text(style: Style = .plain, width: Int = TextReport.defaultWidth) -> String {
    lines.map { line in
      var rows = TextWrapping.lines(of: line.headline, width: width, hanging: 4)
        .map { style.apply(.headline, to: $0) }
      for part in line.parts { rows += Self.entry("with", part, width, style) }
      if line.uses.count > 1 {
        rows += Self.entry(
          "uses", "The value is used in \(line.uses.count) lines; its gradients add.", width, style)
      }
      for use in line.uses { rows += Self.rows(of: use, width, style) }
      if let remark = line.remark { rows += Self.entry("part", remark, width, style) }
      for product in line.products {
        if let term = product.term { rows += Self.entry("term", "`\(term)`", width, style) }
        rows += Self.entry("product", product.argument.product, width, style)
        rows += Self.entry("shapes", product.argument.reason, width, style)
      }
      return rows.map { $0 + "\n" }.joined()
    }.joined(separator: "\n")
  }

  private static func rows(of use: LineExplanation.Use, _ width: Int, _ style: Style) -> [String] {
    var rows = entry("from", use.forwardLine, width, style)
    for rule in use.rules {
      rows += entry("rule", rule.sentence, width, style)
      if rule.relations.count == 2 {
        rows += entry("", "forward   \(rule.relations[0])", width, style)
        rows += entry("", "backward  \(rule.relations[1])", width, style)
      }
    }
    if use.isCut {
      rows += entry("", "It is used in further ways in this line; all of them add.", width, style)
    }
    return rows
  }

  private static let margin = 12

  private static func entry(
    _ word: String, _ text: String, _ width: Int, _ style: Style
  ) -> [String] {
    let rows = TextWrapping.lines(of: text, width: width - margin, hanging: 0)
    return rows.enumerated().map { number, row in
      let head =
        number == 0 ? "  " + word.padded(to: margin - 2) : String(repeating: " ", count: margin)
      return style.apply(.gutter, to: head) + row
    }
  }
}
