/// A line of text as a terminal shows it: its characters with the columns they take.
///
/// Tabs run to the next multiple of eight. Control characters, which a terminal would obey, are
/// shown as their pictures (`␛`), and characters that reorder text are shown as `�`.
///
/// Design note: the width of a character is that of its widest scalar. Terminals differ on joined
/// emoji; no table agrees with all of them.
struct TerminalText {
  /// One user-perceived character.
  struct Cell {
    /// The number of UTF-8 bytes before it.
    let offset: Int
    /// The number of columns before it.
    let column: Int
    let width: Int
    let shown: String
  }

  static let tabWidth = 8

  let cells: [Cell]
  /// The columns that the whole text takes.
  let width: Int
  private let byteCount: Int

  init(_ text: String) {
    var cells: [Cell] = []
    var offset = 0
    var column = 0
    for character in text {
      let shown = Self.shown(character, at: column)
      let width = character == "\t" ? shown.utf8.count : Self.width(of: character)
      cells.append(Cell(offset: offset, column: column, width: width, shown: shown))
      offset += character.utf8.count
      column += width
    }
    self.cells = cells
    self.width = column
    byteCount = offset
  }

  var shown: String { cells.reduce(into: "") { $0 += $1.shown } }

  /// The column at which the character that holds a byte begins; the width for offsets at the end.
  func column(at offset: Int) -> Int {
    guard offset < byteCount else { return width }
    var low = 0
    var high = cells.count
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if cells[middle].offset <= offset { low = middle } else { high = middle }
    }
    return cells.isEmpty ? 0 : cells[low].column
  }

  private static func shown(_ character: Character, at column: Int) -> String {
    if character == "\t" {
      return String(repeating: " ", count: tabWidth - column % tabWidth)
    }
    var shown = ""
    for scalar in character.unicodeScalars {
      shown.unicodeScalars.append(
        scalar == "\n" || scalar.isInvisibleCommand ? scalar.picture : scalar)
    }
    return shown
  }

  /// The number of columns that a character takes on a terminal: 0, 1 or 2.
  static func width(of character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars {
      if scalar.value == 0xFE0F { return 2 }  // asks for the emoji form of what precedes it
      widest = max(widest, width(of: scalar))
    }
    return widest
  }

  private static func width(of scalar: Unicode.Scalar) -> Int {
    if (0x20..<0x7F).contains(scalar.value) { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    case .format: return scalar.isReordering ? 1 : 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// The blocks of wide characters that are not emoji; source: Unicode, EastAsianWidth.txt, W and F.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265,
    0x20000...0x3FFFD,
  ]
}

/// The columns that a text takes on a terminal.
///
/// A combining mark takes none and a wide character two, so `Ȳᵀ` is two columns wide in either of
/// its encodings. Use it to align columns of formulas.
public func terminalWidth(of text: String) -> Int {
  let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
  return isPlain ? text.utf8.count : TerminalText(text).width
}
