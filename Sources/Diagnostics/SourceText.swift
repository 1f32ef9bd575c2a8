/// A source file's text with the table of its lines.
///
/// Lines end with a line feed, a carriage return, or both in this order. Bytes that are not UTF-8
/// are replaced by U+FFFD on the way in, so every offset into `utf8` is an offset into valid text.
///
/// It is a class, so that diagnostics and syntax trees of one file can share it.
public final class SourceText: Sendable {
  /// The file's name, as the user gave it.
  public let name: String
  /// The text, in UTF-8.
  public let utf8: [UInt8]
  /// The offset of the first byte of every line.
  let lineStarts: [Int]

  /// Takes the text as it is.
  public init(name: String, text: String) {
    self.name = name
    utf8 = Array(text.utf8)
    lineStarts = Self.lineStarts(of: utf8)
  }

  /// Takes a file's bytes; what is not UTF-8 becomes U+FFFD.
  public convenience init(name: String, bytes: some Collection<UInt8>) {
    self.init(name: name, text: String(decoding: bytes, as: UTF8.self))
  }

  /// The text as it was read, its line ends unchanged.
  public var text: String { String(decoding: utf8, as: UTF8.self) }
  /// The number of lines, with the one behind the last line end, which may be empty.
  public var lineCount: Int { lineStarts.count }
  /// The whole text.
  public var range: SourceRange { SourceRange(start: 0, end: utf8.count) }

  /// The text of a range; what lies outside the source is left out.
  public subscript(range: SourceRange) -> String {
    let start = min(max(range.start, 0), utf8.count)
    let end = min(max(range.end, start), utf8.count)
    return String(decoding: utf8[start..<end], as: UTF8.self)
  }

  /// The number of the line that holds an offset, from 1; the last line for offsets past the end.
  ///
  /// - Complexity: O(log *n*) in the number of lines.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The range of a line, counted from 1, without its terminator; empty when there is no such line.
  public func range(ofLine line: Int) -> SourceRange {
    guard line >= 1, line <= lineStarts.count else {
      return SourceRange(start: utf8.count, end: utf8.count)
    }
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] : utf8.count
    while end > start, Self.isLineTerminator(utf8[end - 1]) { end -= 1 }
    return SourceRange(start: start, end: end)
  }

  /// The line and the terminal column of an offset.
  public func location(of offset: Int) -> SourceLocation {
    let line = line(at: offset)
    let lineRange = range(ofLine: line)
    let end = min(max(offset, lineRange.start), lineRange.end)
    let before = self[SourceRange(start: lineRange.start, end: end)]
    return SourceLocation(line: line, column: 1 + TerminalText(before).width)
  }

  private static func isLineTerminator(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private static func lineStarts(of utf8: [UInt8]) -> [Int] {
    var starts = [0]
    utf8.withUnsafeBufferPointer { bytes in
      for index in bytes.indices {
        let byte = bytes[index]
        let pair = index + 1 < bytes.count && bytes[index + 1] == 0x0A
        if byte == 0x0A || (byte == 0x0D && !pair) { starts.append(index + 1) }
      }
    }
    return starts
  }
}
