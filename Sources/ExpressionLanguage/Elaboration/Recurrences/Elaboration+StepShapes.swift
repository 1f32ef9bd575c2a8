import Diagnostics
import TensorExpressions

/// The shapes of a block's sequences, which its lines use before they are defined.
///
/// A sequence is zero before its start, of whatever shape, so that a line's shape is that of its other terms:
/// `h[t] = tanh(x[t] @ W + h[t-1] @ U + b)` has the shape of `tanh(x[t] @ W + b)`.
extension Elaboration {
  /// Finds every line's shape, from lines whose shapes are known to those that use them.
  mutating func inferShapes(_ statements: [Statement]) -> Bool {
    let open = (stepContext?.lines ?? []).indices.filter { stepContext?.lines[$0].shape == nil }
    var starts = propagateShapes(statements)
    // A start may be broadcast: its name then has the shape that its line computes.
    var wide: [Int: [Size]] = [:]
    while let (number, shape) = widened(starts, statements), wide[number] == nil {
      wide[number] = shape
      for line in open { stepContext?.lines[line].shape = wide[line] }
      starts = propagateShapes(statements)
    }
    for line in stepContext?.lines ?? [] where line.shape == nil {
      fail(.block(.unknownShape(line.name.name)), line.name.range)
      return false
    }
    return true
  }

  /// Gives shapes to lines until none is moved by another.
  ///
  /// - Returns: the lines that have the shape of a start.
  private mutating func propagateShapes(_ statements: [Statement]) -> Set<Int> {
    stepContext?.shapeWords = .whole
    var starts: Set<Int> = []
    var isMoving = true
    while isMoving, stepContext?.lines.contains(where: { $0.shape == nil }) == true {
      isMoving = false
      for (position, statement) in statements.enumerated() {
        for (number, shape) in shapes(of: statement, position)
        where stepContext?.lines[number].shape == nil {
          stepContext?.lines[number].shape = shape
          isMoving = true
        }
      }
      if isMoving { continue }
      if let number = takeShapeOfStart() {
        starts.insert(number)
        isMoving = true
      } else if let next = stepContext?.shapeWords.next {
        stepContext?.shapeWords = next
        isMoving = true
      }
    }
    return starts
  }

  /// Gives one name the shape of the value that it has before the block, where its lines do not say theirs.
  private mutating func takeShapeOfStart() -> Int? {
    for (number, line) in (stepContext?.lines ?? []).enumerated()
    where line.isCarry && line.shape == nil {
      guard case .tensor(let start)? = scope.entries[line.name.name]?.meaning, start.rank > 0 else {
        continue
      }
      stepContext?.lines[number].shape = start.shape
      return number
    }
    return nil
  }

  /// A line that computes more than the start whose shape it has.
  private mutating func widened(
    _ starts: Set<Int>, _ statements: [Statement]
  ) -> (number: Int, shape: [Size])? {
    for number in starts.sorted() {
      guard let line = stepContext?.lines[number] else { continue }
      let found = shapes(of: statements[line.position], line.position).first { $0.0 == number }
      if let found, let known = line.shape, found.1.count > known.count { return found }
    }
    return nil
  }

  /// The shapes that a statement gives to lines without one, tried on a copy.
  private func shapes(of statement: Statement, _ position: Int) -> [(Int, [Size])] {
    guard let context = stepContext else { return [] }
    var trial = self
    trial.isTrial = true
    trial.forkAssumptions()
    trial.stepContext?.isInferring = true
    trial.stepContext?.position = position
    func shape(_ expression: SyntaxExpression, _ trial: inout Elaboration) -> [Size]? {
      guard let known = trial.pruned(expression), let value = trial.evaluate(known) else {
        return nil
      }
      return value.isScalarValue ? [] : trial.tensor(value, known)?.shape
    }
    switch statement.kind {
    case .assignment(let assignment):
      guard let number = context.numbers[assignment.name.name],
        let found = shape(assignment.value, &trial)
      else { return [] }
      return [(number, found)]
    case .step(let line):
      guard let number = context.numbers[line.name.name], let found = shape(line.value, &trial)
      else { return [] }
      return [(number, found)]
    case .unpacking(let unpacking):
      guard let known = trial.pruned(unpacking.value), let value = trial.evaluate(known),
        let parts = trial.parts(of: value, unpacking)
      else { return [] }
      return zip(unpacking.names, parts).compactMap { name, part in
        guard let number = context.numbers[name.name] else { return nil }
        return (number, part.isScalarValue ? [] : trial.tensor(part, unpacking.value)?.shape ?? [])
      }
    case .index, .check, .dims, .budget, .declaration, .shape, .function, .loss, .output,
      .assertion, .block:
      return []
    }
  }

