import Derivation
import Diagnostics
import Layers
import TensorExpressions

/// Functions of the file, and how they are put in.
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
      stack += expression.kind.children.filter { !isOfFramework($0) }.reversed()
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
      name: name.name, order: function.order, module: function.module,
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
