import Diagnostics
import TensorExpressions

/// The values that a block's lines come to.
///
/// Lines that depend on each other in a circle are one recurrence. All others are ordinary expressions of
/// whole arrays, as if they stood outside.
extension Elaboration {
  /// Gives the names of a block their values.
  ///
  /// - Returns: the arrays of all steps, by line.
  mutating func bindLines(_ context: StepContext, _ range: SourceRange) -> [Int: TensorExpression] {
    var values: [Int: TensorExpression] = [:]
    for circle in Circles(context.open).inOrder {
      let recurrence = open(context, circle, values).closed(circle, knowing: values)
      let isCircle =
        circle.count > 1
        || recurrence.reads.contains { if case .line = $0.source { true } else { false } }
      for (place, number) in circle.enumerated() {
        let whole =
          isCircle
          ? nil
          : recurrence.lifted(recurrence.lines[place].body, over: []).map {
            recurrence.sequence(place, ofSteps: $0)
          }
        values[number] = whole ?? space.recurrence(recurrence, line: place)
      }
      for number in circle { values[number] = bind(number, values[number], context) }
    }
    for (name, value, place) in pendingSums {
      addSum(name, lifted(value, context, values).map(context.steps.sum), place, range)
    }
    pendingSums = []
    return values
  }

  /// The lines of a block; where one of a circle begins with −∞, without its first step.
  private func open(
    _ context: StepContext, _ circle: [Int], _ values: [Int: TensorExpression]
  ) -> OpenRecurrence {
    let read = circle.flatMap { number in
      context.open.lineReads(of: context.open.lines[number].body).map(\.line)
    }
    let isInfinite = (circle + read).contains { number in
      context.open.lines[number].starts.contains { $0.value.holdsMinusInfinity }
    }
    guard isInfinite, assumptions.isAtLeast(context.count, 2) else { return context.open }
    return context.open.afterFirstStep(of: circle, knowing: values) ?? context.open
  }

  /// Names a line's value, and notes its starts for those who read it outside of its steps.
  private mutating func bind(
    _ number: Int, _ value: TensorExpression?, _ context: StepContext
  ) -> TensorExpression? {
    guard let value else { return nil }
    let line = context.lines[number]
    let name = line.name
    let entry = scope.entries[name.name]
    let shapeLine = accumulations[name.name]?.range
    if line.isCarry {
      bindCarry(line, value, context)
      return value
    }
    if case .open? = entry?.meaning {
      scope.entries[name.name] = nil
      accumulations[name.name] = nil
    }
    // An output that its own block reads has two gradients: the one that comes in, and the whole one.
    let isReadOutput = outline.outputNames.contains(name.name) && value.asRecurrence != nil
    let inside = isReadOutput ? space.named(name.name + "_", value) : value
    define(line, as: inside, in: context)
    if let last = program.values.lastIndex(where: { $0.name == name.name }) {
      program.values[last].shapeLine = shapeLine
    }
    let outside = context.open.lines[number].starts.filter { !$0.isInside }
    if !outside.isEmpty {
      sequenceStarts[name.name] = SequenceStarts(
        axis: line.axis, starts: outside.map { ($0.step, $0.value) })
    }
    guard case .tensor(let named)? = scope.entries[name.name]?.meaning else { return value }
    return isReadOutput ? inside : named
  }

  /// A plain name that had a value before the block has that of the last step after it, as in Python.
  private mutating func bindCarry(
    _ line: StepContext.LineState, _ value: TensorExpression, _ context: StepContext
  ) {
    let name = line.name
    if let before = program.values.firstIndex(where: { $0.name == name.name }) {
      let roots = program.values.map(\.value).filter { $0 !== program.values[before].value }
      guard !TensorExpression.postorder(of: roots).contains(program.values[before].value) else {
        fail(.name(.updatedLate(name.name)), name.range)
        return
      }
      program.values.remove(at: before)
    }
    program.numbers.removeAll { $0.name == name.name }
    scope.entries[name.name] = nil
    let place =
      context.first + (context.direction == .forwards ? context.count - 1 : .zero)
    let rest = Array(value.shape.dropFirst())
    let last = value.reindexed([.constant(place)] + rest.indices.map(Affine.index), to: rest)
    define(line, as: last, in: context)
  }

  /// Gives the name of a line a value that stands in a block.
  private mutating func define(
    _ line: StepContext.LineState, as value: TensorExpression, in context: StepContext
  ) {
    define(line.name, value, declared: nil, line.name.range, line.range)
    if let last = program.values.indices.last, program.values[last].name == line.name.name {
      program.values[last].block = context.header
    }
  }

