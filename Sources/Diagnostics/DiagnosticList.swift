/// The diagnostics of one source text, in the order in which they were found.
public struct DiagnosticList: Sendable {
  /// The text that the ranges of all diagnostics lie in.
  public let source: SourceText
  /// The diagnostics, in the order in which they were added.
  public private(set) var diagnostics: [Diagnostic] = []

  public init(source: SourceText) { self.source = source }

  /// Adds one diagnostic at the end.
  public mutating func append(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

  /// Adds several diagnostics at the end, in their order.
  public mutating func append(contentsOf more: some Sequence<Diagnostic>) {
    diagnostics.append(contentsOf: more)
  }

  /// Whether there is no diagnostic of any severity.
  public var isEmpty: Bool { diagnostics.isEmpty }
  /// Whether one of the diagnostics is an error; warnings are none.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
  /// How many diagnostics there are of one severity.
  public func count(of severity: Diagnostic.Severity) -> Int {
    diagnostics.count { $0.severity == severity }
  }

  /// The diagnostics in the order of the places that they mark, those without a place first.
  ///
  /// Diagnostics of one place keep the order in which they were found.
  public var inSourceOrder: [Diagnostic] {
    let keyed = diagnostics.enumerated().map { (start: $1.range?.start ?? -1, index: $0) }
    return keyed.sorted { ($0.start, $0.index) < ($1.start, $1.index) }.map {
      diagnostics[$0.index]
    }
  }

  /// All diagnostics in source order, with a blank line between them.
  ///
  /// - Parameter width: the columns that there are; nil where lines may be as long as they are.
  public func rendered(style: Style = .plain, width: Int? = nil) -> String {
    let renderer = DiagnosticRenderer(source: source, style: style, width: width)
    return inSourceOrder.map { renderer.render($0) }.joined(separator: "\n")
  }

  /// All diagnostics in source order, as the array that `--format json` prints.
  public var json: JSONValue { .array(inSourceOrder.map { $0.json(in: source) }) }
}
