import Diagnostics
import Layers
import TensorExpressions

/// Spellings of Python's frameworks: prefixes, casts, and what is asked of a shape.
extension Elaboration {
  /// The framework that an expression before a dot stands for, such as `np.linalg`; nil where it is a value.
  func framework(_ expression: SyntaxExpression) -> Framework? {
    guard let path = expression.dottedNames, let root = path.first,
      scope.entries[root] == nil, scope.parameters[root] == nil
    else { return nil }
    return Framework(prefix: path.joined(separator: "."))
  }

  /// Whether it is a framework's prefix, or a part of one as `np.maximum` is.
  func isOfFramework(_ expression: SyntaxExpression) -> Bool {
    if framework(expression) != nil { return true }
    guard case .attribute(let prefix, _) = expression.kind else { return false }
    return framework(prefix) != nil
  }

  /// What a name before a parenthesis means.
  enum Callee {
    case catalogue(CatalogueFunction)
    case prelude(FunctionDefinition, of: Framework?)
  }

  /// The function of a name: that of a module, of those that it follows, or the language's.
  static func callee(_ name: String, of framework: Framework?) -> Callee? {
    for module in framework?.chain ?? [] {
      if let known = catalogue.function(name, onlyOf: module) { return .catalogue(known) }
      if let known = Prelude.ofModules[module]?[name] {
        return .prelude(known.definition, of: module)
      }
    }
    if let known = catalogue.function(name) { return .catalogue(known) }
    return Prelude.functions[name].map { .prelude($0.definition, of: nil) }
  }

  /// The modules that have a function of that name with a meaning of its own.
  static func modules(with name: String) -> [Framework] {
    Framework.allCases.filter {
      catalogue.function(name, onlyOf: $0) != nil || Prelude.ofModules[$0]?[name] != nil
    }
  }

  /// Whose function a name without a prefix is: keywords may say so, a tuple of sizes, that a pair is asked for, and
  /// some methods exist in one framework only.
  static func framework(
    of name: String, _ isMethod: Bool, _ positional: [Value?], _ keywords: [String],
    wantsPlaces: Bool
  ) -> Framework? {
    if name == "split", positional.count == 2, case .list? = positional[1] { return .pytorch }
    if isMethod, let framework = Framework(method: name) { return framework }
    if isMethod, name == "repeat", keywords.contains("axis") { return .numpy }
    if wantsPlaces, isMethod, !keywords.contains("axis"),
      catalogue.function(name, onlyOf: .pytorch)?.findsPlaces == true
    {
      return .pytorch
    }
    guard let framework = Framework(keywords: keywords),
      modules(with: name).contains(where: framework.chain.contains)
    else { return nil }
    return framework
  }

  /// What is called of a part of a framework, `np.maximum.accumulate(x)`, or of an array's place, `x.at[i].add(v)`; nil
  /// for everything else.
  mutating func callOfPart(
    _ function: Identifier, _ receiver: SyntaxExpression, _ arguments: [Argument],
    _ range: SourceRange
  ) -> Value? {
    if case .attribute(let prefix, let part) = receiver.kind, let module = framework(prefix) {
      let name = Identifier("\(part.name)_\(function.name)", range: function.range)
      guard Self.callee(name.name, of: module) != nil else { return nil }
      return call(name, nil, arguments, of: module, range)
    }
    if case .subscripted(let place, let items) = receiver.kind, items.count == 1,
      case .index(let index) = items[0], case .attribute(let array, let at) = place.kind,
      Self.callee("\(at.name)_\(function.name)", of: .jax) != nil
    {
      let name = Identifier("\(at.name)_\(function.name)", range: function.range)
      return call(name, array, [Argument(index)] + arguments, of: .jax, range)
    }
    return nil
  }

  /// `np.exp(x)`: the function of that name, whatever the file calls its own.
  mutating func callOfFramework(
    _ framework: Framework, _ function: Identifier, _ prefix: SyntaxExpression,
    _ arguments: [Argument], _ range: SourceRange
  ) -> Value? {
    if let first = arguments.first, first.label == nil,
      let value = castValue(function, first.value, Array(arguments.dropFirst()))
    {
      return value
    }
    if asksOfShape(function.name, .function), let first = arguments.first, first.label == nil {
      return shapeOfArgument(function, first.value, Array(arguments.dropFirst()))
    }
    return call(function, nil, arguments, of: framework, range)
  }

  // MARK: Casts and copies

  private static let copies: Set = [
    "copy", "clone", "contiguous", "cpu", "cuda", "numpy", "asarray", "array",
    "ascontiguousarray", "tensor", "type_as", "item", "tolist",
  ]
  private static let casts: Set = ["astype", "type", "to"]
  private static let floatingCasts: Set = [
    "float", "double", "half", "bfloat16", "float16", "float32", "float64",
  ]

  /// The value itself, where it is only copied or cast to floating point, which numbers here have no use for.
  ///
  /// Casts to integers and truth values change values: they are taken where these are whole numbers, or 0 and 1.
  mutating func castValue(
    _ function: Identifier, _ operand: SyntaxExpression, _ arguments: [Argument]
  ) -> Value? {
    let name = function.name
    if let value = wholeValue(name, operand, arguments) { return value }
    let isCopy = Self.copies.contains(name) || Self.floatingCasts.contains(name)
    let isCast =
      Self.casts.contains(name) && arguments.count == 1
      && arguments.allSatisfy { isFloatingType($0.value) }
    guard isCopy && arguments.allSatisfy({ $0.label != nil || isFloatingType($0.value) }) || isCast
    else { return nil }
    return evaluate(operand)
  }

  private func isFloatingType(_ expression: SyntaxExpression) -> Bool {
    if case .string(let text) = expression.kind { return Self.floatingCasts.contains(text) }
    return expression.dottedNames?.last.map {
      Self.floatingCasts.contains($0) || Self.placesOfTensors.contains($0)
    } ?? false
  }

  /// `x.to(y.dtype)`, `x.to(device)`: nothing that changes a number.
  private static let placesOfTensors: Set = ["dtype", "device"]
  private static let wholeCasts: Set = ["int", "long", "bool", "int32", "int64", "bool_"]

  /// A cast to whole numbers or truth values of what is such already.
  private mutating func wholeValue(
    _ name: String, _ operand: SyntaxExpression, _ arguments: [Argument]
  ) -> Value? {
    let type = arguments.first.flatMap { $0.value.dottedNames?.last }
    let isCast = Self.casts.contains(name) && arguments.count == 1
    let isWhole =
      isCast ? type.map(Self.wholeCasts.contains) == true : Self.wholeCasts.contains(name)
    guard isWhole, isCast || arguments.isEmpty, case .tensor(let x)? = evaluate(operand),
      x.indicator === x || IndexForm(x, facts: assumptions.facts) != nil && !name.hasPrefix("bool")
    else { return nil }
    return .tensor(x)
  }

  /// `np.pi`, `np.newaxis`.
  mutating func constant(
    _ name: Identifier, of framework: Framework, _ range: SourceRange
  ) -> Value? {
    switch name.name {
    case "pi", "e", "inf": return lookUpConstant(name.name)
    case "newaxis": return Value.none
    default:
      let isFunction = Self.catalogue.function(name.name, of: framework) != nil
      fail(.name(.unknownAttribute(name.name, isFunction: isFunction)), name.range)
      return nil
    }
  }
}
