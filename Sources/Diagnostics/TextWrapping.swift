/// Breaks text at spaces into lines of a width.
package enum TextWrapping {
  /// The lines of a sentence or formula, those after the first indented by `hanging` columns.
  ///
  /// A word that is wider than a line has a line of its own.
  package static func lines(of text: String, width: Int, hanging: Int) -> [String] {
    guard terminalWidth(of: text) > width else { return [text] }
    let margin = String(repeating: " ", count: hanging)
    var lines: [String] = []
    var line = ""
    var lineWidth = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let wordWidth = terminalWidth(of: String(word))
      if line.isEmpty {
        line = String(word)
        lineWidth = wordWidth
      } else if lineWidth + 1 + wordWidth <= width {
        line += " " + word
        lineWidth += 1 + wordWidth
      } else {
        lines.append(line)
        line = margin + word
        lineWidth = hanging + wordWidth
      }
    }
    lines.append(line)
    return lines
  }
}

extension String {
  /// The text with spaces behind it, up to a number of terminal columns.
  package func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: max(0, columns - terminalWidth(of: self)))
  }

  /// The text with spaces before it, up to a number of terminal columns.
  package func rightAligned(to columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - terminalWidth(of: self))) + self
  }
}
