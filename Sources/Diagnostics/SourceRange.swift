/// A half-open stretch of a source text, counted in UTF-8 bytes from its start.
///
/// An empty range is a place between two bytes; a renderer marks the character that follows it.
public struct SourceRange: Hashable, Sendable {
  /// The offset of the first byte.
  public let start: Int
  /// The offset just after the last byte; never less than `start`.
  public let end: Int

  /// Makes a range; an `end` before `start` is taken as an empty range at `start`.
  public init(start: Int, end: Int) {
    self.start = start
    self.end = max(start, end)
  }

  /// The number of bytes, not of characters.
  public var count: Int { end - start }
  /// Whether the range has no bytes, so that it is a place between two.
  public var isEmpty: Bool { start == end }

  /// The smallest range that holds both ranges and what lies between them.
  public func union(_ other: SourceRange) -> SourceRange {
    SourceRange(start: min(start, other.start), end: max(end, other.end))
  }

  /// Whether the byte at an offset lies in the range; never for an empty one.
  public func contains(_ offset: Int) -> Bool { start <= offset && offset < end }
}

/// A place in a source text, as an editor and a terminal count it, both from 1.
public struct SourceLocation: Hashable, Sendable {
  /// The line, of which the first is 1.
  public let line: Int
  /// The terminal column, so that wide characters count twice and combining marks not at all.
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}
