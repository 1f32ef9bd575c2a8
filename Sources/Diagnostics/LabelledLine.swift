/// One line of source with the marks of its labels.
///
/// The rightmost label's words follow its mark; the words of the others hang below, from right to
/// left, each on a line of its own with a `|` that leads to it.
struct LabelledLine {
  /// A label's columns, from 0, and its words.
  struct Mark {
    let start: Int
    let end: Int
    let text: String
    let isPrimary: Bool
  }

  /// Bytes of a line that are shown; longer lines are cut around their labels.
  static let longestLine = 240
  /// Bytes that are kept before the first label of a line that is cut.
  private static let contextBefore = 60

  let number: Int
  let shown: String
  private let marks: [Mark]
  /// The columns that there are; nil where lines may be as long as they are.
  private let columns: Int?

  init(
    number: Int, segments: [SourceExcerpt.Segment], in source: SourceText, columns: Int? = nil
  ) {
    self.number = number
    self.columns = columns
    let whole = source.range(ofLine: number)
    let window = Self.window(of: whole, segments: segments, in: source, columns: columns)
    let text = TerminalText(source[window])
    let prefix = window.start > whole.start ? "…" : ""
    shown = prefix + text.shown + (window.end < whole.end ? "…" : "")
    // Of a line that is shown in part, labels that lie outside have no place.
    let reached = segments.filter { segment in
      window.count == whole.count
        || segment.range.end >= window.start && segment.range.start <= window.end
          && (segment.range.count == 0
            || segment.range.end > window.start && segment.range.start < window.end)
    }
    marks = reached.map { segment in
      let start = text.column(at: max(segment.range.start, window.start) - window.start)
      let end = text.column(
        at: min(max(segment.range.end, window.start), window.end) - window.start)
      let shift = prefix.isEmpty ? 0 : 1
      return Mark(
        start: start + shift, end: max(end, start + 1) + shift, text: segment.text,
        isPrimary: segment.isPrimary)
    }
  }

  /// The line of marks, and the lines of words that hang below it.
  func markLines(primary role: TextRole) -> [StyledLine] {
    guard !marks.isEmpty else { return [] }
    // From right to left; at one column the longer mark first, so that the shorter is read last.
    let ordered = marks.sorted { ($0.start, $0.end) > ($1.start, $1.end) }
    var underline = underline(primary: role)
    var hanging = ordered.filter { !$0.text.isEmpty }
    let farthest = marks.map(\.end).max() ?? 0
    if let last = ordered.first, !last.text.isEmpty, last.end == farthest,
      farthest + 1 + terminalWidth(of: last.text) <= columns ?? .max
    {
      underline.append(" ")
      underline.append(last.text, last.isPrimary ? role : .secondary)
      hanging.removeFirst()
    }
    var lines = [underline]
    while let mark = hanging.first {
      lines.append(connectors(hanging, primary: role))
      hanging.removeFirst()
      var line = connectors(hanging.filter { $0.start < mark.start }, primary: role)
      let least = line.width == 0 ? 0 : line.width + 1
      let text = fitted(mark.text, behind: least)
      line.pad(to: min(mark.start, max((columns ?? .max) - terminalWidth(of: text), least)))
      line.append(text, mark.isPrimary ? role : .secondary)
      lines.append(line)
    }
    return lines
  }

  /// Words that fit behind so many columns; what does not is cut.
  private func fitted(_ text: String, behind width: Int) -> String {
    guard let columns else { return text }
    let room = max(columns - width, 8)
    guard terminalWidth(of: text) > room else { return text }
    var kept = text
    while !kept.isEmpty, terminalWidth(of: kept) > room - 1 { kept.removeLast() }
    return kept + "…"
  }

  private func underline(primary role: TextRole) -> StyledLine {
    var line = StyledLine()
    for column in 0..<(marks.map(\.end).max() ?? 0) {
      let covering = marks.filter { $0.start <= column && column < $0.end }
      if let tightest = covering.min(by: { $0.end - $0.start < $1.end - $1.start }) {
        line.append(tightest.isPrimary ? "^" : "-", tightest.isPrimary ? role : .secondary)
      } else {
        line.append(" ")
      }
    }
    return line
  }

  private func connectors(_ marks: [Mark], primary role: TextRole) -> StyledLine {
    var line = StyledLine()
    for mark in marks.reversed() where mark.start >= line.width {
      line.pad(to: mark.start)
      line.append("|", mark.isPrimary ? role : .secondary)
    }
    return line
  }

  /// The bytes of a line that are shown: all of them, or those around its labels that fit.
  private static func window(
    of whole: SourceRange, segments: [SourceExcerpt.Segment], in source: SourceText, columns: Int?
  ) -> SourceRange {
    let fits = columns.map { terminalWidth(of: TerminalText(source[whole]).shown) <= $0 } ?? true
    guard whole.count > longestLine || !fits else { return whole }
    let room = columns.map { max($0 - 2, 1) }
    let length = min(longestLine, room ?? longestLine, whole.count)
    let context = min(contextBefore, length / 3)
    var first = segments.map(\.range.start).min() ?? whole.start
    // What is at fault is shown, also where another label is too far from it.
    if let primary = segments.first(where: \.isPrimary)?.range,
      min(primary.end, primary.start + length / 2) > first - context + length
    {
      first = primary.start
    }
    var start = max(whole.start, min(first - context, whole.end - length))
    var end = min(whole.end, start + length)
    // Not inside a character: continuation bytes in UTF-8 are 10xxxxxx.
    while start > whole.start, source.utf8[start] & 0xC0 == 0x80 { start -= 1 }
    while end < whole.end, source.utf8[end] & 0xC0 == 0x80 { end += 1 }
    // A tab is one byte and several columns wide.
    while let room, end > start + 1,
      TerminalText(source[SourceRange(start: start, end: end)]).width > room
    {
      end -= 1
      while end > start + 1, source.utf8[end] & 0xC0 == 0x80 { end -= 1 }
    }
    return SourceRange(start: start, end: end)
  }
}
