import Diagnostics
import Layers
import TensorExpressions

/// Reads of sequences and arrays at a step.
extension Elaboration {
  /// The block whose lines are read; nil inside of functions, which see nothing of it.
  var activeStep: StepContext? { callRange == nil && scope.limit == nil ? stepContext : nil }

  /// Whether the name of the step stands in an expression.
  func mentionsStep(_ expression: SyntaxExpression) -> Bool {
    guard let step = stepContext else { return false }
    if case .name(step.index.name) = expression.kind { return true }
    return expression.kind.children.contains(where: mentionsStep)
  }

  func mentionsStep(_ items: [SubscriptItem]) -> Bool {
    items.contains { $0.children.contains(where: mentionsStep) }
  }

  /// A coordinate in which index 0 is the step.
  mutating func stepCoordinate(_ expression: SyntaxExpression) -> Affine? {
    guard let context = stepContext else { return nil }
    let saved = (statedIndices, accessReading)
    statedIndices = [context.index.name]
    accessReading = nil
    stepContext?.readsCoordinate = true
    defer {
      (statedIndices, accessReading) = saved
      stepContext?.readsCoordinate = false
    }
    guard let coordinate = coordinate(expression) else { return nil }
    // A place that data name is none that is known here.
    guard coordinate.terms.keys.allSatisfy({ $0 == context.index.name }) else {
      fail(.block(.stepPlace(text(expression.range))), expression.range)
      return nil
    }
    let factor = coordinate.terms[context.index.name] ?? .zero
    return Affine.index(0) * factor + coordinate.constant
  }

  /// Where the step stands in a subscript, and the coordinate there.
  ///
  /// - Parameter exactly: whether it must be the step itself, as on a left side.
  mutating func stepPlace(
    of items: [SubscriptItem], exactly: Bool, rank: Int? = nil, _ range: SourceRange
  ) -> (axis: Int, item: Int, coordinate: Affine)? {
    var found: (axis: Int, item: Int, coordinate: Affine)?
    var axis = 0
    for (number, item) in items.enumerated() {
      switch item {
      case .newAxis: continue
      case .ellipsis:
        let rest = items.dropFirst(number + 1).filter { $0 != .newAxis }.count
        guard let rank else {
          fail(.block(.stepPlace(text(range))), range)
          return nil
        }
        axis = rank - rest
        continue
      case .slice: break
      case .index(let place) where mentionsStep(place):
        guard found == nil, let coordinate = stepCoordinate(place) else {
          if found != nil { fail(.block(.stepPlace(text(range))), range) }
          return nil
        }
        found = (axis, number, coordinate)
      case .index: break
      }
      axis += 1
    }
    guard let found, !exactly || found.coordinate == .index(0) else {
      fail(.block(.stepPlace(text(range))), range)
      return nil
    }
    return found
  }

  /// `x[:, t-1, :2]` in a block; nil where it fails.
  mutating func stepPart(
    _ receiver: SyntaxExpression, _ items: [SubscriptItem], _ range: SourceRange
  ) -> Value? {
    guard let context = stepContext else { return nil }
    if let name = receiver.nameValue, context.isOpen(name) { return nil }
    guard let source = stepSource(receiver) else { return nil }
    guard
      let place = stepPlace(of: items, exactly: false, rank: source.rank, range)
    else { return nil }
    guard place.axis < source.rank else {
      fail(.block(.stepAxis(text(receiver.range), shape: source.shape)), range)
      return nil
    }
    guard let part = read(source, place.axis, place.coordinate, range) else { return nil }
    var rest = items
    rest.remove(at: place.item)
    if rest.isEmpty { return .tensor(part) }
    let subscripts = rest.map { axisSubscript($0) }
    let known = subscripts.compactMap { $0 }
    guard known.count == subscripts.count else { return nil }
    let assumptions = assumptions
    return fitting(
      range, range, [ShapedOperand(range: receiver.range, shape: part.shape)]
    ) { () throws(ShapeError) in try part.subscripted(known, assuming: assumptions) }
    .map { .tensor($0) }
  }

  /// What is read at a step: a line of the block, or a value from outside.
  enum StepSource {
    case line(Int, rank: Int, shape: [Size])
    case array(TensorExpression, name: String?)

    var rank: Int {
      switch self {
      case .line(_, let rank, _): rank
      case .array(let value, _): value.rank
      }
    }

    var shape: [Size] {
      switch self {
      case .line(_, _, let shape): shape
      case .array(let value, _): value.shape
      }
    }
  }

  private mutating func stepSource(_ receiver: SyntaxExpression) -> StepSource? {
    guard let context = stepContext else { return nil }
    if let name = receiver.nameValue, let number = context.numbers[name] {
      let line = context.lines[number]
      guard var shape = line.shape else { return nil }
      shape.insert(line.extent, at: min(line.axis, shape.count))
      return .line(number, rank: shape.count, shape: shape)
    }
    // A gradient that the block claims is an array here, whose steps are read one by one.
    stepContext?.readsCoordinate = receiver.nameValue != nil
    let value = evaluate(receiver)
    stepContext?.readsCoordinate = false
    guard let value, let tensor = tensor(value, receiver) else { return nil }
    guard !tensor.readsSteps else {
      fail(.block(.stepOfStep(text(receiver.range))), receiver.range)
      return nil
    }
    return .array(tensor, name: receiver.nameValue)
  }

