/// The lines of source that some labels touch, with marks and words below them.
///
/// A label over several lines is marked on its first and on its last line. Lines between that no
/// label touches are left out, with `...` in their place.
struct SourceExcerpt {
  /// The part of a label that lies on one line.
  struct Segment {
    let line: Int
    let range: SourceRange
    let text: String
    let isPrimary: Bool
  }

  let source: SourceText
  let role: TextRole
  let segments: [Segment]
  /// The columns that there are; nil where lines may be as long as they are.
  private let width: Int?

  init(
    source: SourceText, primary: Diagnostic.Label?, secondary: [Diagnostic.Label], role: TextRole,
    width: Int? = nil
  ) {
    self.source = source
    self.role = role
    self.width = width
    let primaries = primary.map { Self.segments(of: $0, isPrimary: true, in: source) } ?? []
    segments = secondary.reduce(into: primaries) {
      $0 += Self.segments(of: $1, isPrimary: false, in: source)
    }
  }

  /// The digits of the greatest line number.
  var gutterWidth: Int { String(segments.map(\.line).max() ?? 1).utf8.count }

  /// The columns right of the gutter.
  private var columns: Int? { width.map { max($0 - gutterWidth - 3, 24) } }

  var emptyLine: StyledLine {
    StyledLine(String(repeating: " ", count: gutterWidth + 1) + "|", .gutter)
  }

  func lines() -> [StyledLine] {
    var lines: [StyledLine] = []
    var previous: Int?
    for number in Set(segments.map(\.line)).sorted() {
      if let previous, number > previous + 2 {
        lines.append(StyledLine("...", .gutter))
      } else if let previous, number == previous + 2 {
        lines.append(
          sourceLine(LabelledLine(number: previous + 1, segments: [], in: source, columns: columns))
        )
      }
      let labelled = LabelledLine(
        number: number, segments: segments.filter { $0.line == number }, in: source,
        columns: columns)
      lines.append(sourceLine(labelled))
      for markLine in labelled.markLines(primary: role) {
        var line = emptyLine
        line.append(" ")
        lines.append(markLine.appended(to: line))
      }
      previous = number
    }
    return lines
  }

  private func sourceLine(_ labelled: LabelledLine) -> StyledLine {
    let number = String(labelled.number)
    let margin = String(repeating: " ", count: max(0, gutterWidth - number.utf8.count))
    var line = StyledLine("\(margin)\(number) |", .gutter)
    line.append(" " + labelled.shown)
    return line
  }

  private static func segments(
    of label: Diagnostic.Label, isPrimary: Bool, in source: SourceText
  ) -> [Segment] {
    let first = source.line(at: label.range.start)
    let last = source.line(at: max(label.range.start, label.range.end - 1))
    guard last > first else {
      return [Segment(line: first, range: label.range, text: label.text, isPrimary: isPrimary)]
    }
    let head = SourceRange(start: label.range.start, end: source.range(ofLine: first).end)
    let lastLine = source.range(ofLine: last)
    var start = lastLine.start
    while start < lastLine.end, source.utf8[start] == 0x20 || source.utf8[start] == 0x09 {
      start += 1
    }
    let tail = SourceRange(start: min(start, label.range.end), end: label.range.end)
    return [
      Segment(line: first, range: head, text: "", isPrimary: isPrimary),
      Segment(line: last, range: tail, text: label.text, isPrimary: isPrimary),
    ]
  }
}

extension StyledLine {
  /// The same stretches after those of another line.
  func appended(to line: StyledLine) -> StyledLine {
    var result = line
    forEachStretch { result.append($0, $1) }
    return result
  }
}
