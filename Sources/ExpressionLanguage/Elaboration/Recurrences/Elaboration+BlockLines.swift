import Diagnostics
import Layers
import TensorExpressions

/// What one line of a block claims, before the block's values are known.
struct PendingClaim {
  let statement: Statement
  let name: String
  let primal: TensorExpression
  let valueRange: SourceRange
  /// The value at one step; nil where it fails.
  var body: TensorExpression?
  /// Where the step stands; nil for a sum over the steps.
  let place: (axis: Int, coordinate: Affine)?
  var problems: [ElaborationError]
  /// Whether other statements may add to the claim.
  let adds: Bool
}

/// The lines of a block, read in order.
extension Elaboration {
  /// Reads every line's value at a step.
  ///
  /// - Returns: whether a line failed.
  mutating func readLines(_ statements: [Statement]) -> Bool {
    guard let context = stepContext else { return true }
    for line in context.lines {
      let shape = line.shape ?? []
      let open = OpenRecurrence.Line(
        body: space.zeros(shape), axis: line.axis, extent: line.extent, starts: starts(of: line))
      stepContext?.open.lines.append(open)
    }
    var failed = !problems.isEmpty
    for (position, statement) in statements.enumerated() {
      stepContext?.position = position
      callResults = [:]
      if case .check(let check) = statement.kind {
        readClaim(check, statement)
      } else if !readLine(statement) {
        failed = true
      }
    }
    return failed
  }

  /// The starts of a line: those of the head, and what a plain name was before the block.
  private mutating func starts(of line: StepContext.LineState) -> [OpenRecurrence.Start] {
    guard let context = stepContext, let shape = line.shape else { return [] }
    var named = context.starts[line.name.name] ?? []
    if line.isCarry, let entry = scope.entries[line.name.name] {
      let place =
        context.direction == .forwards ? context.first - 1 : context.first + context.count
      let expression = SyntaxExpression(.name(line.name.name), range: line.name.range)
      switch entry.meaning {
      case .tensor(let value):
        named.append(
          .init(step: place, axis: 0, value: .tensor(value.unnamed), expression: expression))
      case .number(let value):
        named.append(.init(step: place, axis: 0, value: value, expression: expression))
      case .size, .open, .failed: break
      }
    }
    return named.compactMap { start in
      guard let tensor = outsideOfBlock({ $0.tensor(start.value, start.expression) }) else {
        return nil
      }
      let assumptions = assumptions
      guard start.axis == line.axis || start.value.isScalarValue || line.isCarry,
        let value = try? tensor.broadcast(to: shape, assuming: assumptions)
      else {
        fail(
          .block(.startShape(line.name.name, expected: shape, found: tensor.shape)),
          start.expression.range)
        return nil
      }
      guard isOutsideOfSteps(start.step) else {
        fail(
          .block(.startPlace("\(line.name.name)[\(start.step)]")), start.expression.range)
        return nil
      }
      if value.isZero { return nil }
      // What a carry was before the block is no place of an array that anything reads, so that it may be −∞.
      let isPlace = !(line.isCarry && value.holdsMinusInfinity)
      let isInside =
        isPlace && assumptions.facts.isNonnegative(start.step)
        && assumptions.facts.isNonnegative(line.extent - 1 - start.step)
      return .init(step: start.step, value: value, isInside: isInside)
    }
  }

  private mutating func readLine(_ statement: Statement) -> Bool {
    switch statement.kind {
    case .assignment(let assignment):
      return setBody(of: assignment.name, evaluateStep(assignment.value), assignment.value.range)
    case .step(let line):
      let value = evaluateStep(line.value)
      return line.adds
        ? addBody(to: line.name, value, line.value.range)
        : setBody(of: line.name, value, line.value.range)
    case .unpacking(let unpacking):
      guard let value = evaluate(unpacking.value), let parts = parts(of: value, unpacking) else {
        return false
      }
      return zip(unpacking.names, parts).map { name, part in
        setBody(of: name, tensor(part, unpacking.value), unpacking.value.range)
      }.allSatisfy { $0 }
    case .index(let index): return readAddition(index)
    case .dims, .budget, .declaration, .shape, .function, .loss, .output, .check, .assertion,
      .block:
      return false
    }
  }

  mutating func evaluateStep(_ expression: SyntaxExpression) -> TensorExpression? {
    guard let value = evaluate(expression), let numeric = numeric(value, expression) else {
      return nil
    }
    return tensor(numeric, expression)
  }

  private mutating func readAddition(_ statement: IndexStatement) -> Bool {
    let name = statement.target.name
    guard let context = stepContext else { return false }
    if context.sums.contains(name.name) {
      guard let value = additionToSum(statement) else { return false }
      pendingSums.append((statement.target.name, value, statement.value.range))
      return true
    }
    guard let number = context.numbers[name.name], let shape = context.lines[number].shape else {
      return false
    }
    let body = stepAddition(statement, shape: shape, axis: context.lines[number].axis)
    return addBody(to: name, body, statement.value.range)
  }

  /// The value that a step adds to a sum over all of them.
  private mutating func additionToSum(_ statement: IndexStatement) -> TensorExpression? {
    if statement.target.indices.isEmpty { return evaluateStep(statement.value) }
    guard let shape = outsideShape(of: statement.target.name) else { return nil }
    if areLookupAtStep(statement.target.indices.map { .index($0) }) {
      return rowsAtStep(statement, shape: shape)
    }
    return indexTerms(of: statement, shape: shape).map { space.sum($0, shape: shape) }
  }

