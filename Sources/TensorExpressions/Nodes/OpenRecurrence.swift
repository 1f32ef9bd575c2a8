/// A recurrence while it is written down: bodies may mention values from outside as they are.
///
/// ``closed(_:)`` makes a ``Recurrence`` of some of its lines.
public struct OpenRecurrence: Sendable {
  /// One sequence.
  public struct Line: Sendable {
    public var body: TensorExpression
    /// Where the step stands among the axes.
    public var axis: Int
    /// The extent of that axis.
    public var extent: Size
    /// Values at steps that are not run over.
    public var starts: [Start]

    public init(body: TensorExpression, axis: Int, extent: Size, starts: [Start] = []) {
      self.body = body
      self.axis = axis
      self.extent = extent
      self.starts = starts
    }
  }

  /// A value at a step that is not run over.
  public struct Start: Sendable {
    /// The step that it is the value at.
    public let step: Size
    /// The value.
    public let value: TensorExpression
    /// Whether the step is one of the sequence's own places.
    public let isInside: Bool

    public init(step: Size, value: TensorExpression, isInside: Bool) {
      self.step = step
      self.value = value
      self.isInside = isInside
    }
  }

  /// Where a read comes from.
  public enum Source: Hashable, Sendable {
    /// The entry of a value outside, at a coordinate along an axis that depends on the step.
    case entry(TensorExpression, axis: Int, coordinate: Affine)
    /// What a line has at a step: the offset is 0 for the same one, −1 for the one before in forward steps.
    case line(Int, offset: Int)
  }

  /// Which way the steps run.
  public let direction: Recurrence.Direction
  /// The lowest step.
  public internal(set) var first: Size
  /// How many steps there are.
  public internal(set) var count: Size
  /// The lines, in order.
  public var lines: [Line] = []
  /// What the symbols in bodies stand for, by symbol.
  public private(set) var sources: [TensorExpression: Source] = [:]
  private var symbols: [Source: TensorExpression] = [:]

  public init(direction: Recurrence.Direction, first: Size, count: Size) {
    self.direction = direction
    self.first = first
    self.count = count
  }

  /// The symbol for what a body reads, the same for equal sources.
  public mutating func read(
    _ source: Source, shape: [Size], structure: TensorStructure = [], in space: ExpressionSpace
  ) -> TensorExpression {
    if let known = symbols[source] { return known }
    let symbol = space.stepSymbol(sources.count, shape: shape, structure: structure)
    symbols[source] = symbol
    sources[symbol] = source
    return symbol
  }

  /// The part of a value at a coordinate of one axis.
  ///
  /// - Parameter known: what is known of the part; nil for what its entries have from the value.
  public mutating func entry(
    of value: TensorExpression, axis: Int, at coordinate: Affine,
    structure known: TensorStructure? = nil
  ) -> TensorExpression {
    var shape = value.shape
    shape.remove(at: axis)
    let structure =
      known ?? value.unnamed.declaredSymbol?.structure.intersection(.ofEntries) ?? []
    return read(
      .entry(value, axis: axis, coordinate: coordinate), shape: shape, structure: structure,
      in: value.space)
  }

  /// The lines that a line's body reads, each with how far away.
  public func lineReads(of body: TensorExpression) -> [(line: Int, offset: Int)] {
    TensorExpression.symbols(of: [body]).compactMap { symbol in
      if case .line(let line, let offset)? = sources[symbol] { (line, offset) } else { nil }
    }
  }

  /// The one line of a recurrence that has no form without steps, with the steps in front.
  public func alone(_ recurrence: Recurrence) -> TensorExpression {
    let whole = recurrence.sequences[0]
    let shape = [count] + whole.shape.dropFirst()
    let access = [Affine.index(0) + first] + (1..<whole.rank).map(Affine.index)
    return whole.reindexed(access, to: shape)
  }

  /// How a sequence that is a value already is read so many steps away, its starts included.
  func read(
    of line: Int, at offset: Int, from value: TensorExpression
  ) -> (value: TensorExpression, axis: Int, coordinate: Affine) {
    let outside = lines[line].starts.filter { !$0.isInside }
    let axis = lines[line].axis
    let coordinate = Affine.index(0) + Size(offset)
    if outside.isEmpty { return (value, axis, coordinate) }
    let steps = StepAxis(first: first, count: count)
    return (
      steps.entries(
        of: value, axis: axis, at: coordinate, starts: outside.map { ($0.step, $0.value) }), 0,
      Affine.index(0) + -first
    )
  }

