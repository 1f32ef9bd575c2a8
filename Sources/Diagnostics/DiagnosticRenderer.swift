/// Writes diagnostics for people: a headline, the source with its labels, notes and help.
///
/// ```
/// error[shape-contraction]: `X @ W` contracts axes of different extent
///  --> layer.expr:4:7
///   |
/// 4 | Y = X @ W + b
///   |     - ^ - [out: 10, in: 784]
///   |     | |
///   |     | contracts `in` (784) with `out` (10)
///   |     |
///   |     [batch: 32, in: 784]
///   |
///   = help: did you mean `X @ W.T`?
/// ```
public struct DiagnosticRenderer: Sendable {
  /// The text that ranges are excerpts of.
  public let source: SourceText
  /// How the parts of a diagnostic are told apart: by nothing, or by a terminal's colours.
  public let style: Style
  /// The columns that there are; nil where lines may be as long as they are.
  public let width: Int?

  public init(source: SourceText, style: Style = .plain, width: Int? = nil) {
    self.source = source
    self.style = style
    self.width = width
  }

  /// The whole diagnostic; every line ends with a line feed.
  public func render(_ diagnostic: Diagnostic) -> String {
    lines(of: diagnostic).map { $0.rendered(style) + "\n" }.joined()
  }

  /// The lines of source that the labels touch, with the labels below them, each line ending with a
  /// line feed and beginning with `indent` spaces.
  public func excerpt(
    primary: Diagnostic.Label?, secondary: [Diagnostic.Label] = [],
    severity: Diagnostic.Severity = .error, indent: Int = 0
  ) -> String {
    let excerpt = SourceExcerpt(
      source: source, primary: primary, secondary: secondary, role: role(of: severity),
      width: width)
    let margin = String(repeating: " ", count: indent)
    return excerpt.lines().map { margin + $0.rendered(style) + "\n" }.joined()
  }

  private func lines(of diagnostic: Diagnostic) -> [StyledLine] {
    let kind = "\(diagnostic.severity.rawValue)[\(diagnostic.code.name)]"
    let words = wrapped("\(kind): \(diagnostic.message)", hanging: 2)
    var headline = StyledLine(kind, role(of: diagnostic.severity))
    headline.append(String(words[0].dropFirst(kind.count)), .headline)
    var lines = [headline] + words.dropFirst().map { StyledLine($0, .headline) }
    var gutter = 0
    if let primary = diagnostic.primary {
      let excerpt = SourceExcerpt(
        source: source, primary: primary, secondary: diagnostic.secondary,
        role: role(of: diagnostic.severity), width: width)
      gutter = excerpt.gutterWidth
      lines.append(placeLine(primary.range, gutter: gutter))
      lines.append(excerpt.emptyLine)
      lines += excerpt.lines()
      if !diagnostic.notes.isEmpty || diagnostic.help != nil { lines.append(excerpt.emptyLine) }
    } else {
      var line = StyledLine("--> ", .gutter)
      line.append(source.name)
      lines.append(line)
    }
    for note in diagnostic.notes { lines += remark("note", .note, note, gutter: gutter) }
    if let help = diagnostic.help { lines += remark("help", .help, help, gutter: gutter) }
    return lines
  }

  private func placeLine(_ range: SourceRange, gutter: Int) -> StyledLine {
    let place = source.location(of: range.start)
    var line = StyledLine(String(repeating: " ", count: gutter) + "--> ", .gutter)
    line.append("\(source.name):\(place.line):\(place.column)")
    return line
  }

  /// A note or help; lines after its first are aligned with it.
  private func remark(
    _ word: String, _ role: TextRole, _ text: String, gutter: Int
  ) -> [StyledLine] {
    let margin = gutter + 5 + word.utf8.count
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
      wrapped(String($0), margin: margin, hanging: 0)
    }
    return parts.enumerated().map { index, part in
      var line = StyledLine(String(repeating: " ", count: gutter + 1))
      if index == 0 {
        line.append("= ", .gutter)
        line.append(word, role)
        line.append(": ")
      } else {
        line.append(String(repeating: " ", count: 4 + word.utf8.count))
      }
      line.append(part)
      return line
    }
  }

  /// A sentence on lines of the width that there is beside a margin.
  private func wrapped(_ text: String, margin: Int = 0, hanging: Int) -> [String] {
    guard let width else { return [text] }
    return TextWrapping.lines(of: text, width: max(width - margin, 30), hanging: hanging)
  }

  private func role(of severity: Diagnostic.Severity) -> TextRole {
    switch severity {
    case .error: .error
    case .warning: .warning
    case .note: .note
    }
  }
}
