import Foundation

/// The page of operations: what the language says of each, a program in one line, or that it does not say it yet.
public struct OperationsPage: Sendable {
  /// An operation that frameworks differentiate.
  public struct Row: Sendable {
    /// Its plain name.
    public let name: String
    /// The program, its statements parted by `; `; nil where there is none yet.
    public let line: String?

    /// The program as a text.
    public var text: String? { line?.split(separator: "; ").joined(separator: "\n") }
  }

  /// The page as it is written.
  public let text: String
  /// Its rows, in order.
  public let rows: [Row]

  /// Reads the page of this package.
  public init() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Documentation/Operations.md").standardizedFileURL
    text = try String(contentsOf: page, encoding: .utf8)
    rows = text.split(separator: "\n").compactMap { line in
      guard let match = line.wholeMatch(of: /\| ([^|]+) \| (?:`(.+)`|not yet) \|/) else {
        return nil
      }
      return Row(name: String(match.1), line: match.2.map(String.init))
    }
  }
}