  mutating func read(
    _ source: StepSource, _ axis: Int, _ coordinate: Affine, _ range: SourceRange
  ) -> TensorExpression? {
    guard let context = stepContext else { return nil }
    switch source {
    case .line(let number, _, _):
      let line = context.lines[number]
      guard coordinate.terms == Affine.index(0).terms, let offset = coordinate.constant.asInt,
        axis == line.axis
      else {
        fail(.block(.stepPlace(text(range))), range)
        return nil
      }
      return readLine(number, offset, range)
    case .array(let value, let name):
      if let name, let claim = context.claims[name],
        !isReadable(coordinate, ofLineAt: claim.position)
      {
        fail(.block(.order(text(range))), range)
        return nil
      }
      let isStep = coordinate.terms == Affine.index(0).terms
      let starts =
        isStep
        ? starts(of: name, value, axis).filter { mayRead($0.step, at: coordinate.constant) } : []
      guard !starts.isEmpty else {
        return placeAtStep(value, axis, coordinate)
          ?? stepContext?.open.entry(of: value, axis: axis, at: coordinate)
      }
      let array = context.steps.entries(of: value, axis: axis, at: coordinate, starts: starts)
      return stepContext?.open.entry(of: array, axis: 0, at: .index(0) + -context.first)
    }
  }

  /// The values that a name has outside of its array: those of the block's head, or of the block that defined it.
  private mutating func starts(
    of name: String?, _ value: TensorExpression, _ axis: Int
  ) -> [(step: Size, value: TensorExpression)] {
    guard let name else { return [] }
    if let own = stepContext?.starts[name] {
      // A claim's value at a place of its own is a part of the claim, which is read as what it ought to be.
      let isClaim = stepContext?.claims[name] != nil
      return own.filter { !isClaim || !isPlace($0.step, on: axis, of: value) }.compactMap { start in
        tensor(start.value, start.expression).flatMap { $0.isZero ? nil : (start.step, $0) }
      }
    }
    if let known = sequenceStarts[name], known.axis == axis { return known.starts }
    // A sequence that was defined elsewhere knows its starts itself.
    guard let (recurrence, line) = value.unnamed.asRecurrence,
      recurrence.lines[line].axis == axis
    else { return [] }
    return recurrence.lines[line].starts.filter { !$0.isInside }
      .map { ($0.step, recurrence.arguments[$0.argument]) }
  }

  /// Whether some step of the block reads a place that lies so far from it.
  private func mayRead(_ place: Size, at offset: Size) -> Bool {
    guard let context = stepContext else { return true }
    let lowest = context.first + offset
    let highest = lowest + context.count - 1
    return !assumptions.facts.isNonnegative(lowest - 1 - place)
      && !assumptions.facts.isNonnegative(place - 1 - highest)
  }

  /// Whether a step is a place on an axis of a value.
  func isPlace(_ step: Size, on axis: Int, of value: TensorExpression) -> Bool {
    value.shape.indices.contains(axis) && assumptions.facts.isNonnegative(step)
      && assumptions.facts.isNonnegative(value.shape[axis] - 1 - step)
  }

  /// Whether a sequence that a line defines is known at a coordinate when the current line is computed.
  private func isReadable(_ coordinate: Affine, ofLineAt position: Int) -> Bool {
    guard let context = stepContext, coordinate.terms == Affine.index(0).terms,
      let offset = coordinate.constant.asInt
    else { return false }
    if offset == 0 { return position < context.position }
    return (offset < 0) == (context.direction == .forwards)
  }

  /// A line of the block so many steps away.
  mutating func readLine(
    _ number: Int, _ offset: Int, _ range: SourceRange
  ) -> TensorExpression? {
    guard let context = stepContext else { return nil }
    let line = context.lines[number]
    guard isReadable(.index(0) + Size(offset), ofLineAt: line.position) else {
      if !context.isInferring {
        fail(.block(.order(text(range))), range)
        let (earlier, other) =
          context.direction == .forwards ? ("-1", "reversed(range(…))") : ("+1", "range(…)")
        let name = "\(line.name.name)[\(context.index.name)\(earlier)]"
        problems[problems.count - 1].advice =
          offset == 0
          ? "the step before is `\(name)`"
          : "the step before is `\(name)`; with `\(other)` the steps run the other way"
      }
      return nil
    }
    guard let shape = line.shape else { return nil }
    if offset != 0, !hasStarts(line, reaching: offset, range) { return nil }
    let space = space
    return stepContext?.open.read(.line(number, offset: offset), shape: shape, in: space)
  }

