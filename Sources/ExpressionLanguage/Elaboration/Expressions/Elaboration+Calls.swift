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
    if let receiver, let value = callOfPart(function, receiver, arguments, range) { return value }
    if receiver == nil, let operation = DerivativeOperation(rawValue: function.name),
      scope.functions[function.name] == nil
    {
      return derivative(operation, arguments, range)
    }
    if let receiver, let plain = Self.plainName(ofInPlace: function, receiver) {
      return call(plain, receiver, arguments, range)
    }
    if scope.functions[function.name] == nil, let receiver {
      if let value = castValue(function, receiver, arguments) { return value }
      if asksOfShape(function.name, .method) { return shapeValue(function, receiver, arguments) }
    }
    if receiver == nil, scope.functions[function.name] == nil,
      asksOfShape(function.name, .function), let operand = arguments.first, operand.label == nil
    {
      return shapeOfArgument(function, operand.value, Array(arguments.dropFirst()))
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
    let isPrefixed = framework != nil
    let framework =
      framework
      ?? Self.framework(
        of: function.name, receiver != nil, positional, keywords.map(\.name),
        wantsPlaces: range == pairRange)
    let isOfFile =
      !isPrefixed && !scope.isInPrelude && scope.functions[function.name] != nil
    let definition = isOfFile ? scope.function(function.name) : nil
    let method =
      receiver == nil || isPrefixed ? nil : Self.callee("\(function.name)_method", of: .pytorch)
    let callee = method ?? Self.callee(function.name, of: framework)
    guard isOfFile || callee != nil else {
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
    guard case .catalogue(let known)? = callee else {
      if case .prelude(let known, let module)? = callee {
        return callPrelude(known, of: module, function, places, named, range)
      }
      return nil
    }
    let operands = (receiver.map { [$0] } ?? []) + arguments.map(\.value)
    let isPyTorch = framework?.chain.contains(.pytorch) == true
    let pairs: Pairs =
      isPyTorch && (isPrefixed || known.framework == .pytorch)
      ? .required : isPrefixed && !isPyTorch ? .none : .wanted
    let value = callCatalogue(known, function, places, named, operands, pairs, range)
    if value == nil {
      offerPairwise(from: before, function, receiver, arguments, range)
      offerList(from: before, known, function, receiver, arguments, range)
    }
    return value
  }

  static func call(
    _ name: String, _ receiver: SyntaxExpression?, _ arguments: [Argument], _ range: SourceRange
  ) -> SyntaxExpression {
    let function = Identifier(name, range: range)
    return SyntaxExpression(
      receiver.map { .methodCall($0, function, arguments) } ?? .call(function, arguments),
      range: range)
  }

  /// Whether a function that finds entries gives their places too: in PyTorch it always does, in NumPy never, and in
  /// the language where a pair is asked for.
  private enum Pairs {
    case required, wanted, none
  }

  private mutating func callCatalogue(
    _ definition: CatalogueFunction, _ function: Identifier, _ positional: [Value],
    _ keywords: [(name: String, value: Value)], _ operands: [SyntaxExpression],
    _ pairs: Pairs, _ range: SourceRange
  ) -> Value? {
    if accessReading != nil, definition.family != .elementwise {
      fail(.index(.notPointwise(function.name)), function.range)
      return nil
    }
    do throws(LayerError) {
      let value = try Self.catalogue.results(
        of: definition, positional, keywords: keywords, in: space, assuming: assumptions,
        wantsPlaces: pairs == .required || pairs == .wanted && range == pairRange)
      if range != pairRange, definition.findsPlaces, case .list = value {
        fail(.value(.pair(text(range))), function.range)
        problems[problems.count - 1].advice = "its values are `\(text(range)).values`"
        return nil
      }
      takeConditions(range)
      noteAssumption(function.name, positional.first, operands.first)
      noteEntriesLeft(positional, value, range)
      return value
    } catch {
      switch error {
      case .argument(let error): fail(.argument(error), function.range)
      case .shape(let error):
        let values = positional + keywords.map(\.value)
        fail(
          .shape(error, operation: text(range)), function.range,
          labels: labels(of: zip(operands, values)))
        problems[problems.count - 1].advice = places(wantedBy: error, operands, values)
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
    if asksOfShape(name.name, .attribute) { return shapeValue(name, receiver, nil) }
    if let place = Self.partsOfPairs[name.name] {
      if case .list(let parts)? = evaluatePair(receiver), parts.indices.contains(place) {
        return parts[place]
      }
    }
    guard let value = evaluate(receiver), let x = tensor(value, receiver) else { return nil }
    do throws(LayerError) {
      return .tensor(try Self.catalogue.property(name.name, of: x, assuming: assumptions))
    } catch {
      switch error {
      case .argument:
        let isFunction = Self.callee(name.name, of: nil) != nil
        fail(
          .name(.unknownAttribute(name.name, isFunction: isFunction)), name.range,
          repairs: isFunction
            ? [Repair(range, SyntaxExpression(.methodCall(receiver, name, []), range: range))] : [])
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

  /// Whether a subscript of a call takes a part of a pair, `torch.sort(x)[0]`: behind PyTorch's prefix, and of methods
  /// that only its tensors have.
  func isPair(_ expression: SyntaxExpression) -> Bool {
    guard case .methodCall(let receiver, let name, let arguments) = expression.kind,
      scope.functions[name.name] == nil
    else { return false }
    if let prefix = framework(receiver) {
      guard case .catalogue(let known)? = Self.callee(name.name, of: prefix) else { return false }
      return prefix.chain.contains(.pytorch) && known.findsPlaces
    }
    if Self.catalogue.function(name.name)?.givesPair == true { return true }
    return Framework(keywords: arguments.compactMap(\.label?.name)) == .pytorch
      && Self.catalogue.function(name.name, onlyOf: .pytorch)?.findsPlaces == true
  }

  /// Reports `x.max(1)[0]`: NumPy's first row of the maxima, or all maxima as PyTorch has them.
  mutating func failAmbiguousPart(
    _ expression: SyntaxExpression, _ items: [SubscriptItem], _ range: SourceRange
  ) -> Bool {
    guard case .methodCall(let receiver, let name, let arguments) = expression.kind,
      framework(receiver) == nil, scope.functions[name.name] == nil, items.count == 1,
      case .index = items[0], let axis = arguments.first, arguments.allSatisfy({ $0.label == nil }),
      Self.catalogue.function(name.name)?.findsPlaces == false,
      Self.catalogue.function(name.name, onlyOf: .pytorch)?.findsPlaces == true
    else { return false }
    let call = "\(text(receiver.range)).\(name.name)"
    let number = text(axis.value.range)
    fail(.name(.ambiguousFunction(name.name, modules: 2)), name.range)
    problems[problems.count - 1].advice =
      "`\(call)(dim=\(number)).values` is PyTorch's first part, "
      + "`\(call)(axis=\(number))[0]` is NumPy's first entry"
    return true
  }

  /// The value of an expression; of a call that finds entries, these and their places.
  mutating func evaluatePair(_ expression: SyntaxExpression) -> Value? {
    let saved = pairRange
    pairRange = expression.range
    defer { pairRange = saved }
    return evaluate(expression)
  }
}
