import Testing

/// The values that the enclosing `withEvery` loops have reached, for the message of an expectation.
///
/// Write `#expect(condition, Trace.comment)`.
public enum Trace {
  @TaskLocal static var entries: [String] = []

  /// Such as `stride: 2, seed: 7`.
  public static var comment: Comment { Comment(rawValue: entries.joined(separator: ", ")) }
}

/// Runs a body for every value, smallest first as the caller orders them, with the value in the trace
/// of every expectation that uses ``Trace/comment``.
///
/// An error that the body throws is recorded with the trace, and the loop goes on.
public func withEvery<Value>(
  _ name: String, in values: some Sequence<Value>,
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: (Value) throws -> Void
) {
  for value in values {
    Trace.$entries.withValue(Trace.entries + ["\(name): \(value)"]) {
      do {
        try body(value)
      } catch {
        Issue.record(error, Trace.comment, sourceLocation: sourceLocation)
      }
    }
  }
}
