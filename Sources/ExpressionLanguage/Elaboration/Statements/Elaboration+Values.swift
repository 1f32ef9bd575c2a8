import Diagnostics
import Layers
import TensorExpressions

/// Named values.
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
    if restates(name, value) { return }
    if value.isScalarValue, !outline.outputNames.contains(name.name), wanted?.isEmpty ?? true {
      bind(name, number: value, range)
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
    let value = evaluatePair(statement.value)
    guard let parts = value.flatMap({ parts(of: $0, statement) }) else {
      for name in statement.names { bind(name, .failed) }
      return
    }
    for (name, part) in zip(statement.names, parts) where !restates(name, part) {
      // The last line is the output where none is said, and sizes are no output.
      let isOutput = outline.outputNames.contains(name.name) && outline.outputIsExplicit
      if part.isScalarValue, !isOutput {
        bind(name, number: part, range)
      } else if let tensor = tensor(part, statement.value) {
        define(name, tensor, declared: nil, name.range, value: statement.value.range, range)
      } else {
        bind(name, .failed)
      }
    }
  }

  /// Gives a number a name.
  private mutating func bind(_ name: Identifier, number value: Value, _ range: SourceRange) {
    guard bind(name, .number(value)), let number = value.asNumber else { return }
    program.numbers.append(
      Program.NamedValue(
        name: name.name, value: space.named(name.name, space.filled(number, [])),
        isBackward: outline.isBackward(order), range: range))
  }

  /// Whether a line gives the name of a size the value that it has: `N, D = x.shape` below `dims N, D`.
  private func restates(_ name: Identifier, _ value: Value) -> Bool {
    guard case .size(let known)? = scope.entries[name.name]?.meaning, let size = value.asSize else {
      return false
    }
    return assumptions.areEqual(known, size)
  }

  /// As many parts as there are names.
  mutating func parts(of value: Value, _ statement: UnpackingStatement) -> [Value]? {
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
    if tensor.takesMinusInfinity {
      _ = failMinusInfinity(tensor, valueRange ?? range)
      bind(name, .failed)
      return
    }
    let named = space.named(name.name, tensor)
    guard bind(name, .tensor(named)) else { return }
    program.values.append(
      Program.NamedValue(
        name: name.name, value: named.minusInfinity?.finite ?? named,
        isBackward: outline.isBackward(order),
        isDerivative: differentiatingStatements.contains(order), range: range))
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

  private mutating func makeCotangentSymbols() {
    for declaration in program.declarations where !declaration.symbol.isIndexSymbol {
      if let name = declaration.symbol.name { _ = cotangentSymbol(of: name, declaration.symbol) }
    }
    for value in program.values where gradientSubject("d" + value.name) != nil {
      _ = cotangentSymbol(of: value.name, value.value)
    }
  }
}
