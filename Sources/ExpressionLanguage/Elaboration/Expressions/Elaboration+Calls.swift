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
    if let receiver, let framework = framework(receiver) {
      return callOfFramework(framework, function, receiver, arguments, range)
    }
    if receiver == nil, let operation = DerivativeOperation(rawValue: function.name),
      scope.functions[function.name] == nil
    {
      return derivative(operation, arguments, range)
    }
    if scope.functions[function.name] == nil, let receiver {
      if let value = castValue(function, receiver, arguments) { return value }
      if let value = shapeValue(function, receiver, arguments) { return value }
    }
    return call(function, receiver, arguments, of: nil, range)
  }

  /// The same after what only methods and frameworks have.
  ///
  /// - Parameter framework: whose function is meant, where a prefix said so.
  mutating func call(
    _ function: Identifier, _ receiver: SyntaxExpression?, _ arguments: [Argument],
    of framework: Framework?, _ range: SourceRange
  ) -> Value? {
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
    let framework =
      framework
      ?? Self.framework(of: function.name, receiver != nil, positional, keywords.map(\.name))
    let isOfFile =
      framework == nil && !scope.isInPrelude && scope.functions[function.name] != nil
    let known = Self.catalogue.function(function.name, of: framework)
    let definition = isOfFile ? scope.function(function.name) : nil
    guard isOfFile || known != nil || Prelude.functions[function.name] != nil else {
      failUnknownFunction(function, receiver, arguments, range)
      return nil
    }
    let places = positional.compactMap { $0 }
    let named = keywords.compactMap { keyword in keyword.value.map { (keyword.name, $0) } }
    guard places.count == positional.count, named.count == keywords.count else { return nil }
    let before = problems.count
    defer { offerKeyword(from: before, function, receiver, arguments, range) }
    if let definition { return putIn(definition, places, named, function, range) }
    if isOfFile {
      fail(.definition(.recursion(function.name)), function.range)
      return nil
    }
    guard let known else { return callPrelude(function, places, named, range) }
    let operands = (receiver.map { [$0] } ?? []) + arguments.map(\.value)
    let value = callCatalogue(known, function, places, named, operands, range)
    if value == nil { offerPairwise(from: before, function, receiver, arguments, range) }
    return value
  }

  /// `max(0, x)` of two values is `maximum(0, x)` here.
  private mutating func offerPairwise(
    from start: Int, _ function: Identifier, _ receiver: SyntaxExpression?,
    _ arguments: [Argument], _ range: SourceRange
  ) {
    guard let pairwise = Self.pairwise[function.name], receiver == nil, arguments.count == 2,
      arguments.allSatisfy({ $0.label == nil })
    else { return }
    for position in problems.indices.dropFirst(start) {
      problems[position].repairs = [
        Repair(range, Self.call(pairwise, nil, arguments, range))
      ]
    }
  }

  private static let pairwise = ["max": "maximum", "min": "minimum"]

  private mutating func failUnknownFunction(
    _ function: Identifier, _ receiver: SyntaxExpression?, _ arguments: [Argument],
    _ range: SourceRange
  ) {
    let frameworks = Self.catalogue.frameworks(with: function.name)
    if !frameworks.isEmpty {
      fail(.name(.ambiguousFunction(function.name)), function.range)
      problems[problems.count - 1].advice =
        "`np.\(function.name)(…)` is NumPy's, `torch.\(function.name)(…)` is PyTorch's"
      return
    }
    let isValue = scope.entry(function.name) != nil || scope.parameters[function.name] != nil
    let known =
      Self.catalogue.names + Prelude.functions.keys.sorted() + scope.functions.keys.sorted()
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
      // `pad=` for `padding=`: a beginning is no misspelling, and means the only one that begins so.
      // Of `padding` and `padding_mode` the first is meant.
      let longer = known.filter { $0.hasPrefix(keyword) && keyword.count > 1 }
        .sorted { $0.count < $1.count }
      let isOne = longer.first.map { first in longer.allSatisfy { $0.hasPrefix(first) } } ?? false
      guard
        let closest = SpellingSuggestion.closest(to: keyword, among: known)
          ?? (isOne ? longer.first : nil)
      else { continue }
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
    _ definition: CatalogueFunction, _ function: Identifier, _ positional: [Value],
    _ keywords: [(name: String, value: Value)], _ operands: [SyntaxExpression],
    _ range: SourceRange
  ) -> Value? {
    if accessReading != nil, definition.family != .elementwise {
      fail(.index(.notPointwise(function.name)), function.range)
      return nil
    }
    do throws(LayerError) {
      let value = try Self.catalogue.results(
        of: definition, positional, keywords: keywords, in: space, assuming: assumptions,
        wantsPlaces: range == pairRange)
      takeConditions(range)
      noteAssumption(function.name, positional.first, operands.first)
      noteEntriesLeft(positional, value, range)
      return value
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
      let assumed = Self.matrixAssumptions[Self.catalogue.function(function)?.name ?? function]
    else { return }
    if case .symbol(let symbol) = matrix.kind,
      !symbol.structure.isDisjoint(with: assumed.impliedBy)
    {
      return
    }
    let assumption = "`\(text(expression.range))` \(assumed.what)"
    if !program.assumptions.contains(assumption) { program.assumptions.append(assumption) }
  }

  /// What functions assume of a matrix, and the declared words that say so.
  private static let matrixAssumptions: [String: (what: String, impliedBy: TensorStructure)] = [
    "inv": ("has an inverse", [.nonsingular, .orthogonal, .positiveDefinite]),
    "solve": ("has an inverse", [.nonsingular, .orthogonal, .positiveDefinite]),
    "logdet": ("has a positive determinant", .positiveDefinite),
    "cholesky": ("is positive definite", .positiveDefinite),
  ]

  mutating func attribute(
    _ receiver: SyntaxExpression, _ name: Identifier, _ range: SourceRange
  ) -> Value? {
    if let framework = framework(receiver) { return constant(name, of: framework, range) }
    if let value = shapeValue(name, receiver, []) { return value }
    if let place = Self.partsOfPairs[name.name] {
      if case .list(let parts)? = evaluatePair(receiver), parts.count == 2 { return parts[place] }
    }
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

// MARK: Values with their places

extension Elaboration {
  private static let partsOfPairs = ["values": 0, "indices": 1]

  /// The value of an expression; of a call that finds entries, these and their places.
  mutating func evaluatePair(_ expression: SyntaxExpression) -> Value? {
    let saved = pairRange
    pairRange = expression.range
    defer { pairRange = saved }
    return evaluate(expression)
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
        scope.entries[name] == nil, gradientSubject(name) == nil, lookUpConstant(name) == nil
      {
        _ = lookUp(name, expression.range)
      }
      if case .call(let called, _) = expression.kind, called.name == function.name.name {
        fail(.definition(.recursion(called.name)), called.range)
      }
      stack += expression.kind.children.filter { framework($0) == nil }.reversed()
    }
  }

  /// The value of a function of the file: its body with its parameters bound to the arguments.
  mutating func putIn(
    _ function: Scope.Function, _ positional: [Value], _ keywords: [(String, Value)],
    _ name: Identifier, _ range: SourceRange
  ) -> Value? {
    guard
      let parameters = bind(function.definition, positional, keywords, name)
    else { return nil }
    let key = FunctionCall(
      name: name.name, order: function.order,
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