  /// The recurrence of the lines at some places, in that order; the other lines that they read are values already.
  ///
  /// - Parameter known: the sequences of lines that are not among them.
  public func closed(_ places: [Int], knowing known: [Int: TensorExpression]) -> Recurrence {
    var closing = RecurrenceClosing(self, places, known)
    return closing.recurrence()
  }
}

extension TensorStructure {
  /// What is said of every entry by itself, and so of every part.
  static let ofEntries: TensorStructure = [.positive, .nonnegative, .unitInterval, .integer]
}

/// Numbers reads and arguments in the order in which bodies mention them, so that equal blocks are one node.
private struct RecurrenceClosing {
  private let open: OpenRecurrence
  private let places: [Int]
  private let known: [Int: TensorExpression]
  private var arguments: [TensorExpression] = []
  private var numbers: [Int: Int] = [:]
  private var reads: [Recurrence.Source: TensorExpression] = [:]
  private var order: [Recurrence.Read] = []
  private var memo: [TensorExpression: TensorExpression] = [:]

  init(_ open: OpenRecurrence, _ places: [Int], _ known: [Int: TensorExpression]) {
    self.open = open
    self.places = places
    self.known = known
    for (new, old) in places.enumerated() { numbers[old] = new }
  }

  mutating func recurrence() -> Recurrence {
    var lines: [Recurrence.Line] = []
    for place in places {
      let line = open.lines[place]
      let body = closed(line.body)
      let starts = line.starts.map {
        Recurrence.Start(step: $0.step, argument: argument($0.value), isInside: $0.isInside)
      }
      lines.append(
        Recurrence.Line(body: body, axis: line.axis, extent: line.extent, starts: starts))
    }
    return Recurrence(
      direction: open.direction, first: open.first, count: open.count, lines: lines, reads: order,
      arguments: arguments)
  }

  private mutating func argument(_ value: TensorExpression) -> Int {
    if let place = arguments.firstIndex(of: value) { return place }
    arguments.append(value)
    return arguments.count - 1
  }

  private mutating func symbol(
    _ source: Recurrence.Source, _ shape: [Size], _ structure: TensorStructure,
    _ space: ExpressionSpace
  ) -> TensorExpression {
    if let known = reads[source] { return known }
    let symbol = space.stepSymbol(order.count, shape: shape, structure: structure)
    reads[source] = symbol
    order.append(Recurrence.Read(symbol, source))
    return symbol
  }

  /// The body with reads numbered anew, and what does not depend on the step as arguments.
  private mutating func closed(_ body: TensorExpression) -> TensorExpression {
    let nodes = TensorExpression.postorder(of: [body])
    var moving: Set<TensorExpression> = []
    for node in nodes where node.isStepSymbol || node.operands.contains(where: moving.contains) {
      moving.insert(node)
    }
    guard moving.contains(body) else { return outside(body) }
    for node in nodes where moving.contains(node) && memo[node] == nil {
      if node.isStepSymbol {
        memo[node] = step(node)
      } else {
        let operands = node.operands.map { operand in
          moving.contains(operand) ? memo[operand] ?? operand : outside(operand)
        }
        memo[node] = node.replacingOperands(operands)
      }
    }
    return memo[body] ?? body
  }

  private mutating func step(_ node: TensorExpression) -> TensorExpression {
    guard let symbol = node.declaredSymbol, let source = open.sources[node] else { return node }
    let closed: Recurrence.Source
    switch source {
    case .entry(let value, let axis, let coordinate):
      closed = .entry(argument: argument(value), axis: axis, coordinate: coordinate)
    case .line(let line, let offset):
      if let place = numbers[line] {
        closed = .line(place, offset: offset)
      } else if let value = known[line] {
        let read = open.read(of: line, at: offset, from: value)
        closed = .entry(
          argument: argument(read.value), axis: read.axis, coordinate: read.coordinate)
      } else {
        return node
      }
    }
    return self.symbol(closed, node.shape, symbol.structure, node.space)
  }

  /// A value that is the same at every step; plain numbers stay in the body.
  private mutating func outside(_ node: TensorExpression) -> TensorExpression {
    if TensorExpression.symbols(of: [node]).isEmpty, node.name == nil { return node }
    if let known = memo[node] { return known }
    let structure = node.unnamed.declaredSymbol?.structure ?? []
    let symbol = self.symbol(.whole(argument: argument(node)), node.shape, structure, node.space)
    memo[node] = symbol
    return symbol
  }
}
