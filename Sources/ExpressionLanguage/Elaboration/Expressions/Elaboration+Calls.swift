import Derivation
import Diagnostics
import Layers
import TensorExpressions

/// Calls of functions, of methods, and attributes.
extension Elaboration {
  /// `function(arguments)`, or `receiver.function(arguments)`.
  mutating func call(
    _ function: Identifier, _ receiver: SyntaxExpression?, _ arguments: [Argument],
    _ range: SourceRange
  ) -> Value? {
    if receiver == nil, let operation = DerivativeOperation(rawValue: function.name),
      scope.functions[function.name] == nil
    {
      return derivative(operation, arguments, range)
    }
    let receiverValue = receiver.map { evaluate($0) }
    var positional: [Value?] = receiverValue.map { [$0] } ?? []
    var keywords: [(name: String, value: Value?)] = []
    for argument in arguments {
      let value = evaluate(argument.value)
      if let label = argument.label {
        keywords.append((label.name, value))
      } else {
        positional.append(value)
      }
    }
    if scope.functions[function.name] == nil, Self.catalogue.function(function.name) == nil {
      failUnknownFunction(function, receiver, arguments, range)
      return nil
    }
    let places = positional.compactMap { $0 }
    let named = keywords.compactMap { keyword in keyword.value.map { (keyword.name, $0) } }
    guard places.count == positional.count, named.count == keywords.count else { return nil }
    if let definition = scope.function(function.name) {
      let before = problems.count
      let value = putIn(definition, places, named, function, range)
      offerKeyword(from: before, function, receiver, arguments, range)
      return value
    }
    if scope.functions[function.name] != nil {
      fail(.definition(.recursion(function.name)), function.range)
      return nil
    }
    let operands = (receiver.map { [$0] } ?? []) + arguments.map(\.value)
    let before = problems.count
    let value = callCatalogue(function, places, named, operands, range)
    offerKeyword(from: before, function, receiver, arguments, range)
    return value
  }

  private mutating func failUnknownFunction(
    _ function: Identifier, _ receiver: SyntaxExpression?, _ arguments: [Argument],
    _ range: SourceRange
  ) {
    let isValue = scope.entry(function.name) != nil || scope.parameters[function.name] != nil
    let known = Self.catalogue.names + scope.functions.keys.sorted()
    let isTried = !isValue && problems.count < Self.repairLimit
    let closest = !isTried ? nil : SpellingSuggestion.closest(to: function.name, among: known)
    fail(
      .name(.unknownFunction(function.name, isValue: isValue)), function.range,
      repairs: closest.map {
        [Repair(range, Self.call($0, receiver, arguments, range), shown: $0)]
      } ?? [])
  }

  /// Puts an unknown keyword's mistake at the keyword, with the one that was likely meant.
  private mutating func offerKeyword(
    from start: Int, _ function: Identifier, _ receiver: SyntaxExpression?,
    _ arguments: [Argument], _ range: SourceRange
  ) {
    for position in problems.indices.dropFirst(start) {
      guard case .argument(.unknownKeyword(_, let keyword, let known)) = problems[position].problem,
        let label = arguments.compactMap(\.label).first(where: { $0.name == keyword })
      else { continue }
      problems[position].range = label.range
      guard let closest = SpellingSuggestion.closest(to: keyword, among: known) else { continue }
      let changed = arguments.map {
        $0.label == label
          ? Argument(label: Identifier(closest, range: label.range), $0.value) : $0
      }
      problems[position].repairs = [
        Repair(range, Self.call(function.name, receiver, changed, range), shown: closest)
      ]
    }
  }

  private static func call(
    _ name: String, _ receiver: SyntaxExpression?, _ arguments: [Argument], _ range: SourceRange
  ) -> SyntaxExpression {
    let function = Identifier(name, range: range)
    return SyntaxExpression(
      receiver.map { .methodCall($0, function, arguments) } ?? .call(function, arguments),
      range: range)
  }

  private mutating func callCatalogue(
    _ function: Identifier, _ positional: [Value], _ keywords: [(name: String, value: Value)],
    _ operands: [SyntaxExpression], _ range: SourceRange
  ) -> Value? {
    if accessReading != nil, let definition = Self.catalogue.function(function.name),
      definition.family != .elementwise
    {
      fail(.index(.notPointwise(function.name)), function.range)
      return nil
    }
    do throws(LayerError) {
      let value = try Self.catalogue.call(
        function.name, positional, keywords: keywords, in: space, assuming: assumptions)
      takeConditions(range)
      noteAssumption(function.name, positional.first, operands.first)
      return .tensor(value)
    } catch {
      switch error {
      case .argument(let error): fail(.argument(error), function.range)
      case .shape(let error):
        fail(
          .shape(error, operation: text(range)), function.range,
          labels: labels(of: zip(operands, positional + keywords.map(\.value))))
      }
      return nil
    }
  }

  /// The tensors among arguments with their shapes.
  private func labels(
    of arguments: some Sequence<(SyntaxExpression, Value)>
  ) -> [Diagnostic.Label] {
    arguments.flatMap { expression, value -> [Diagnostic.Label] in
      switch value {
      case .tensor(let tensor):
        return [Diagnostic.Label(expression.range, shapeText(tensor.shape))]
      case .list(let entries):
        guard case .list(let parts) = expression.kind else { return [] }
        return labels(of: zip(parts, entries))
      case .size, .number, .text, .flag, .none: return []
      }
    }
  }

