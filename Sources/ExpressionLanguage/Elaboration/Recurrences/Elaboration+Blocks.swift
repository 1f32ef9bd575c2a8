import Diagnostics
import Layers
import TensorExpressions

/// Blocks, `for t in range(T):`, which define sequences step by step.
extension Elaboration {
  mutating func define(_ block: BlockStatement, _ range: SourceRange) {
    guard let context = context(of: block) else {
      failNames(of: block)
      return
    }
    stepContext = context
    register(block.lines)
    guard problems.isEmpty, takeStarts(block), inferShapes(block.lines) else {
      stepContext = nil
      failNames(of: block)
      return
    }
    let failed = readLines(block.lines)
    guard let context = stepContext else { return }
    stepContext = nil
    if failed {
      failNames(of: block)
      return
    }
    let claims = pendingClaims
    pendingClaims = []
    let values = bindLines(context, range)
    settle(claims, context, values)
    readBlock = ReadBlock(context: context, values: values)
  }

  /// Gives every name that the block defines no value, so that what uses them raises nothing further.
  private mutating func failNames(of block: BlockStatement) {
    pendingClaims = []
    for line in block.lines {
      for name in line.kind.definedInBlock where scope.entries[name.name] == nil {
        scope.entries[name.name] = Scope.Entry(meaning: .failed, range: name.range, order: order)
      }
    }
  }

  // MARK: The head

  private mutating func context(of block: BlockStatement) -> StepContext? {
    if let entry = scope.entries[block.index.name] {
      fail(
        .index(.isValue(block.index.name)), block.index.range,
        labels: [Diagnostic.Label(entry.range, "defined here")])
      return nil
    }
    let lower = block.lower.map { evaluateSize($0) } ?? .some(.zero)
    let upper = evaluateSize(block.upper)
    guard let lower, let upper else { return nil }
    let count = upper - lower
    guard assumptions.isAtLeast(count, 1), assumptions.isAtLeast(lower, 0) else {
      fail(.block(.noSteps(count)), block.header)
      return nil
    }
    takeConditions(block.header)
    return StepContext(
      index: block.index, direction: block.isReversed ? .backwards : .forwards, first: lower,
      count: count, header: block.header)
  }

  /// The starts of the head: values of names of the block, or of gradients that it claims.
  private mutating func takeStarts(_ block: BlockStatement) -> Bool {
    for (number, start) in (block.startLines + block.starts).enumerated() {
      guard let place = startPlace(start), let value = outsideOfBlock({ $0.evaluate(start.value) })
      else { return false }
      let isKnown =
        stepContext?.numbers[start.name.name] != nil || stepContext?.claims[start.name.name] != nil
      guard isKnown else {
        fail(.block(.startOfNothing(start.name.name)), start.target)
        return false
      }
      guard stepContext?.claims[start.name.name] == nil || isOutsideOfSteps(place.step) else {
        fail(.block(.startPlace(text(start.target))), start.target)
        return false
      }
      let known = stepContext?.starts[start.name.name] ?? []
      guard !known.contains(where: { $0.step == place.step }) else {
        fail(.block(.startTwice(text(start.target))), start.target)
        return false
      }
      stepContext?.starts[start.name.name, default: []].append(
        .init(step: place.step, axis: place.axis, value: value, expression: start.value))
      if number < block.startLines.count { extend(start.name.name, to: place.step) }
      if let number = stepContext?.numbers[start.name.name],
        let tensor = tensor(value, start.value),
        stepContext?.lines[number].shape == nil, tensor.rank > 0
      {
        stepContext?.lines[number].shape = tensor.shape
      }
    }
    return true
  }

  /// Whether a step is known to be none that the block runs over.
  func isOutsideOfSteps(_ step: Size) -> Bool {
    guard let context = stepContext else { return false }
    return assumptions.facts.isNonnegative(context.first - 1 - step)
      || assumptions.facts.isNonnegative(step - context.first - context.count)
  }

  /// Makes a sequence long enough for a place that a line before the block gives a value, as an array has it.
  private mutating func extend(_ name: String, to place: Size) {
    guard let number = stepContext?.numbers[name], let extent = stepContext?.lines[number].extent,
      stepContext?.direction == .backwards, assumptions.facts.isNonnegative(place - extent)
    else { return }
    stepContext?.lines[number].extent = place + 1
  }

  private mutating func startPlace(_ start: StepStatement) -> (step: Size, axis: Int)? {
    let places = start.items.enumerated().compactMap { axis, item in
      if case .index(let place) = item { (axis, place) } else { nil }
    }
    guard places.count == 1, let (axis, expression) = places.first,
      let place = outsideOfBlock({ $0.evaluateSize(expression) })
    else {
      if problems.isEmpty { fail(.block(.startPlace(text(start.target))), start.target) }
      return nil
    }
    return (place, axis)
  }

  /// Runs a body as if it stood before the block.
  mutating func outsideOfBlock<Result>(_ body: (inout Elaboration) -> Result) -> Result {
    let saved = stepContext
    stepContext = nil
    defer { stepContext = saved }
    return body(&self)
  }

