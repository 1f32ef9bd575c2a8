import Derivation
import TensorExpressions

/// A recurrence as a loop over its steps, ready to be written: everything that a step reads has a name.
struct CodeBlock {
  /// One sequence of the recurrence.
  struct Sequence {
    let name: String
    /// Parts that a step computes first, then the step's own value.
    let parts: [CodePlan.Line]
    let value: TensorExpression
    let axis: Int
    let extent: Size
    /// Values at steps that are not run over; zero where it says nothing, of those that are read.
    let starts: [Start]
    /// How many steps are read before the sequence's first place, and behind its last one.
    let room: (before: Int, behind: Int)
    /// Whether anything outside of the loop reads the sequence.
    let isRead: Bool

    /// The shape of the whole sequence.
    var shape: [Size] { wholeShape(of: extent) }

    /// The shape with room for the steps that lie outside.
    var roomyShape: [Size] { wholeShape(of: extent + Size(room.before + room.behind)) }

    private func wholeShape(of extent: Size) -> [Size] {
      Array(value.shape[..<axis]) + [extent] + Array(value.shape[axis...])
    }
  }

  /// The value at a step that is not run over.
  struct Start {
    let step: Size
    let value: TensorExpression
  }

  let direction: Recurrence.Direction
  let first: Size
  let count: Size
  /// The name of the step.
  let step: String
  private(set) var sequences: [Sequence] = []

  /// - Parameters:
  ///   - names: those of the sequences, in line order.
  ///   - reference: an argument whose element type new arrays take.
  ///   - read: the sequences that are read outside of the loop.
  ///   - parts: names for what a step computes by itself.
  init(
    _ recurrence: Recurrence, names: [String], read: Set<Int>, step: String,
    in family: CodeTarget.Family, reference: String?, parts: inout NamedParts
  ) {
    direction = recurrence.direction
    first = recurrence.first
    count = recurrence.count
    self.step = step
    let rooms = recurrence.lines.indices.map(recurrence.room)
    let reads = StepReads(recurrence, names, rooms, step: step, family).expressions
    var bodies = recurrence.lines.map(\.body)
    if case .loops = family { bodies = StableForms.applied(to: bodies) }
    let map = Dictionary(uniqueKeysWithValues: zip(recurrence.reads.map(\.symbol), reads))
    let known = parts.names
    let stepped = TensorExpression.rebuilding(bodies) { node in
      map[node] ?? node.readingDirectly(Set(reads))
    }
    let values = parts.appliedApart(to: family.readingPlaces(stepped, reference: reference))
    var placed = known
    for (number, line) in recurrence.lines.enumerated() {
      var own: [CodePlan.Line] = []
      for node in TensorExpression.postorder(of: [values[number]]) {
        guard let name = node.name, let value = node.namedValue, parts.names.contains(name),
          placed.insert(name).inserted
        else { continue }
        own.append(CodePlan.Line(name: name, expression: value))
      }
      sequences.append(
        Sequence(
          name: names[number], parts: own, value: values[number], axis: line.axis,
          extent: line.extent, starts: recurrence.neededStarts(of: number), room: rooms[number],
          isRead: read.contains(number)))
    }
  }
}

extension Recurrence {
  /// How far away a line's sequence is read at most.
  private func reach(of line: Int) -> Int {
    reads.reduce(0) { reach, read in
      if case .line(line, let offset) = read.source { max(reach, abs(offset)) } else { reach }
    }
  }

  /// The steps outside of those that are run over at which a sequence is read.
  private func outerSteps(of line: Int) -> [Size] {
    let reach = reach(of: line)
    if reach == 0 { return [] }
    return (1...reach).map { away in
      direction == .forwards ? first - Size(away) : first + count + Size(away - 1)
    }
  }

  /// How many steps are read before a sequence's first place, and behind its last one.
  fileprivate func room(of line: Int) -> (before: Int, behind: Int) {
    let reach = reach(of: line)
    func missing(_ inside: Size) -> Int { max(0, reach - (inside.asInt.map { max(0, $0) } ?? 0)) }
    switch direction {
    case .forwards: return (missing(first), 0)
    case .backwards: return (0, missing(lines[line].extent - first - count))
    }
  }

  /// What stands at the steps that are read or kept without being run over.
  fileprivate func neededStarts(of line: Int) -> [CodeBlock.Start] {
    let own = lines[line]
    let outer = outerSteps(of: line)
    let given = own.starts.filter { $0.isInside || outer.contains($0.step) }
    let space = own.body.space
    return given.map { CodeBlock.Start(step: $0.step, value: arguments[$0.argument]) }
      + outer.filter { step in !given.contains { $0.step == step } }
      .map { CodeBlock.Start(step: $0, value: space.zeros(own.body.shape)) }
  }

  /// The recurrence with every part of a value that it reads inside of that value: what reaches over its edges is read
  /// from the entries of all steps, which are a value of their own.
  fileprivate var readingInside: Recurrence {
    var arguments = arguments
    let steps = StepAxis(first: first, count: count)
    let inside = reads.map { read -> Read in
      guard case .entry(let argument, let axis, let coordinate) = read.source else { return read }
      let value = arguments[argument]
      let places = coordinate.substituting(0, by: Affine.index(0) + first)
      let facts = ExtentFacts(positives: [count, value.shape[axis]])
      if places.staysInside(value.shape[axis], extents: [count], facts) { return read }
      if let (padded, before) = value.padded(for: places, of: axis, over: count, facts) {
        arguments.append(padded)
        let own = coordinate + before
        return Read(
          read.symbol, .entry(argument: arguments.count - 1, axis: axis, coordinate: own))
      }
      arguments.append(steps.entries(of: value, axis: axis, at: coordinate))
      let own = Affine.index(0) + -first
      return Read(read.symbol, .entry(argument: arguments.count - 1, axis: 0, coordinate: own))
    }
    return Recurrence(
      direction: direction, first: first, count: count, lines: lines, reads: inside,
      arguments: arguments)
  }
}

extension CodeBlock {
  /// The roots with every recurrence reading inside of the values that it reads parts of.
  static func readingInside(_ roots: [TensorExpression]) -> [TensorExpression] {
    TensorExpression.rebuilding(roots) { node in
      guard let (recurrence, line) = node.asRecurrence else { return node }
      return node.space.recurrence(recurrence.readingInside, line: line)
    }
  }
}

extension TensorExpression {
  /// The value with zeros before and behind an axis, so that it has all places of a coordinate, and how many stand
  /// before; nil where it is not known how many are needed.
  fileprivate func padded(
    for coordinate: Affine, of axis: Int, over count: Size, _ facts: ExtentFacts
  ) -> (value: TensorExpression, before: Size)? {
    func needed(_ excess: Size) -> Size? {
      if facts.isNonnegative(-excess) { return .zero }
      return facts.isNonnegative(excess) ? excess : nil
    }
    let (low, high) = coordinate.range(over: [count])
    guard let before = needed(-low), let behind = needed(high - shape[axis] + 1) else { return nil }
    var roomy = shape
    roomy[axis] = before + shape[axis] + behind
    var output = shape.indices.map(Affine.index)
    output[axis] = output[axis] + before
    let own = Contraction.Operand(self, shape.indices.map(Affine.index))
    return (
      space.contraction(
        Contraction(indices: shape, output: output, operands: [own]), shape: roomy), before
    )
  }
}
