/// Sequences that are defined step by step, each from what stands at earlier steps or above it at the same step.
///
/// ```
/// for t in first ..< first + count, in its direction:
///   S₀[t] = body₀(reads at t)
///   S₁[t] = body₁(reads at t)
/// ```
///
/// A body is an ordinary expression of one step. Everything that it takes from elsewhere is a *read*: a
/// symbol of the role ``TensorSymbol/Role/step`` with its source. So a recurrence is closed: its operands are
/// its arguments, and two blocks that differ in names alone are one node.
public struct Recurrence: Hashable, Sendable {
  /// Which way steps run.
  public enum Direction: Hashable, Sendable {
    case forwards, backwards

    /// The offset of the step before.
    public var previous: Int { self == .forwards ? -1 : 1 }
    /// The other way.
    public var reversed: Direction { self == .forwards ? .backwards : .forwards }
  }

  /// One sequence.
  public struct Line: Hashable, Sendable {
    /// The value at one step.
    public let body: TensorExpression
    /// Where the step's axis stands in the sequence.
    public let axis: Int
    /// The extent of that axis.
    public let extent: Size
    /// Values at steps that the recurrence does not run over.
    public let starts: [Start]

    public init(body: TensorExpression, axis: Int, extent: Size, starts: [Start] = []) {
      self.body = body
      self.axis = axis
      self.extent = extent
      self.starts = starts
    }

    /// The shape of the whole sequence.
    public var shape: [Size] {
      Array(body.shape[..<axis]) + [extent] + Array(body.shape[axis...])
    }
  }

  /// A value at a step that is not run over.
  public struct Start: Hashable, Sendable {
    /// The step that it is the value at.
    public let step: Size
    /// The place of the value among the arguments.
    public let argument: Int
    /// Whether the step is one of the sequence's own places, as `h[0]` is before `range(1, T)`.
    public let isInside: Bool

    public init(step: Size, argument: Int, isInside: Bool) {
      self.step = step
      self.argument = argument
      self.isInside = isInside
    }
  }

  /// What a symbol of the bodies stands for.
  public struct Read: Hashable, Sendable {
    /// What stands for it in bodies.
    public let symbol: TensorExpression
    /// What it stands for.
    public let source: Source

    public init(_ symbol: TensorExpression, _ source: Source) {
      self.symbol = symbol
      self.source = source
    }
  }

  /// Where a read comes from.
  public enum Source: Hashable, Sendable {
    /// A value that is the same at every step.
    case whole(argument: Int)
    /// The part of a value at a coordinate of one axis, in which index 0 is the step; zero outside.
    case entry(argument: Int, axis: Int, coordinate: Affine)
    /// A sequence so many steps away: its start where the recurrence does not run, zero where there is none.
    case line(Int, offset: Int)
  }

  /// Which way the steps run.
  public let direction: Direction
  /// The lowest step.
  public let first: Size
  /// How many steps there are.
  public let count: Size
  /// In the order in which they are computed at every step.
  public let lines: [Line]
  /// What bodies read.
  public let reads: [Read]
  /// The values that are read.
  public let arguments: [TensorExpression]

  public init(
    direction: Direction, first: Size, count: Size, lines: [Line], reads: [Read],
    arguments: [TensorExpression]
  ) {
    self.direction = direction
    self.first = first
    self.count = count
    self.lines = lines
    self.reads = reads
    self.arguments = arguments
  }

  func replacingArguments(_ new: [TensorExpression]) -> Recurrence {
    Recurrence(
      direction: direction, first: first, count: count, lines: lines, reads: reads, arguments: new)
  }

  /// The recurrence with another value of a step in each line.
  ///
  /// - Precondition: there is one for every line, of the shape that the line's own has.
  public func replacingBodies(_ new: [TensorExpression]) -> Recurrence {
    precondition(new.count == lines.count, "a body for every line")
    return Recurrence(
      direction: direction, first: first, count: count,
      lines: zip(lines, new).map {
        Line(body: $1, axis: $0.axis, extent: $0.extent, starts: $0.starts)
      }, reads: reads, arguments: arguments)
  }

  /// The sources of the reads by their symbols.
  public var sources: [TensorExpression: Source] {
    Dictionary(reads.map { ($0.symbol, $0.source) }) { first, _ in first }
  }

  /// The sequences as expressions, in line order.
  public var sequences: [TensorExpression] {
    guard let space = lines.first?.body.space else { return [] }
    return lines.indices.map { space.recurrence(self, line: $0) }
  }
}

extension ExpressionSpace {
  /// One sequence of a recurrence.
  public func recurrence(_ recurrence: Recurrence, line: Int) -> TensorExpression {
    intern(.recurrence(recurrence, line: line), shape: recurrence.lines[line].shape)
  }

  /// A symbol that stands for what a body reads.
  ///
  /// - Parameter number: tells the symbols of one recurrence apart.
  public func stepSymbol(
    _ number: Int, shape: [Size], structure: TensorStructure = []
  ) -> TensorExpression {
    symbol(TensorSymbol("#\(number)", role: .step, structure: structure), shape: shape)
  }
}

extension TensorExpression {
  /// The recurrence that this is a sequence of, and which.
  public var asRecurrence: (recurrence: Recurrence, line: Int)? {
    switch kind {
    case .recurrence(let recurrence, let line): (recurrence, line)
    case .symbol, .sum, .contraction, .elementwise, .extremum, .selector, .inverse, .determinant,
      .cholesky,
      .named:
      nil
    }
  }

  /// The value that stands under this name; nil for what is no name.
  public var namedValue: TensorExpression? { name == nil ? nil : operands.first }

  /// Whether the value depends on what a recurrence's body reads.
  public var readsSteps: Bool {
    TensorExpression.symbols(of: [self]).contains(where: \.isStepSymbol)
  }

  /// Whether it stands for what a recurrence's body reads.
  public var isStepSymbol: Bool { declaredSymbol?.role == .step }
}