  // MARK: Names

  /// Notes which lines define what.
  private mutating func register(_ lines: [Statement]) {
    for (position, line) in lines.enumerated() {
      switch line.kind {
      case .assignment(let assignment):
        register(plain: assignment.name, line.range, position, shape: assignment.shape)
      case .unpacking(let unpacking):
        for name in unpacking.names { register(plain: name, line.range, position, shape: nil) }
      case .step(let statement): register(statement, line.range, position)
      case .index(let statement): register(statement, line.range, position)
      case .check(let check): register(check, position)
      case .dims, .budget, .declaration, .shape, .function, .loss, .output, .assertion, .block:
        fail(.block(.notInBlock), line.range)
      }
    }
    for line in lines { refuseUse(ofSumsIn: line) }
  }

  /// A sum over the steps has its value after the block, so that no line of it may read it, or set it otherwise.
  private mutating func refuseUse(ofSumsIn line: Statement) {
    let sums = stepContext?.sums ?? []
    let isAddition = if case .index = line.kind { true } else { false }
    let set = isAddition ? [] : line.kind.definedInBlock.map(\.name)
    let used = line.expressions.reduce(into: Set(set)) { $0.formUnion($1.namesUsed) }
    if let name = used.intersection(sums).min() { fail(.block(.sumInUse(name)), line.range) }
  }

  private mutating func register(
    plain name: Identifier, _ range: SourceRange, _ position: Int, shape: ShapeSyntax?
  ) {
    let stated = shape.map { self.shape($0) }
    addLine(name, range, position, axis: 0, isPlain: true, shape: stated ?? nil)
  }

  private mutating func register(
    _ statement: StepStatement, _ range: SourceRange, _ position: Int
  ) {
    guard let axis = stepPlace(of: statement.items, exactly: true, statement.target)?.axis else {
      return
    }
    addLine(statement.name, range, position, axis: axis, isPlain: false, shape: nil)
  }

  private mutating func register(
    _ statement: IndexStatement, _ range: SourceRange, _ position: Int
  ) {
    let items = statement.target.indices.map { SubscriptItem.index($0) }
    guard mentionsStep(items), !areLookupAtStep(items) else {
      stepContext?.sums.insert(statement.target.name.name)
      return
    }
    guard let axis = stepPlace(of: items, exactly: true, statement.target.range)?.axis else {
      return
    }
    addLine(statement.target.name, range, position, axis: axis, isPlain: false, shape: nil)
  }

  private mutating func register(_ check: CheckStatement, _ position: Int) {
    switch check {
    case .value(let claim):
      stepContext?.claims[claim.name.name] = .init(position: position, isPlain: true)
    case .step(let claim):
      stepContext?.claims[claim.name.name] = .init(position: position, isPlain: false)
    case .index(let claim):
      let items = claim.target.indices.map { SubscriptItem.index($0) }
      if mentionsStep(items), !areLookupAtStep(items) {
        stepContext?.claims[claim.target.name.name] = .init(position: position, isPlain: false)
      }
    case .file(let name): fail(.block(.notInBlock), name.range)
    }
  }

  private mutating func addLine(
    _ name: Identifier, _ range: SourceRange, _ position: Int, axis: Int, isPlain: Bool,
    shape: [Size]?
  ) {
    guard let context = stepContext else { return }
    if let number = context.numbers[name.name] {
      let isAddition = !isPlain && !context.lines[number].isPlain
      guard isAddition else {
        fail(
          .nameTaken(name.name), name.range,
          labels: [Diagnostic.Label(context.lines[number].name.range, "first defined here")])
        return
      }
      stepContext?.lines[number].position = position
      return
    }
    var line = StepContext.LineState(
      name: name, range: range, position: position, axis: axis, isPlain: isPlain, shape: shape,
      extent: context.first + context.count)
    if case .open(let declared)? = scope.entries[name.name]?.meaning {
      guard declared.indices.contains(axis),
        assumptions.facts.isNonnegative(declared[axis] - context.first - context.count)
      else {
        fail(.block(.stepAxis(name.name, shape: declared)), name.range)
        return
      }
      line.extent = declared[axis]
      line.shape = declared
      line.shape?.remove(at: axis)
    } else if isPlain, let entry = scope.entries[name.name] {
      switch entry.meaning {
      case .tensor, .number: line.isCarry = true
      case .size, .open, .failed: break
      }
    }
    stepContext?.numbers[name.name] = context.lines.count
    stepContext?.lines.append(line)
  }
}

extension Statement.Kind {
  /// The names that a line of a block defines.
  var definedInBlock: [Identifier] {
    switch self {
    case .assignment(let assignment): [assignment.name]
    case .unpacking(let unpacking): unpacking.names
    case .step(let statement): [statement.name]
    case .index(let statement): [statement.target.name]
    case .dims, .budget, .declaration, .shape, .function, .loss, .output, .check, .assertion,
      .block:
      []
    }
  }
}
