import Diagnostics
import Layers
import TensorExpressions

/// Spellings of Python's frameworks: prefixes, casts, and what is asked of a shape.
extension Elaboration {
  /// The framework that an expression before a dot stands for, such as `np.linalg`; nil where it is a value.
  func framework(_ expression: SyntaxExpression) -> Framework? {
    guard let path = Self.path(expression), let root = path.first,
      scope.entries[root] == nil, scope.parameters[root] == nil
    else { return nil }
    return Framework(prefix: path.joined(separator: "."))
  }

  private static func path(_ expression: SyntaxExpression) -> [String]? {
    switch expression.kind {
    case .name(let name): [name]
    case .attribute(let receiver, let name): path(receiver).map { $0 + [name.name] }
    case .number, .string, .boolean, .none, .unary, .chain, .power, .comparison, .call,
      .methodCall, .subscripted, .tuple, .list:
      nil
    }
  }

  /// Whose function a name without a prefix is: keywords may say so, a tuple of sizes, and some methods exist in one
  /// framework only.
  static func framework(
    of name: String, _ isMethod: Bool, _ positional: [Value?], _ keywords: [String]
  ) -> Framework? {
    if name == "split", positional.count == 2, case .list? = positional[1] { return .pytorch }
    if isMethod, name == "dot" { return .numpy }
    if isMethod, name == "repeat", keywords.contains("axis") { return .numpy }
    guard let framework = Framework(keywords: keywords),
      catalogue.function(name, of: framework)?.framework == framework
    else { return nil }
    return framework
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
    return call(function, nil, arguments, of: framework, range)
  }

  // MARK: Casts and copies

  private static let copies: Set = [
    "copy", "clone", "contiguous", "cpu", "cuda", "numpy", "asarray", "array",
    "ascontiguousarray",
  ]
  private static let casts: Set = ["astype", "type", "to"]
  private static let floatingCasts: Set = [
    "float", "double", "half", "bfloat16", "float16", "float32", "float64",
  ]

  /// The value itself, where it is only copied or cast to floating point, which numbers here have no use for.
  ///
  /// Casts to integers and truth values are not taken: they change values.
  mutating func castValue(
    _ function: Identifier, _ operand: SyntaxExpression, _ arguments: [Argument]
  ) -> Value? {
    let name = function.name
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
    return Self.path(expression)?.last.map(Self.floatingCasts.contains) ?? false
  }

  // MARK: Shapes

  /// `x.shape`, `x.size(0)`, `x.ndim`: what is asked of a shape; nil for any other name.
  mutating func shapeValue(
    _ function: Identifier, _ receiver: SyntaxExpression, _ arguments: [Argument]
  ) -> Value? {
    guard ["shape", "size", "ndim", "dim"].contains(function.name), arguments.count <= 1,
      let value = evaluate(receiver), let x = tensor(value, receiver)
    else { return nil }
    switch function.name {
    case "ndim", "dim": return .size(Size(x.rank))
    default: break
    }
    guard let place = arguments.first else { return .list(x.shape.map { .size($0) }) }
    guard let axis = evaluate(place.value)?.asSize?.asInt else { return nil }
    guard let checked = try? x.normalizedAxis(axis) else {
      fail(
        .shape(.axis(axis, shape: x.shape), operation: text(receiver.range)), function.range)
      return nil
    }
    return .size(x.shape[checked])
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