  /// Keeps the assumption that a matrix has an inverse, unless its declaration says so.
  private mutating func noteAssumption(
    _ function: String, _ operand: Value?, _ expression: SyntaxExpression?
  ) {
    guard case .tensor(let matrix)? = operand, let expression,
      let what = Self.matrixAssumptions[Self.catalogue.function(function)?.name ?? function]
    else { return }
    if case .symbol(let symbol) = matrix.kind {
      let known: TensorStructure =
        function == "logdet"
        ? .positiveDefinite : [.nonsingular, .orthogonal, .positiveDefinite]
      if !symbol.structure.isDisjoint(with: known) { return }
    }
    let assumption = "`\(text(expression.range))` \(what)"
    if !program.assumptions.contains(assumption) { program.assumptions.append(assumption) }
  }

  private static let matrixAssumptions = [
    "inv": "has an inverse", "solve": "has an inverse", "logdet": "has a positive determinant",
  ]

  mutating func attribute(
    _ receiver: SyntaxExpression, _ name: Identifier, _ range: SourceRange
  ) -> Value? {
    guard let value = evaluate(receiver), let x = tensor(value, receiver) else { return nil }
    do throws(LayerError) {
      return .tensor(try Self.catalogue.property(name.name, of: x, assuming: assumptions))
    } catch {
      switch error {
      case .argument:
        let isFunction = Self.catalogue.function(name.name) != nil
        fail(.name(.unknownAttribute(name.name, isFunction: isFunction)), name.range)
      case .shape(let error):
        fail(
          .shape(error, operation: text(range)), name.range,
          labels: [Diagnostic.Label(receiver.range, shapeText(x.shape))])
      }
      return nil
    }
  }
}

// MARK: Functions of the file

extension Elaboration {
  mutating func define(_ function: FunctionDefinition) {
    let name = function.name
    if let first = scope.functions[name.name] {
      let range = first.definition.name.range
      fail(
        .name(.functionTaken(name.name, isOfLanguage: false)), name.range,
        labels: [Diagnostic.Label(range, "first defined here")])
      return
    }
    let isOfLanguage =
      Self.catalogue.function(name.name) != nil || DerivativeOperation(rawValue: name.name) != nil
    if isOfLanguage {
      fail(.name(.functionTaken(name.name, isOfLanguage: true)), name.range)
      return
    }
    scope.functions[name.name] = Scope.Function(definition: function, order: order)
    checkNames(in: function)
  }

  /// Reports names in a function's body that mean nothing, whether or not it is called.
  private mutating func checkNames(in function: FunctionDefinition) {
    var stack = [function.body]
    let parameters = Set(function.parameters.map(\.name.name))
    while let expression = stack.popLast() {
      if case .name(let name) = expression.kind, !parameters.contains(name),
        scope.entries[name] == nil, gradientSubject(name) == nil, name != "pi", name != "e"
      {
        _ = lookUp(name, expression.range)
      }
      if case .call(let called, _) = expression.kind, called.name == function.name.name {
        fail(.definition(.recursion(called.name)), called.range)
      }
      stack += expression.kind.children.reversed()
    }
  }

  /// The value of a function of the file: its body with its parameters bound to the arguments.
  private mutating func putIn(
    _ function: Scope.Function, _ positional: [Value], _ keywords: [(String, Value)],
    _ name: Identifier, _ range: SourceRange
  ) -> Value? {
    guard
      let parameters = bind(function.definition, positional, keywords, name)
    else { return nil }
    let key = FunctionCall(
      name: name.name,
      arguments: function.definition.parameters.map { parameters[$0.name.name] ?? Value.none })
    if accessReading == nil, let known = callResults[key] { return known }
    let saved = (scope.parameters, scope.limit, callRange)
    (scope.parameters, scope.limit) = (parameters, function.order)
    callRange = callRange ?? range
    let value = evaluate(function.definition.body)
    (scope.parameters, scope.limit, callRange) = saved
    if accessReading == nil { callResults[key] = value }
    return value
  }

  private mutating func bind(
    _ function: FunctionDefinition, _ positional: [Value], _ keywords: [(String, Value)],
    _ name: Identifier
  ) -> [String: Value]? {
    var bound: [String: Value] = [:]
    for (parameter, value) in zip(function.parameters, positional) {
      bound[parameter.name.name] = value
    }
    guard positional.count <= function.parameters.count else {
      fail(
        .argument(
          .tooMany(
            function: name.name, limit: function.parameters.count, found: positional.count)),
        name.range)
      return nil
    }
    for (keyword, value) in keywords {
      guard function.parameters.contains(where: { $0.name.name == keyword }) else {
        fail(
          .argument(
            .unknownKeyword(
              function: name.name, keyword: keyword,
              known: function.parameters.map(\.name.name))), name.range)
        return nil
      }
      guard bound.updateValue(value, forKey: keyword) == nil else {
        fail(.argument(.repeated(function: name.name, parameter: keyword)), name.range)
        return nil
      }
    }
    for parameter in function.parameters where bound[parameter.name.name] == nil {
      guard let defaultValue = parameter.defaultValue else {
        fail(
          .argument(.missing(function: name.name, parameter: parameter.name.name)), name.range)
        return nil
      }
      guard let value = evaluate(defaultValue) else { return nil }
      bound[parameter.name.name] = value
    }
    return bound
  }
}
