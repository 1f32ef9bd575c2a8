import Diagnostics
import Layers
import TensorExpressions

/// Named values, and what is differentiated.
extension Elaboration {
  /// `name: shape`, which index statements or an assignment define.
  mutating func define(_ statement: ShapeStatement, _ range: SourceRange) {
    guard let shape = shape(statement.shape) else {
      bind(statement.name, .failed)
      return
    }
    guard bind(statement.name, .open(shape: shape)) else { return }
    accumulations[statement.name.name] = Accumulation(
      shape: shape, range: range, remaining: outline.additions[statement.name.name] ?? 0)
  }

  /// `name = value` or `name: shape = value`.
  mutating func define(
    _ name: Identifier, _ shapeSyntax: ShapeSyntax?, _ expression: SyntaxExpression,
    _ range: SourceRange
  ) {
    let declared = shapeSyntax.map { shape($0) }
    let value = evaluate(expression).flatMap { numeric($0, expression) }
    var wanted = declared ?? nil
    if case .open(let shape)? = scope.entries[name.name]?.meaning {
      // The shape was stated on a line of its own.
      scope.entries[name.name] = nil
      accumulations[name.name] = nil
      wanted = wanted ?? shape
    }
    guard let value, declared == nil || wanted != nil else {
      bind(name, .failed)
      return
    }
    if value.isScalarValue, name.name != outline.outputName, wanted?.isEmpty ?? true {
      bind(name, .number(value))
      return
    }
    guard let tensor = tensor(value, expression) else {
      bind(name, .failed)
      return
    }
    define(
      name, tensor, declared: wanted, shapeSyntax?.range ?? name.range, value: expression.range,
      range)
  }

  /// `a, b = value`: a tuple, parts of a tensor, or the tensors along its first axis.
  mutating func define(_ statement: UnpackingStatement, _ range: SourceRange) {
    let value = evaluate(statement.value)
    guard let parts = value.flatMap({ parts(of: $0, statement) }) else {
      for name in statement.names { bind(name, .failed) }
      return
    }
    for (name, part) in zip(statement.names, parts) {
      if part.isScalarValue, name.name != outline.outputName {
        bind(name, .number(part))
      } else if let tensor = tensor(part, statement.value) {
        define(name, tensor, declared: nil, name.range, value: statement.value.range, range)
      } else {
        bind(name, .failed)
      }
    }
  }

  /// As many parts as there are names.
  private mutating func parts(of value: Value, _ statement: UnpackingStatement) -> [Value]? {
    var parts: [Value]?
    switch value {
    case .list(let entries): parts = entries
    case .tensor(let tensor):
      if let count = tensor.shape.first?.asInt, count == statement.names.count {
        parts = (0..<count).compactMap { place in
          (try? tensor.subscripted([.index(Size(place))], assuming: assumptions)).map {
            .tensor($0)
          }
        }
      }
    case .size, .number, .text, .flag, .none: break
    }
    guard let parts, parts.count == statement.names.count else {
      fail(
        .definition(
          .unpacking(names: statement.names.count, parts: parts?.count ?? 1)),
        statement.value.range)
      return nil
    }
    return parts
  }

  /// Makes the value a named line of the program.
  ///
  /// - Parameters:
  ///   - shapeRange: where its shape is stated.
  ///   - valueRange: its right side.
  mutating func define(
    _ name: Identifier, _ tensor: TensorExpression, declared: [Size]?, _ shapeRange: SourceRange,
    value valueRange: SourceRange? = nil, _ range: SourceRange
  ) {
    var tensor = tensor
    if let declared {
      guard let fitted = fitted(tensor, to: declared) else {
        fail(
          .definition(.shape(name: name.name, declared: declared, found: tensor.shape)),
          shapeRange,
          labels: valueRange.map { [Diagnostic.Label($0, shapeText(tensor.shape))] } ?? [])
        bind(name, .failed)
        return
      }
      tensor = fitted
      takeConditions(shapeRange)
    }
    for extent in tensor.shape where !assumptions.isAtLeast(extent, 1) {
      fail(.definition(.emptyExtent(name: name.name, extent)), name.range)
      bind(name, .failed)
      return
    }
    takeConditions(range)
    let named = space.named(name.name, tensor)
    guard bind(name, .tensor(named)) else { return }
    program.values.append(
      Program.NamedValue(
        name: name.name, value: named, isBackward: outline.isBackward(order),
        isDerivative: differentiatingStatements.contains(order), range: range))
  }

  // MARK: Loss and output