  /// `gW += …` in a block: the sum over its steps is added to what the name is.
  private mutating func addSum(
    _ name: Identifier, _ sum: TensorExpression?, _ place: SourceRange, _ range: SourceRange
  ) {
    guard let sum else { return }
    var total = sum
    if let entry = scope.entries[name.name] {
      switch entry.meaning {
      case .tensor(let value):
        guard let before = program.values.firstIndex(where: { $0.value === value }),
          let fitted = fitted(sum, to: value.shape)
        else {
          fail(.name(.updatedLate(name.name)), name.range)
          return
        }
        total = space.sum([value.unnamed, fitted], shape: value.shape)
        program.values.remove(at: before)
      case .number(let value):
        guard let number = value.asNumber else { return }
        total = space.sum([space.filled(number, sum.shape), sum], shape: sum.shape)
        program.numbers.removeAll { $0.name == name.name }
      case .open(let shape):
        guard let fitted = fitted(sum, to: shape) else { return }
        total = fitted
        accumulations[name.name] = nil
      case .size, .failed: return
      }
      scope.entries[name.name] = nil
    }
    define(name, total, declared: nil, name.range, value: place, range)
  }

  /// A value of one step for all steps, with the steps in front.
  func lifted(
    _ body: TensorExpression, _ context: StepContext, _ values: [Int: TensorExpression]
  ) -> TensorExpression? {
    var open = context.open
    open.lines.append(.init(body: body, axis: 0, extent: context.first + context.count))
    let recurrence = open.closed([open.lines.count - 1], knowing: values)
    return recurrence.lifted(recurrence.lines[0].body, over: [])
      ?? open.alone(recurrence)
  }

  // MARK: Claims

  mutating func settle(
    _ claims: [PendingClaim], _ context: StepContext, _ values: [Int: TensorExpression]
  ) {
    var begun: Set<String> = []
    for pending in claims {
      problems = pending.problems
      let isFirst = begun.insert(pending.name).inserted
      let whole = pending.body.flatMap { lifted($0, context, values) }.map { steps in
        pending.place.map {
          (isFirst ? starts(of: pending, axis: $0.axis, context) : []).reduce(
            context.steps.scattered(
              steps, axis: $0.axis, at: $0.coordinate, to: pending.primal.shape), +)
        } ?? context.steps.sum(steps)
      }
      if pending.adds {
        accumulate(pending, whole)
      } else {
        settle(
          OpenClaim(
            name: pending.name, subject: .gradient(primal: pending.primal), claimed: whole,
            claimedRange: pending.valueRange), of: pending.statement)
      }
      problems = []
    }
  }

  /// What a claim says of places before the first step, each as an array of all places.
  private mutating func starts(
    of pending: PendingClaim, axis: Int, _ context: StepContext
  ) -> [TensorExpression] {
    var shape = pending.primal.shape
    let extent = shape.remove(at: axis)
    return (context.starts[pending.name] ?? []).compactMap { start in
      guard isPlace(start.step, on: axis, of: pending.primal),
        let tensor = tensor(start.value, start.expression), let value = fitted(tensor, to: shape)
      else { return nil }
      return value.placed(at: start.step, ofNewAxis: axis, extent: extent)
    }
  }

  /// Several statements that add to one gradient are one claim.
  private mutating func accumulate(_ pending: PendingClaim, _ whole: TensorExpression?) {
    let range = pending.statement.range
    var open =
      claimAccumulations[pending.name]
      ?? Accumulation(
        shape: pending.primal.shape, range: range,
        remaining: outline.claimAdditions[pending.name] ?? 1)
    open.remaining -= 1
    open.range = open.range.union(range)
    open.claimedRange = open.claimedRange?.union(pending.valueRange) ?? pending.valueRange
    open.terms += whole.map { [$0] } ?? []
    open.hasFailed = open.hasFailed || whole == nil
    claimAccumulations[pending.name] = open
    guard open.remaining == 0 || !problems.isEmpty else { return }
    settle(
      OpenClaim(
        name: pending.name, subject: .gradient(primal: pending.primal),
        claimed: open.hasFailed ? nil : space.sum(open.terms, shape: pending.primal.shape),
        claimedRange: open.claimedRange ?? pending.valueRange), of: pending.statement)
  }
}

/// The lines of a block in groups that depend on each other in a circle, each group after those that it reads.
struct Circles {
  private let reads: [[Int]]
  private var numbers: [Int: Int] = [:]
  private var lowest: [Int: Int] = [:]
  private var stack: [Int] = []
  private(set) var inOrder: [[Int]] = []

  init(_ open: OpenRecurrence) {
    reads = open.lines.map { line in open.lineReads(of: line.body).map(\.line) }
    for line in reads.indices where numbers[line] == nil { visit(line) }
  }

  /// Tarjan's algorithm (1972); a block has few lines.
  private mutating func visit(_ line: Int) {
    let number = numbers.count
    numbers[line] = number
    lowest[line] = number
    stack.append(line)
    for read in reads[line] {
      if numbers[read] == nil {
        visit(read)
        lowest[line] = min(lowest[line] ?? number, lowest[read] ?? number)
      } else if stack.contains(read) {
        lowest[line] = min(lowest[line] ?? number, numbers[read] ?? number)
      }
    }
    guard lowest[line] == number, let start = stack.firstIndex(of: line) else { return }
    inOrder.append(stack[start...].sorted())
    stack.removeSubrange(start...)
  }
}