  /// The expression without the terms and factors that use a sequence of unknown shape; nil where nothing is left that
  /// says a shape.
  private func pruned(_ expression: SyntaxExpression) -> SyntaxExpression? {
    guard isUnknown(expression) else { return expression }
    guard let words = stepContext?.shapeWords, words != .whole else { return nil }
    func with(_ kind: SyntaxExpression.Kind) -> SyntaxExpression {
      SyntaxExpression(kind, range: expression.range)
    }
    switch expression.kind {
    case .unary(_, let operand): return pruned(operand)
    case .chain(let first, let links):
      if links.contains(where: { $0.operator == .matrixMultiply || $0.operator == .floorDivide }) {
        return nil
      }
      let sum = links.first?.operator.isSum == true
      let operands = [first] + links.map(\.operand)
      let parts = operands.compactMap(pruned)
      let isSaid =
        parts.count == operands.count || words == .numbers || !parts.allSatisfy(\.isPlainNumber)
      guard isSaid, let start = parts.first else { return nil }
      if parts.count == 1 { return start }
      return with(
        .chain(start, parts.dropFirst().map { ChainLink(sum ? .add : .multiply, $0) }))
    case .power(let base, _): return pruned(base)
    case .comparison(let comparison, let left, let right):
      guard let left = pruned(left) else {
        return words == .numbers || !right.isPlainNumber ? pruned(right) : nil
      }
      return with(.comparison(comparison, left, pruned(right) ?? left))
    case .call(let function, let arguments):
      let values = arguments.map { pruned($0.value) }
      if !values.contains(where: { $0 == nil }) {
        return with(
          .call(
            function,
            zip(arguments, values).map { Argument(label: $0.label, $1 ?? $0.value) }))
      }
      // Of several operands of one shape those that are known say it.
      let known = values.compactMap { $0 }.filter { !$0.isPlainNumber }
      guard let one = known.first else { return nil }
      if isPairwise(function.name) { return one }
      // A function of the file is tried with them all alike.
      return scope.functions[function.name] == nil
        ? nil
        : with(
          .call(
            function, zip(arguments, values).map { Argument(label: $0.label, $1 ?? one) }))
    case .methodCall(let receiver, let method, let arguments):
      guard let known = pruned(receiver), !arguments.contains(where: { isUnknown($0.value) }) else {
        return nil
      }
      return with(.methodCall(known, method, arguments))
    case .attribute(let receiver, let name):
      return pruned(receiver).map { with(.attribute($0, name)) }
    case .subscripted(let receiver, let items):
      return pruned(receiver).map { with(.subscripted($0, items)) }
    case .tuple(let elements):
      let known = elements.compactMap(pruned)
      return known.count == elements.count ? with(.tuple(known)) : nil
    case .list(let elements):
      let known = elements.compactMap(pruned)
      return known.count == elements.count ? with(.list(known)) : nil
    case .number, .string, .boolean, .none, .name: return nil
    }
  }

  /// Whether a function works entry by entry, so that any of its operands may say its shape.
  private func isPairwise(_ name: String) -> Bool {
    Self.catalogue.function(name)?.family == .elementwise || Prelude.functions[name] != nil
  }

  private func isUnknown(_ expression: SyntaxExpression) -> Bool {
    if case .name(let name) = expression.kind { return stepContext?.isOpen(name) == true }
    return expression.kind.children.contains(where: isUnknown)
  }
}

extension SyntaxExpression {
  fileprivate var isPlainNumber: Bool {
    if case .number = kind { true } else { false }
  }
}