  /// Whether every step before the first that is read has a start, where the line has starts.
  private mutating func hasStarts(
    _ line: StepContext.LineState, reaching offset: Int, _ range: SourceRange
  ) -> Bool {
    guard let context = stepContext, let starts = context.starts[line.name.name] else {
      return true
    }
    let places = Set(starts.map(\.step))
    for distance in 1...max(1, abs(offset)) {
      let place =
        context.direction == .forwards
        ? context.first - Size(distance) : context.first + context.count - 1 + Size(distance)
      guard places.contains(place) else {
        fail(.block(.tooDeep(text(range), missing: place)), range)
        return false
      }
    }
    return true
  }

  // MARK: Names

  /// What a name means inside of the block, where it means something of its own there.
  mutating func stepMeaning(_ name: String, _ range: SourceRange) -> Value?? {
    guard let context = activeStep, !context.readsCoordinate else { return nil }
    if name == context.index.name {
      return .some(stepNumber().map { .tensor($0) })
    }
    if let number = context.numbers[name] {
      let line = context.lines[number]
      if line.shape == nil { return .some(nil) }
      guard line.isPlain else {
        fail(.block(.sequenceWithoutStep(name, index: context.index.name)), range)
        return .some(nil)
      }
      let isAbove = line.position < context.position
      guard isAbove || line.isCarry || context.starts[name] != nil else {
        if !context.isInferring { fail(.usedBeforeDefined(name), range) }
        return .some(nil)
      }
      return .some(
        readLine(number, isAbove ? 0 : context.direction.previous, range).map { .tensor($0) })
    }
    if let claim = context.claims[name], !claim.isPlain {
      // Its later steps are what the claim is about.
      fail(.claim(.circular(name)), range)
      return .some(nil)
    }
    if context.claims[name] != nil, let primal = gradientSubject(name),
      case .tensor(let value)? = scope.entry(primal)?.meaning
    {
      let symbol = cotangentSymbol(of: primal, value)
      guard symbol.rank > 0 else { return nil }
      return .some(
        read(.array(symbol, name: name), 0, .index(0), range).map { .tensor($0) })
    }
    return nil
  }

  /// The step as a number.
  private mutating func stepNumber() -> TensorExpression? {
    guard let context = stepContext else { return nil }
    let last = context.first + context.count
    let numbers = space.contraction(
      Contraction(
        indices: [context.count, last], output: [.index(0)], operands: [],
        guards: [.init(Affine.index(0) - .index(1) + (context.first - 1), below: last)]),
      shape: [context.count])
    return stepContext?.open.entry(of: numbers, axis: 0, at: .index(0) + -context.first)
  }

  /// `t == T - 1`: 1 at the steps where it holds, else 0; nil where no step is compared.
  mutating func stepComparison(
    _ comparison: ComparisonOperator, _ left: SyntaxExpression, _ right: SyntaxExpression
  ) -> TensorExpression? {
    guard let context = activeStep, !context.readsCoordinate,
      mentionsStepAlone(left) || mentionsStepAlone(right)
    else { return nil }
    let before = problems.count
    guard let a = stepCoordinate(left), let b = stepCoordinate(right) else {
      problems.removeLast(problems.count - before)
      return nil
    }
    let difference = a - b
    func holds(_ coordinate: Affine, below extent: Size) -> TensorExpression {
      space.contraction(
        Contraction(
          indices: [context.count], output: [.index(0)], operands: [],
          guards: [
            .init(coordinate.substituting(0, by: .index(0) + context.first), below: extent)
          ]), shape: [context.count])
    }
    let facts = assumptions.facts
    // As many values as a difference can have that is positive.
    func isPositive(_ d: Affine) -> TensorExpression {
      let last = context.first + context.count - 1
      let factor = d.coefficient(of: 0)
      let most = factor.isOne ? d.constant + last : d.constant - context.first
      if factor.isOne || factor == -1 {
        if facts.isPositive(most) { return holds(d + -1, below: most) }
        if facts.isNonnegative(-most) { return space.zeros([context.count]) }
      }
      return holds(d + -1, below: d.constant * d.constant + factor * factor * (last + 1) + 1)
    }
    let mask: TensorExpression
    switch comparison {
    case .equal: mask = holds(difference, below: 1)
    case .notEqual: mask = 1 - holds(difference, below: 1)
    case .less: mask = isPositive(Affine.constant(0) - difference)
    case .greater: mask = isPositive(difference)
    case .lessOrEqual: mask = isPositive(Affine.constant(1) - difference)
    case .greaterOrEqual: mask = isPositive(difference + 1)
    }
    return stepContext?.open.entry(of: mask, axis: 0, at: .index(0) + -context.first)
  }

  /// Whether the step stands in an expression of sizes, outside of subscripts.
  private func mentionsStepAlone(_ expression: SyntaxExpression) -> Bool {
    switch expression.kind {
    case .name(let name): name == stepContext?.index.name
    case .unary(_, let operand): mentionsStepAlone(operand)
    case .chain(let first, let links):
      mentionsStepAlone(first) || links.contains { mentionsStepAlone($0.operand) }
    case .number, .string, .boolean, .none, .power, .comparison, .call, .methodCall, .attribute,
      .subscripted, .tuple, .list:
      false
    }
  }
}