  private mutating func outsideShape(of name: Identifier) -> [Size]? {
    switch scope.entries[name.name]?.meaning {
    case .open(let shape): return shape
    case .tensor(let value): return value.shape
    case .size, .number, .failed, nil:
      fail(.definition(.missingShape(name.name)), name.range)
      return nil
    }
  }

  /// What an index statement adds to one step of a sequence of that shape at a step.
  private mutating func stepAddition(
    _ statement: IndexStatement, shape: [Size], axis: Int
  ) -> TensorExpression? {
    var indices = statement.target.indices
    indices.remove(at: axis)
    if indices.isEmpty, !shape.isEmpty {
      return evaluateStep(statement.value)
    }
    let rest = IndexStatement(
      IndexAccess(statement.target.name, indices, range: statement.target.range), statement.value,
      statement.ranges)
    return indexTerms(of: rest, shape: shape).map { space.sum($0, shape: shape) }
  }

  // MARK: Bodies

  private mutating func setBody(
    of name: Identifier, _ value: TensorExpression?, _ range: SourceRange
  ) -> Bool {
    guard let number = stepContext?.numbers[name.name],
      let body = value.flatMap({ fittedBody($0, number, range) })
    else { return false }
    stepContext?.open.lines[number].body = body
    takeConditions(range)
    return true
  }

  private mutating func addBody(
    to name: Identifier, _ value: TensorExpression?, _ range: SourceRange
  ) -> Bool {
    guard let number = stepContext?.numbers[name.name],
      let body = value.flatMap({ fittedBody($0, number, range) }),
      let before = stepContext?.open.lines[number].body
    else { return false }
    let sum = space.sum([before, body], shape: body.shape)
    stepContext?.open.lines[number].body = sum
    takeConditions(range)
    return true
  }

  private mutating func fittedBody(
    _ value: TensorExpression, _ number: Int, _ range: SourceRange
  ) -> TensorExpression? {
    guard let line = stepContext?.lines[number], let shape = line.shape else { return nil }
    let assumptions = assumptions
    if let body = fitted(value, to: shape) { return body }
    if value.rank < shape.count, let body = try? value.broadcast(to: shape, assuming: assumptions) {
      return body
    }
    fail(.definition(.shape(name: line.name.name, declared: shape, found: value.shape)), range)
    return nil
  }

  // MARK: Claims

  mutating func readClaim(_ check: CheckStatement, _ statement: Statement) {
    let before = problems
    problems = []
    isolateAssumptions { elaboration in elaboration.readClaimAlone(check, statement) }
    problems = before
  }

  private mutating func readClaimAlone(_ check: CheckStatement, _ statement: Statement) {
    switch check {
    case .value(let claim):
      guard let primal = stepSubject(of: claim.name) else { return }
      let value = evaluateStep(claim.value)
      keep(claim.name, primal, value, (0, .index(0)), claim.value.range, statement)
    case .step(let claim):
      guard let primal = stepSubject(of: claim.name),
        let place = stepPlace(of: claim.items, exactly: true, rank: primal.rank, claim.target)
      else {
        report(problems)
        return
      }
      let value = evaluateStep(claim.value)
      keep(
        claim.name, primal, value, (place.axis, place.coordinate), claim.value.range, statement,
        adds: claim.adds)
    case .index(let claim): readClaim(claim, statement)
    case .file: break
    }
  }

  private mutating func readClaim(_ claim: IndexStatement, _ statement: Statement) {
    let name = claim.target.name
    guard let primal = stepSubject(of: name) else { return }
    let items = claim.target.indices.map { SubscriptItem.index($0) }
    let isOfRows = areLookupAtStep(items)
    guard mentionsStep(items), !isOfRows else {
      let value =
        items.isEmpty
        ? evaluateStep(claim.value)
        : isOfRows
          ? rowsAtStep(claim, shape: primal.shape)
          : indexTerms(of: claim, shape: primal.shape).map { space.sum($0, shape: primal.shape) }
      keep(name, primal, value, nil, claim.value.range, statement, adds: true)
      return
    }
    guard let place = stepPlace(of: items, exactly: true, claim.target.range),
      place.axis < primal.rank
    else {
      report(problems)
      return
    }
    var shape = primal.shape
    shape.remove(at: place.axis)
    let value = stepAddition(claim, shape: shape, axis: place.axis)
    keep(
      name, primal, value, (place.axis, place.coordinate), claim.value.range, statement, adds: true)
  }

  private mutating func stepSubject(of name: Identifier) -> TensorExpression? {
    stepContext?.readsCoordinate = true
    defer { stepContext?.readsCoordinate = false }
    guard let (_, primal) = subject(of: name) else {
      report(problems)
      return nil
    }
    return primal
  }

  private mutating func keep(
    _ name: Identifier, _ primal: TensorExpression, _ value: TensorExpression?,
    _ place: (axis: Int, coordinate: Affine)?, _ range: SourceRange, _ statement: Statement,
    adds: Bool = false
  ) {
    var shape = primal.shape
    if let place {
      guard place.axis < shape.count else {
        fail(.block(.stepAxis(name.name, shape: shape)), name.range)
        report(problems)
        return
      }
      shape.remove(at: place.axis)
    }
    var body = value
    if let value {
      body =
        fitted(value, to: shape)
        ?? (value.rank == 0 ? try? value.broadcast(to: shape, assuming: assumptions) : nil)
      if body == nil {
        fail(
          .claim(
            .shape(
              name: name.name, primal: primal.name ?? name.name, expected: shape,
              found: value.shape)), range)
      }
    }
    takeConditions(range)
    pendingClaims.append(
      PendingClaim(
        statement: statement, name: name.name, primal: primal, valueRange: range, body: body,
        place: place, problems: problems, adds: adds))
  }
}
