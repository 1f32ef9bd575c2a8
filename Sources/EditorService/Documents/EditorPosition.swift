import Diagnostics

/// A place as editors count: lines from 0, and units of UTF-16 from 0 within the line.
struct EditorPosition: Hashable, Comparable {
  let line: Int
  let character: Int

  static func < (a: EditorPosition, b: EditorPosition) -> Bool {
    (a.line, a.character) < (b.line, b.character)
  }

  var json: JSONValue {
    .object(["line": .integer(line), "character": .integer(character)])
  }

  init(line: Int, character: Int) {
    self.line = line
    self.character = character
  }

  /// The place that a message gives; nil where it gives none.
  init?(_ json: JSONValue?) {
    guard let line = json?["line"]?.intValue, let character = json?["character"]?.intValue,
      line >= 0, character >= 0
    else { return nil }
    self.init(line: line, character: character)
  }
}

extension SourceText {
  /// The place of an offset in bytes.
  func editorPosition(at offset: Int) -> EditorPosition {
    let line = line(at: offset)
    let start = range(ofLine: line).start
    let before = self[SourceRange(start: start, end: max(start, offset))]
    return EditorPosition(line: line - 1, character: before.utf16.count)
  }

  /// The offset of a place; the line's end for what lies behind it.
  func offset(of position: EditorPosition) -> Int {
    let line = range(ofLine: position.line + 1)
    var offset = line.start
    var units = 0
    for scalar in self[line].unicodeScalars {
      let width = scalar.utf16.count
      if units + width > position.character { break }
      units += width
      offset += scalar.utf8.count
    }
    return offset
  }

  func editorRange(_ range: SourceRange) -> JSONValue {
    .object([
      "start": editorPosition(at: range.start).json, "end": editorPosition(at: range.end).json,
    ])
  }

  /// The name that stands at an offset, or that ends there, with its place.
  func word(at offset: Int) -> (text: String, range: SourceRange)? {
    let line = range(ofLine: line(at: offset))
    var start = min(max(offset, line.start), line.end)
    var end = start
    while start > line.start, Self.isNamePart(utf8[start - 1]) { start -= 1 }
    while end < line.end, Self.isNamePart(utf8[end]) { end += 1 }
    let range = SourceRange(start: start, end: end)
    return range.count == 0 ? nil : (self[range], range)
  }

  /// Letters, digits and `_`; bytes of letters outside of ASCII.
  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
    default: false
    }
  }
}