  mutating func defineLoss(_ loss: LossStatement, _ range: SourceRange) {
    guard isFirstOutput(loss.name, range) else { return }
    if let value = loss.value {
      guard let tensor = evaluateTensor(value) else {
        bind(loss.name, .failed)
        return
      }
      guard tensor.rank == 0 else {
        failLossRank(loss.name, tensor, value)
        bind(loss.name, .failed)
        return
      }
      define(
        loss.name, tensor, declared: loss.shape.flatMap { shape($0) },
        loss.shape?.range ?? loss.name.range, value: value.range, range)
    } else {
      openOutput = OpenOutput(name: loss.name, shape: loss.shape)
    }
  }

  private mutating func failLossRank(
    _ name: Identifier, _ tensor: TensorExpression, _ value: SyntaxExpression
  ) {
    let sum = SyntaxExpression(
      .call(Identifier("sum", range: value.range), [Argument(value)]), range: value.range)
    fail(
      .definition(.lossRank(name: name.name, shape: tensor.shape)), value.range,
      repairs: [Repair(value.range, sum)])
  }

  mutating func defineOutput(_ output: OutputStatement, _ range: SourceRange) {
    guard isFirstOutput(output.name, range) else { return }
    if let value = output.value {
      let declared = output.shape.map { shape($0) }
      let tensor = evaluateTensor(value)
      guard let tensor, output.shape == nil || (declared ?? nil) != nil else {
        bind(output.name, .failed)
        return
      }
      define(
        output.name, tensor, declared: declared ?? nil, output.shape?.range ?? output.name.range,
        value: value.range, range)
    } else {
      openOutput = OpenOutput(name: output.name, shape: output.shape)
      if let entry = scope.entries[output.name.name], case .tensor = entry.meaning {
        settleOutputShape()
      }
    }
  }

  private mutating func isFirstOutput(_ name: Identifier, _ range: SourceRange) -> Bool {
    if let first = outputRange {
      fail(
        .definition(.secondOutput), name.range,
        labels: [Diagnostic.Label(first, "the first is here")])
      return false
    }
    outputRange = name.range
    return true
  }

  /// A loss or output that names a value which stands elsewhere.
  struct OpenOutput {
    let name: Identifier
    let shape: ShapeSyntax?
  }

  /// Compares the shape that an output statement states with that of the value.
  mutating func settleOutputShape() {
    guard let output = openOutput, let entry = scope.entries[output.name.name],
      case .tensor(let value) = entry.meaning
    else { return }
    openOutput = nil
    if outline.outputIsLoss, value.rank != 0 {
      fail(
        .definition(.lossRank(name: output.name.name, shape: value.shape)), output.name.range)
      return
    }
    guard let syntax = output.shape, let declared = shape(syntax) else { return }
    guard fitted(value, to: declared) != nil else {
      fail(
        .definition(
          .shape(name: output.name.name, declared: declared, found: value.shape)), syntax.range)
      return
    }
    takeConditions(syntax.range)
  }
}

// MARK: The end of the file

extension Elaboration {
  /// Reports what is still open, and settles what is differentiated.
  mutating func finish() {
    problems = []
    claim = nil
    for name in accumulations.keys.sorted() {
      guard let open = accumulations[name], open.remaining == 0, open.isUntouched else { continue }
      fail(.definition(.undefined(name)), open.range)
    }
    finishOutput()
    for name in overrides.keys.sorted() where !program.sizes.contains(where: { $0.name == name }) {
      fail(.name(.unknownOverride(name)), program.source.range(ofLine: 1))
    }
    report(problems)
    program.facts = assumptions.facts
    makeCotangentSymbols()
  }

  private mutating func finishOutput() {
    if let open = openOutput, scope.entries[open.name.name] == nil {
      _ = lookUp(open.name.name, open.name.range)
    }
    settleOutputShape()
    if let name = outline.circularOutput {
      fail(.claim(.circularOutput(name.name)), name.range)
      return
    }
    guard let name = outline.outputName, let entry = scope.entries[name],
      case .tensor(let value) = entry.meaning
    else { return }
    let isLoss = outline.outputIsLoss || (!outline.outputIsExplicit && value.rank == 0)
    if outline.outputIsLoss, value.rank != 0 { return }
    program.output = Program.Output(
      value: value, upstream: isLoss ? nil : cotangentSymbol(of: name, value))
  }

  private mutating func makeCotangentSymbols() {
    for declaration in program.declarations {
      if let name = declaration.symbol.name { _ = cotangentSymbol(of: name, declaration.symbol) }
    }
    for value in program.values { _ = cotangentSymbol(of: value.name, value.value) }
  }
}
