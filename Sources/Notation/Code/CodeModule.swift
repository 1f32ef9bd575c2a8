/// A layer's forward pass, its backward pass and further derivatives as a complete module of code.
///
/// What is printed runs as it is pasted: it imports or defines every name that it uses, and takes its sizes from the
/// shapes of its arguments.
public struct CodeModule: Sendable {
  /// The whole module, as it is pasted into a file.
  public let text: String

  /// Writes a layer in a target.
  ///
  /// - Throws: ``CodeRefusal`` where the target cannot say the layer.
  public init(_ layer: LayerCode, for target: CodeTarget) throws(CodeRefusal) {
    let plan = try CodePlan(layer, for: target)
    switch target.family {
    case .arrays(let dialect):
      text = PythonModule(plan: plan, target: target, dialect: dialect).text()
    case .loops(let language): text = LoopModule(plan: plan, language: language).text()
    }
  }
}
