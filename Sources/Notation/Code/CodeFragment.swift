import Derivation
import TensorExpressions

/// One value's lines in a target, without what a module imports or defines: the tensors and sizes that it is
/// made from are variables of their own names.
public struct CodeFragment: Sendable {
  /// The lines in order, without line ends.
  public let lines: [String]

  /// The lines that give a name to a value in a target, with names for parts where the target needs
  /// or profits from them.
  ///
  /// - Parameter usedNames: names that parts must not have.
  public init(
    name: String, _ formula: TensorExpression, for target: CodeTarget, usedNames: Set<String>
  ) {
    var root = formula
    if case .named(name, _) = formula.kind {} else { root = formula.space.named(name, formula) }
    if case .loops = target.family { root = StableForms.applied(to: [root])[0] }
    let authored = Set(TensorExpression.postorder(of: [root]).compactMap(\.name))
    var parts = NamedParts(for: target, avoiding: usedNames.union(authored))
    let named = TensorExpression.postorder(of: parts.applied(to: [root]))
    let values = named.compactMap { node -> CodePlan.Line? in
      guard case .named(let own, let value) = node.kind, own == name || parts.names.contains(own)
      else { return nil }
      return CodePlan.Line(name: own, expression: value)
    }
    let taken = usedNames.union(authored).union(parts.names)
    switch target.family {
    case .arrays(let dialect):
      var writer = ArrayWriter(dialect, reference: nil, usedNames: taken)
      lines = values.flatMap { writer.lines($0) }
    case .loops(let language):
      var writer = LoopWriter(language, usedNames: taken)
      for value in values { writer.write(value) }
      lines = writer.lines
    }
  }
}
