import Diagnostics

/// `for t in reversed(range(T)), h[T] = h0:` with the lines below it, which define sequences step by step.
public struct BlockStatement: Hashable, Sendable {
  /// The name of the step.
  public let index: Identifier
  /// 0 where it is nil.
  public let lower: SyntaxExpression?
  /// The step after the last.
  public let upper: SyntaxExpression
  /// Whether the steps run backwards.
  public let isReversed: Bool
  /// Values before the first step, on lines before the head: places of the sequences' own.
  public let startLines: [StepStatement]
  /// Values before the first step, in the head.
  public let starts: [StepStatement]
  /// The lines, in order.
  public let lines: [Statement]
  /// From the lines before the block to the colon; it takes no part in equality.
  public let header: SourceRange

  public init(
    _ index: Identifier, lower: SyntaxExpression? = nil, upper: SyntaxExpression,
    isReversed: Bool = false, startLines: [StepStatement] = [], starts: [StepStatement] = [],
    lines: [Statement],
    header: SourceRange = SourceRange(start: 0, end: 0)
  ) {
    self.index = index
    self.lower = lower
    self.upper = upper
    self.isReversed = isReversed
    self.startLines = startLines
    self.starts = starts
    self.lines = lines
    self.header = header
  }

  public static func == (a: BlockStatement, b: BlockStatement) -> Bool {
    a.index == b.index && a.lower == b.lower && a.upper == b.upper && a.isReversed == b.isReversed
      && a.startLines == b.startLines && a.starts == b.starts && a.lines == b.lines
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(index)
    hasher.combine(upper)
    hasher.combine(lines)
  }
}

/// `h[t] = value` or `h[:, t] = value`, a part of a sequence; with `+=` what is added to it.
public struct StepStatement: Hashable, Sendable {
  /// The name of the sequence.
  public let name: Identifier
  /// What stands in the brackets.
  public let items: [SubscriptItem]
  /// Whether it adds to the part.
  public let adds: Bool
  /// The value.
  public let value: SyntaxExpression
  /// The left side; it takes no part in equality.
  public let target: SourceRange

  public init(
    _ name: Identifier, _ items: [SubscriptItem], adds: Bool = false, _ value: SyntaxExpression,
    target: SourceRange = SourceRange(start: 0, end: 0)
  ) {
    self.name = name
    self.items = items
    self.adds = adds
    self.value = value
    self.target = target
  }

  public static func == (a: StepStatement, b: StepStatement) -> Bool {
    a.name == b.name && a.items == b.items && a.adds == b.adds && a.value == b.value
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(items)
    hasher.combine(value)
  }
}
