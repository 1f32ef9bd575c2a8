import Layers

/// A function that is called by its name, or by a module's: `sum(x)`, `np.sum(x)`.
package struct NamedCall {
  /// The module with its dot; empty where none is named.
  package let prefix: String
  package let function: Identifier
  package let arguments: [Argument]

  package var parts: (function: Identifier, arguments: [Argument]) { (function, arguments) }

  /// The same call with other arguments, as text.
  package func text(_ arguments: [String]) -> String {
    "\(prefix)\(function.name)(\(arguments.joined(separator: ", ")))"
  }
}

extension SyntaxExpression {
  /// The call of a named function; nil for anything else, methods of values among them.
  ///
  /// What a prefix stands for is told by its text alone: a value called `F` has methods, and `F.sum(0)` is taken for
  /// a call. Whoever uses this must look at what comes of it.
  package var namedCall: NamedCall? {
    switch kind {
    case .call(let function, let arguments):
      return NamedCall(prefix: "", function: function, arguments: arguments)
    case .methodCall(let receiver, let function, let arguments):
      guard let path = receiver.dottedNames?.joined(separator: "."), Framework(prefix: path) != nil
      else { return nil }
      return NamedCall(prefix: path + ".", function: function, arguments: arguments)
    case .number, .string, .boolean, .none, .name, .unary, .chain, .power, .comparison, .attribute,
      .subscripted, .tuple, .list:
      return nil
    }
  }

  /// The names of what has dots between them, such as `np.linalg`; nil for anything else.
  var dottedNames: [String]? {
    switch kind {
    case .name(let name): [name]
    case .attribute(let receiver, let name): receiver.dottedNames.map { $0 + [name.name] }
    case .number, .string, .boolean, .none, .unary, .chain, .power, .comparison, .call,
      .methodCall, .subscripted, .tuple, .list:
      nil
    }
  }
}
